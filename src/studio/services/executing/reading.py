"""Looking at executions: one with where it stands, its node runs, and the values at its nodes, page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from studio.contracts.blobs import BlobStore
from studio.contracts.store import ExecutionRow, NodeRunRow, Store
from studio.domain.access import Actor
from studio.domain.errors import NotFound
from studio.engine import Engine, Event, ExecutionResult, Look
from studio.services.executing.finding import ExecutionFinder
from studio.services.values import LongList, present

INPUTS, EVENT, OUTPUT = "$inputs", "$event", "$output"
"""What stands for the inputs, the trigger's event and the execution's output where a node's path is asked for."""

MAX_TEXT = 64 * 1024
"""Characters of a text in one answer."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A part of a value.

    Args:
        kind: object, list, text, number, boolean, null, file or table.
        size: Entries of an object or list, characters of a text; None for others.
        offset: Where ``value`` begins.
        value: Up to the asked-for number of entries or characters as plain JSON. Members that are large are cut to
            their kind and size: ``{"$more": {"kind": "list", "size": 12000}}``.
    """

    kind: str
    size: int | None
    offset: int
    value: Any


class Reading:
    """Shows executions to those who may see them."""

    def __init__(self, store: Store, blobs: BlobStore, engine: Engine, finder: ExecutionFinder) -> None:
        self._store = store
        self._blobs = blobs
        self._engine = engine
        self._finder = finder

    async def show(self, actor: Actor, execution_id: str) -> tuple[ExecutionRow, ExecutionResult]:
        """An execution and where it stands, without values and nodes.

        Raises:
            NotFound: There is none that the actor may see.
        """
        row = await self._finder.find(actor, execution_id)
        return row, await Look(self._store, self._blobs, row).result()

    async def node_runs(
        self, actor: Actor, execution_id: str, after: str | None, limit: int
    ) -> tuple[list[NodeRunRow], str | None]:
        """Node runs in the order of their paths, and the path after which the next page begins."""
        row = await self._finder.find(actor, execution_id)
        runs = await self._store.node_runs(row.id, after=after, limit=limit)
        return runs, runs[-1].path if len(runs) >= limit else None

    async def value(
        self, actor: Actor, execution_id: str, path: str, pointer: Sequence[str], offset: int, limit: int
    ) -> Shown:
        """A part of a value: the output of a node run, or ``$inputs``, ``$event``, ``$output``.

        Args:
            actor: Who asks.
            execution_id: Of which execution.
            path: Path of the node run.
            pointer: Keys and indexes that lead into the value.
            offset: Entries or characters to leave out.
            limit: Entries or characters to show.

        Raises:
            NotFound: There is no such execution, output or part.
        """
        row = await self._finder.find(actor, execution_id)
        look = Look(self._store, self._blobs, row)
        if path in (INPUTS, EVENT):
            value = await look.given(path[1:])
        elif path == OUTPUT:
            value = (await look.result()).output
        else:
            value = await look.output(path)
        for at, key in enumerate(pointer):
            value = await _into(value, key, "/".join(pointer[: at + 1]))
        return await shown(value, offset, limit)

    async def events(self, actor: Actor, execution_id: str, after: tuple[int, int]) -> AsyncIterator[Event]:
        """What happened and what happens, numbered; ends with the execution.

        Raises:
            NotFound: There is no such execution that the actor may see.
        """
        row = await self._finder.find(actor, execution_id)
        return self._engine.events(row.id, after)


async def _into(value: Any, key: str, pointer: str) -> Any:
    if isinstance(value, Mapping) and key in value:
        return cast("Mapping[str, Any]", value)[key]
    if key.isdigit() and len(key) < 16:
        found = await _slice(value, int(key), 1)
        if found:
            return found[0]
    raise NotFound("execution.no_part", "The value has nothing at {pointer}.", pointer=pointer)


async def _slice(value: Any, offset: int, limit: int) -> list[Any]:
    """Items of a list, of one in chunks only those chunks that hold them."""
    if isinstance(value, LongList):
        out: list[Any] = []
        at, number = 0, 0
        while at < min(offset + limit, len(value)):
            chunk = await value.load(number)
            out += chunk[max(0, offset - at) : max(0, offset + limit - at)]
            at, number = at + len(chunk), number + 1
        return out
    if isinstance(value, list | tuple):
        return list(cast("Sequence[Any]", value)[offset : offset + limit])
    return []


async def shown(value: Any, offset: int, limit: int) -> Shown:
    """A part of a value, ready to be given out."""
    if isinstance(value, str):
        text = value[offset : offset + min(limit, MAX_TEXT)]
        return Shown("text", len(value), offset, text)
    if isinstance(value, Mapping):
        entries = list(cast("Mapping[str, Any]", value).items())
        part = {key: await _brief(inner) for key, inner in entries[offset : offset + limit]}
        return Shown("object", len(entries), offset, part)
    if isinstance(value, LongList | list | tuple):
        items = await _slice(value, offset, limit)
        return Shown("list", len(cast("Sequence[Any]", value)), offset, [await _brief(inner) for inner in items])
    plain = await present(value)
    kind = next(iter(cast("dict[str, Any]", plain)))[1:] if isinstance(plain, dict) else _scalar(plain)
    return Shown(kind, None, 0, plain)


def _scalar(value: Any) -> str:
    if value is None:
        return "null"
    return "boolean" if isinstance(value, bool) else "number"


_BRIEF_TEXT, _BRIEF_ENTRIES, _BRIEF_DEPTH = 400, 20, 4


async def _brief(value: Any, depth: int = 0) -> Any:
    """A member of a value: whole where it is small, else what it is and how large."""
    if isinstance(value, str):
        return value if len(value) <= _BRIEF_TEXT else _more("text", len(value))
    if isinstance(value, Mapping):
        entries = cast("Mapping[str, Any]", value)
        if len(entries) > _BRIEF_ENTRIES or depth >= _BRIEF_DEPTH:
            return _more("object", len(entries))
        return {key: await _brief(inner, depth + 1) for key, inner in entries.items()}
    if isinstance(value, LongList | list | tuple):
        size = len(cast("Sequence[Any]", value))
        if size > _BRIEF_ENTRIES or depth >= _BRIEF_DEPTH:
            return _more("list", size)
        return [await _brief(inner, depth + 1) for inner in await _slice(value, 0, size)]
    return await present(value)


def _more(kind: str, size: int) -> dict[str, Any]:
    return {"$more": {"kind": kind, "size": size}}
