"""The client: the generated operations over a connection, and what takes several of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from types import TracebackType
from typing import Any, cast

from studio.client.api import Api
from studio.client.live import LivePart

_PIECE = 10_000
_TEXT_PIECE = 60_000


class Client(Api, LivePart):
    """A connection to a Studio server.

    Args:
        url: Where the server answers, for example ``https://studio.example.org``.
        token: A session's token or an API key; None for what needs no sign-in.
        workspace: The workspace that requests are about; None for the one the session chose, or the key's.
        lang: Language of messages.
    """

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def whole_value(self, execution: str, path: str = "$output", at: Sequence[str] = ()) -> Any:
        """A value with everything in it, however large, asked for piece by piece.

        Args:
            execution: Id of the execution.
            path: Path of a node run, or ``$inputs``, ``$event``, ``$output``.
            at: Keys and indexes that lead into the value.

        Raises:
            ApiError: There is no such value.
        """
        first = await self.show_value(execution, path=path, at=list(at) or None, limit=_PIECE)
        kind, size = first["kind"], first["size"]
        if kind == "text":
            return "".join([part async for part in self._texts(execution, path, at, size or 0)])
        if kind not in ("object", "list") or size is None:
            return first["value"]
        whole: Any = first["value"]
        while len(whole) < size:
            more = await self.show_value(execution, path=path, at=list(at) or None, offset=len(whole), limit=_PIECE)
            if not more["value"]:
                break
            whole = {**whole, **more["value"]} if kind == "object" else [*whole, *more["value"]]
        return await self._filled(execution, path, list(at), whole)

    async def _texts(self, execution: str, path: str, at: Sequence[str], size: int) -> AsyncIterator[str]:
        offset = 0
        while offset < size:
            part = await self.show_value(execution, path=path, at=list(at) or None, offset=offset, limit=_TEXT_PIECE)
            text = cast("str", part["value"])
            if not text:
                return
            offset += len(text)
            yield text

    async def _filled(self, execution: str, path: str, at: list[str], value: Any) -> Any:
        """The value with what was cut for its size."""
        if isinstance(value, list):
            items = cast("list[Any]", value)
            return [await self._filled(execution, path, [*at, str(place)], one) for place, one in enumerate(items)]
        if not isinstance(value, dict):
            return value
        entries = cast("dict[str, Any]", value)
        if set(entries) == {"$more"}:
            return await self.whole_value(execution, path, at)
        return {key: await self._filled(execution, path, [*at, key], one) for key, one in entries.items()}
