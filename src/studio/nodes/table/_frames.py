"""Tables as polars frames.

A table is an Arrow IPC file in a blob. What a node of this process has just made or read is also kept in memory, so
that the next node neither decrypts nor reads it. Blobs never change, so their id is all that the memory goes by.
"""

# polars' annotations refer to numpy, which is not installed, and are unknown in part.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from io import BytesIO
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from studio.nodes.table._errors import explained
from studio.nodes.table._model import Tabular
from studio.nodes.table._records import FrameBuilder
from studio.sdk import Items, NodeContext, Phrase, TableRef

if TYPE_CHECKING:
    import polars as pl

T = TypeVar("T")
_MOST_BYTES = 1024**3
_BATCH = 10_000


class _Memory:
    """Frames by blob id, the least recently used dropped first. Thread-safe."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._frames: OrderedDict[str, tuple[pl.DataFrame, int]] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def get(self, key: str) -> pl.DataFrame | None:
        with self._lock:
            found = self._frames.get(key)
            if found is None:
                return None
            self._frames.move_to_end(key)
            return found[0]

    def put(self, key: str, frame: pl.DataFrame) -> None:
        size = int(frame.estimated_size())
        if size > self._limit // 2:
            return
        with self._lock:
            if key in self._frames:
                return
            self._frames[key] = (frame, size)
            self._bytes += size
            while self._bytes > self._limit:
                _key, (_frame, dropped) = self._frames.popitem(last=False)
                self._bytes -= dropped

    def clear(self) -> None:
        with self._lock:
            self._frames.clear()
            self._bytes = 0


MEMORY = _Memory(_MOST_BYTES)


async def open_frame(ctx: NodeContext, value: Tabular) -> pl.DataFrame:
    """The frame of a table; a list of records is made into one, which the execution's log tells.

    Raises:
        UserError: A list holds something else than records, or a column holds values of kinds that do not go together.
    """
    import polars as pl

    if not isinstance(value, TableRef):
        frame = await _from_records(ctx, value)
        await ctx.log("info", "A list was made into a table.", rows=frame.height, columns=frame.width)
        return frame
    frame = MEMORY.get(value.blob.id)
    if frame is None:
        async with ctx.local_table(value) as path:
            frame = await asyncio.to_thread(pl.read_ipc, path)
        MEMORY.put(value.blob.id, frame)
    return frame


async def _from_records(ctx: NodeContext, records: Items) -> pl.DataFrame:
    builder = FrameBuilder()
    batch: list[Any] = []
    for record in records:
        batch.append(record)
        if len(batch) == _BATCH:
            builder.add(batch)
            batch = []
            await ctx.check_cancelled()
    builder.add(batch)
    return await asyncio.to_thread(builder.finish)


async def compute(work: Callable[..., T], *args: Any, action: str = Phrase("table.action.computed", "computed")) -> T:
    """Run polars off the event loop.

    Raises:
        UserError: It refuses the data; says what could not be done.
    """

    def guarded() -> T:
        with explained(action):
            return work(*args)

    return await asyncio.to_thread(guarded)


async def keep(ctx: NodeContext, frame: pl.DataFrame) -> TableRef:
    """Keep a frame as a table; it may be written while the execution goes on.

    Raises:
        UserError: It has a column that a table cannot hold. A table without rows tells it: later it would be too late.
    """
    with explained(Phrase("table.action.written", "written")):
        _write(frame.clear(), BytesIO())
    size = int(frame.estimated_size())
    table = await ctx.keep_table(partial(_write, frame), frame.height, columns_of(frame), size)
    MEMORY.put(table.blob.id, frame)
    return table


def _write(frame: pl.DataFrame, file: Any) -> None:
    frame.write_ipc(file, compression="uncompressed")


def columns_of(frame: pl.DataFrame) -> list[tuple[str, str]]:
    """Names and data types, as they are shown."""
    return [(name, str(kind)) for name, kind in frame.schema.items()]
