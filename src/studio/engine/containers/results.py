"""The results of a map while they come in: in order, recorded, and out of memory where they are many."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from studio.domain.values import BlobRef, ItemsChunk, ItemsRef
from studio.engine import records as r
from studio.engine.activity import Activity
from studio.engine.encode import encode_small


class Results:
    """Results by index, of which the finished beginning is moved into blobs each time it has grown by ``items_bytes``.

    ``contiguous`` is the number of items from the first on that are finished.
    """

    def __init__(self, activity: Activity, total: int) -> None:
        self._activity = activity
        self._run = activity.run
        self._total = total
        self._done = bytearray(total)
        self._left = total
        self._limit = activity.run.engine.config.items_bytes
        self._chunks: list[ItemsChunk] = []
        self._open: list[Any] = []
        self._open_at = 0
        self._open_bytes = 0
        self._later: dict[int, tuple[Any, int]] = {}
        self._errors: list[dict[str, Any]] = []
        self._spilling = asyncio.Lock()
        self.contiguous = 0

    def is_missing(self, index: int) -> bool:
        """Whether an item has not finished."""
        return not self._done[index]

    def any_missing(self, first: int, end: int) -> bool:
        """Whether any item of a range has not finished."""
        return self._done.find(0, first, end) >= 0

    def missing(self) -> int:
        """How many items have not finished."""
        return self._left

    async def restore(self) -> None:
        """Take over what the journal knows."""
        for record in self._activity.records:
            if record[0] == r.SPILL and record[3] == "results":
                self._chunks.append(ItemsChunk(msgspec.convert(record[6], BlobRef), record[5]))
                self._mark(record[4], record[5])
                self._open_at = self.contiguous = record[4] + record[5]
        for record in self._activity.records:
            if record[0] == r.CHUNK:
                first, count = record[3], record[4]
                self._errors.extend(record[7] or ())
                values = await self._run.values.decode((record[5], record[6]))
                for offset in range(count):
                    if self.is_missing(first + offset):
                        self._later[first + offset] = (values[offset], len(record[6]) // count)
                self._mark(first, count)
        self._gather()

    def _mark(self, first: int, count: int) -> None:
        fresh = self._done.count(0, first, first + count)
        self._done[first : first + count] = b"\1" * count
        self._left -= fresh

    def _gather(self) -> None:
        """Append what follows on directly."""
        later = self._later
        while self.contiguous in later:
            value, size = later.pop(self.contiguous)
            self._open.append(value)
            self._open_bytes += size
            self.contiguous += 1

    async def add(self, first: int, values: list[Any], errors: list[dict[str, Any]], took: int) -> None:
        """Record finished items."""
        activity = self._activity
        form, payload = encode_small(values)
        size = len(payload)
        if size > self._limit:
            form, payload = await self._run.values.encode(values)
        self._run.record(
            (r.CHUNK, activity.frame.prefix, activity.node.id, first, len(values), form, payload, errors or None, took)
        )
        self._mark(first, len(values))
        self._errors.extend(errors)
        if first == self.contiguous:
            self._open.extend(values)
            self._open_bytes += size
            self.contiguous += len(values)
        else:
            for offset, value in enumerate(values):
                self._later[first + offset] = (value, size // len(values))
        if self._later:
            self._gather()
        if self._open_bytes >= self._limit:
            await self._spill()
        run = self._run
        run.engine.show(run, "items", activity.path, {"done": self._total - self._left, "total": self._total})

    async def _spill(self) -> None:
        """Move the finished beginning into a blob."""
        async with self._spilling:
            values, first = self._open, self._open_at
            if not values:
                return
            self._open, self._open_bytes = [], 0
            self._open_at = first + len(values)
            chunk = await self._run.values.put_chunk(values)
            self._chunks.append(chunk)
        activity = self._activity
        self._run.record((r.SPILL, activity.frame.prefix, activity.node.id, "results", first, len(values), chunk.blob))

    async def finish(self, *, with_errors: bool) -> dict[str, Any]:
        """The node's output; failures are left out where they are to be skipped silently."""
        errors = sorted(self._errors, key=lambda error: error["index"]) if with_errors else []
        if self._chunks and self._open:
            await self._spill()
        results: Any = self._open
        if self._chunks:
            results = self._run.values.items(ItemsRef(self._total, tuple(self._chunks)))
        return {"results": results, "errors": errors}
