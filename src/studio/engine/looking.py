"""Looking at an execution without reading the whole of its journal, which may be long."""

from __future__ import annotations

from collections.abc import AsyncIterator, Container
from typing import Any, NamedTuple

from studio.contracts.blobs import BlobStore
from studio.contracts.store import Store
from studio.contracts.stored import ExecutionRow
from studio.domain.errors import NotFound
from studio.engine import records as r
from studio.engine.api import ErrorInfo, ExecutionResult
from studio.engine.encode import Values
from studio.engine.failures import error_info
from studio.engine.history import fill_reason
from studio.engine.records import Record
from studio.engine.spending import Usage

_WINDOW = 64
"""Segments that are read together."""
_INLINE = 8192


class Attempt(NamedTuple):
    """A failed attempt of a node run: its number, when the next one was due, and why it failed."""

    number: int
    next_at: int
    error: ErrorInfo | None


class Look:
    """One execution, as far as a question needs it.

    Args:
        store: Where the journal is.
        blobs: Where large values are.
        row: The execution.
    """

    def __init__(self, store: Store, blobs: BlobStore, row: ExecutionRow) -> None:
        self._store = store
        self.row = row
        self.values = Values(blobs, row.workspace, _INLINE)

    async def start(self) -> dict[str, Any]:
        """What was accepted, its values still encoded."""
        for segment in await self._store.window(self.row.id, 0, 0):
            for record in r.unpack(segment.payload):
                if record[0] == r.START:
                    return record[1]
        return {}

    async def given(self, name: str) -> Any:
        """The ``inputs`` or the ``event`` that was accepted, decoded; None where there is none."""
        found = (await self.start()).get(name)
        return None if found is None else await self.values.decode(tuple(found))

    async def result(self) -> ExecutionResult:
        """Where it stands, without its nodes."""
        result = ExecutionResult(execution_id=self.row.id, status=self.row.status)
        fill_reason(self.row, result)
        if self.row.status.terminal:
            async for record in self._backwards():
                if record[0] == r.END:
                    result.output = await self.values.decode((record[3], record[4]))
                    result.error = error_info(record[5])
                    result.seconds = max(0.0, (record[1] - self.row.accepted_at) / 1e6)
                    break
        return result

    async def output(self, path: str) -> Any:
        """What a node run gave, the last where it ran more than once; what was pinned or reused where it did not run.

        Raises:
            NotFound: It gave nothing, or ran inside a map, where outputs are kept by the map.
        """
        async for record in self._backwards():
            if (record[0] == r.DONE or _edits(record, "output")) and record[1] + record[2] == path:
                return await self.values.decode(_output(record))
        for record in r.reused(await self.start()):
            if record[1] + record[2] == path:
                return await self.values.decode((record[8], record[9]))
        raise NotFound("execution.no_output", "{path} has no output in execution {id}.", path=path, id=self.row.id)

    async def outputs(self, nodes: Container[str]) -> AsyncIterator[tuple[str, Any]]:
        """What runs of these nodes gave, newest first, each with the path it ran at; what was reused at last."""
        async for record in self._backwards():
            if (record[0] == r.DONE or _edits(record, "output")) and record[2].partition("[")[0] in nodes:
                yield record[1] + record[2], await self.values.decode(_output(record))
        for record in r.reused(await self.start()):
            if record[2].partition("[")[0] in nodes:
                yield record[1] + record[2], await self.values.decode((record[8], record[9]))

    async def input(self, path: str) -> Any:
        """The resolved params of a node run, where they are recorded: at a breakpoint, and before an effect.

        Raises:
            NotFound: They are not.
        """
        edits: dict[str, Any] = {}
        async for record in self._backwards():
            if not r.of_node(record[0]) or record[1] + record[2] != path:
                continue
            if _edits(record, "params"):
                edits = {**await self.values.decode((record[5], record[6])), **edits}
            elif record[0] == r.INTENT:
                return await self.values.decode((record[7], record[8]))
            elif record[0] == r.HELD:
                held: dict[str, Any] = await self.values.decode((record[5], record[6])) or {}
                return {**held, **edits}
        raise NotFound("execution.no_input", "The input of {path} is not recorded in execution {id}.", path=path,
                       id=self.row.id)  # fmt: skip

    async def attempts(self, path: str) -> tuple[list[Attempt], ErrorInfo | None]:
        """The failed attempts of a node run, oldest first, and the error that it ended with."""
        found: list[Attempt] = []
        last: Record | None = None
        async for record in self._backwards():
            kind = record[0]
            if kind == r.CHUNK and last is None:
                for one in record[7] or ():
                    if f"{record[1]}{record[2]}[{one['index']}]" == path:
                        return [], error_info(one["error"])
            elif r.of_node(kind) and record[1] + record[2] == path:
                if kind in (r.DONE, r.FAILED, r.SKIPPED):
                    if last is not None or found:
                        break  # an earlier run at the same place
                    last = record
                elif kind == r.RETRY:
                    found.insert(0, Attempt(record[4], record[6], error_info(record[7])))
        return found, error_info(last[7]) if last is not None and last[0] == r.FAILED else None

    async def usage(self) -> Usage:
        """Tokens and cost that it has used up so far."""
        usage = Usage()
        last = self.row.next_seq - 1
        while last >= 0:
            first = max(0, last - _WINDOW + 1)
            for segment in reversed(await self._store.window(self.row.id, first, last)):
                records = r.unpack(segment.payload)
                if segment.snapshot and records and records[0][0] == r.SNAPSHOT:
                    # It stands for its whole segment, and for everything before.
                    tokens, cost = records[0][1].get("usage") or (0, 0.0)
                    usage.add(tokens, cost)
                    return usage
                for record in records:
                    if record[0] == r.USAGE:
                        usage.take(record)
            last = first - 1
        return usage

    async def _backwards(self) -> AsyncIterator[Record]:
        last = self.row.next_seq - 1
        while last >= 0:
            first = max(0, last - _WINDOW + 1)
            for segment in reversed(await self._store.window(self.row.id, first, last)):
                for record in reversed(r.unpack(segment.payload)):
                    yield record
            last = first - 1


def _edits(record: Record, what: str) -> bool:
    return record[0] == r.EDIT and record[4] == what


def _output(record: Record) -> tuple[int, Any]:
    """What a record of an output holds, encoded."""
    return (record[8], record[9]) if record[0] == r.DONE else (record[5], record[6])
