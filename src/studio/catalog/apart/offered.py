"""What a context offers, in the process apart: each call asks the host."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

import msgspec

from studio.contracts.apart import Limits
from studio.contracts.http import HttpRequest, HttpResponse
from studio.domain.errors import AccessRefused
from studio.domain.values import TableRef
from studio.sdk import FileFact, RowKept, RowsChanged, RowsPage, StateHandle, TableDraft

_PIECE = 1024 * 1024


class Asks(Protocol):
    """The context of a run."""

    async def asked(self, name: str, *args: Any) -> Any:
        """Ask the host."""
        ...


class State(StateHandle):
    """State of the node, kept by the host."""

    def __init__(self, context: Asks) -> None:
        self._context = context

    async def get(self, default: Any = None) -> Any:
        return await self._context.asked("state_get", default)

    async def set(self, value: Any, *, now: bool = False) -> None:
        await self._context.asked("state_set", value, now)


class Draft(TableDraft):
    """A table being written to the scratch folder."""

    def __init__(self, context: Asks, path: Path) -> None:
        self._context = context
        self.path = path

    async def commit(self, rows: int, columns: Iterable[tuple[str, str]]) -> TableRef:
        number: int = await self._context.asked("table_begin")
        with self.path.open("rb") as content:
            while piece := content.read(_PIECE):
                await self._context.asked("table_piece", number, piece)
        return await self._context.asked("table_end", number, rows, [list(one) for one in columns])


class Http:
    """HTTP by the host, under its egress policy."""

    def __init__(self, context: Asks) -> None:
        self._context = context

    async def send(self, request: HttpRequest) -> HttpResponse:
        found = await self._context.asked("http_send", msgspec.to_builtins(request, builtin_types=(bytes,)))
        return msgspec.convert(found, HttpResponse)

    @asynccontextmanager
    async def stream(self, request: HttpRequest) -> AsyncGenerator[Stream]:
        asked = self._context.asked
        number, status, headers = await asked("http_begin", msgspec.to_builtins(request, builtin_types=(bytes,)))
        try:
            yield Stream(self._context, number, status, [(name, value) for name, value in headers])
        finally:
            await asked("http_end", number)


class Stream:
    """An answer that is read piece by piece."""

    def __init__(self, context: Asks, number: int, status: int, headers: list[tuple[str, str]]) -> None:
        self._context = context
        self._number = number
        self.status = status
        self.headers = headers

    async def pieces(self) -> AsyncIterator[bytes]:
        while (piece := await self._context.asked("http_piece", self._number)) is not None:
            yield piece


class Files:
    """The host's files, as far as they are granted."""

    def __init__(self, context: Asks) -> None:
        self._context = context

    async def read(self, path: str, *, max_bytes: int = 256 * 1024 * 1024) -> bytes:
        return await self._call("read", path, max_bytes=max_bytes)

    async def pieces(self, path: str, *, max_bytes: int) -> AsyncIterator[bytes]:
        yield await self.read(path, max_bytes=max_bytes)

    async def write(
        self, path: str, data: bytes | AsyncIterator[bytes], *, overwrite: bool = True, make_folders: bool = True
    ) -> int:
        whole = data if isinstance(data, bytes) else b"".join([piece async for piece in data])
        return await self._call("write", path, whole, overwrite=overwrite, make_folders=make_folders)

    async def append(self, path: str, data: bytes, *, at: int | None = None) -> int:
        return await self._call("append", path, data, at=at)

    async def size(self, path: str) -> int | None:
        return await self._call("size", path)

    async def tail(self, path: str, offset: int, length: int) -> bytes:
        return await self._call("tail", path, offset, length)

    async def list(
        self, path: str, pattern: str = "*", *, recursive: bool = False, limit: int = 10_000
    ) -> list[FileFact]:
        found = await self._call("list", path, pattern, recursive=recursive, limit=limit)
        return [msgspec.convert(one, FileFact) for one in found]

    async def delete(self, path: str) -> bool:
        return await self._call("delete", path)

    async def copy(self, source: str, target: str, *, overwrite: bool = True) -> int:
        return await self._call("copy", source, target, overwrite=overwrite)

    async def move(self, source: str, target: str, *, overwrite: bool = True) -> None:
        await self._call("move", source, target, overwrite=overwrite)

    async def local_path(self, path: str, *, write: bool = False) -> Path:
        raise AccessRefused(
            "pack.no_paths", "{path} cannot be opened by a private pack itself; read and write it by ctx.files.",
            path=path,
        )  # fmt: skip

    async def _call(self, method: str, *args: Any, **named: Any) -> Any:
        return await self._context.asked("files", method, list(args), named)


class Tables:
    """The data tables of the workspace, as far as they are granted."""

    def __init__(self, context: Asks) -> None:
        self._context = context

    def __getattr__(self, method: str) -> Callable[..., Any]:
        async def call(*args: Any, **named: Any) -> Any:
            found = await self._context.asked("tables", method, list(args), named)
            kind = _ANSWERS.get(method)
            return found if kind is None else msgspec.convert(found, kind)

        return call


_ANSWERS: dict[str, Any] = {
    "find": RowsPage, "update": RowsChanged, "increment": RowsChanged, "delete": RowsChanged, "upsert": RowKept,
}  # fmt: skip


class Here:
    """``Apart`` where one is apart already: functions are called here, and end with this process."""

    async def call(
        self,
        function: Callable[..., Any],
        /,
        *args: Any,
        limits: Limits,
        files: Sequence[int] = (),
        feed: Iterable[Any] | None = None,
    ) -> Any:
        named: dict[str, Any] = {"files": list(files)} if files else {}
        if feed is not None:
            named["feed"] = iter(feed)
        async with asyncio.timeout(limits.seconds):
            return await asyncio.to_thread(function, *args, **named)

    async def stream(
        self, function: Callable[..., Iterator[Any]], /, *args: Any, limits: Limits, files: Sequence[int] = ()
    ) -> AsyncGenerator[Any]:
        for part in await self.call(
            lambda: list(function(*args, **({"files": list(files)} if files else {}))), limits=limits
        ):
            yield part
