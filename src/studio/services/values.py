"""Values as JSON for people and programs outside: references become descriptions, long lists are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, cast, runtime_checkable

from studio.domain.values import FileRef, TableRef

MAX_ITEMS = 10_000
_FIRST = 100


@runtime_checkable
class LongList(Protocol):
    """A chunked list as the engine gives it."""

    def __len__(self) -> int: ...

    async def everything(self) -> list[Any]:
        """All items, read from where they are kept."""
        ...

    async def load(self, number: int) -> list[Any]:
        """The items of one chunk."""
        ...


async def present(value: Any, limit: int = MAX_ITEMS) -> Any:
    """A value as plain JSON.

    A file becomes ``{"$file": {name, size, media_type}}``, a table ``{"$table": {rows, columns}}``. A chunked list of
    up to ``limit`` items becomes a list; a longer one ``{"$items": {count, first}}`` with its first hundred items.
    """
    if isinstance(value, str | bool | int | float) or value is None:
        return value
    if isinstance(value, FileRef):
        return {"$file": {"name": value.name, "size": value.size, "media_type": value.media_type}}
    if isinstance(value, TableRef):
        return {"$table": {"rows": value.rows, "columns": dict(value.columns)}}
    if isinstance(value, Mapping):
        return {key: await present(inner, limit) for key, inner in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, LongList):
        if len(value) <= limit:
            return [await present(inner, limit) for inner in await value.everything()]
        first = [await present(inner, limit) for inner in (await value.load(0))[:_FIRST]]
        return {"$items": {"count": len(value), "first": first}}
    if isinstance(value, Sequence):
        return [await present(inner, limit) for inner in cast("Sequence[Any]", value)]
    return str(value)
