"""Writing an execution's journal: records gather here and leave as segments, in order, one at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Raw

from studio.contracts.stored import ExecutionUpdate, Segment, StateWrite
from studio.domain.errors import Conflict
from studio.domain.status import Durability
from studio.engine import records as r
from studio.engine.records import Record

if TYPE_CHECKING:
    from studio.contracts.store import Store

Committed = Callable[[int, list[Record]], None]


class _Ending(NamedTuple):
    """The record that ends a node run, with the state that it leaves."""

    record: Record
    state: StateWrite
    concluded: Callable[[], None]


class Journal:
    """The journal of one execution as its owner writes it.

    ``add`` never waits; what it adds begins to be written once there are ``flush_bytes`` of it. ``flush`` waits until
    everything added before it is committed at the asked durability. A failed commit is told to ``broken`` and raised by
    every later call: nothing more can be written once one segment is lost.
    """

    __slots__ = (
        "_broken", "_buffer", "_dirty", "_error", "_flush_bytes", "_loop", "_on_commit", "_owed", "_packed", "_size",
        "_snapshot", "_store", "_taken", "_waiting", "_writer", "epoch", "execution_id", "fresh", "level", "seq",
        "since_snapshot", "workspace",
    )  # fmt: skip

    def __init__(
        self,
        store: Store,
        execution_id: str,
        workspace: str,
        *,
        epoch: int,
        seq: int,
        fresh: list[str],
        level: Durability,
        flush_bytes: int,
        on_commit: Committed,
        dirty: Callable[[], None],
        broken: Callable[[BaseException], None],
        snapshot: Callable[[], Record | None],
    ) -> None:
        self._store = store
        self.execution_id = execution_id
        self.workspace = workspace
        self.epoch = epoch
        self.seq = seq
        self.fresh = fresh
        self.level = level
        self._on_commit = on_commit
        self._dirty = dirty
        self._broken = broken
        self._snapshot = snapshot
        self._buffer: list[Record] = []
        self._packed: list[Record | Raw] = []
        self._size = 0
        self._flush_bytes = flush_bytes
        self.since_snapshot = 0
        self._taken: list[str] = []
        self._owed: tuple[ExecutionUpdate, Durability] | None = None
        self._writer: asyncio.Task[None] | None = None
        self._waiting: list[asyncio.Future[BaseException | None]] = []
        self._error: BaseException | None = None
        self._loop = asyncio.get_running_loop()

    @property
    def pending(self) -> int:
        """Bytes that wait to be written."""
        return self._size

    @property
    def error(self) -> BaseException | None:
        """What made writing impossible."""
        return self._error

    @property
    def only_taken(self) -> bool:
        """Whether nothing waits to be written but that messages were taken."""
        return bool(self._taken) and len(self._taken) == len(self._buffer)

    def add(self, record: Record) -> None:
        """Add a record."""
        packed = r.pack(record)
        self.add_plain(record, len(packed), Raw(packed))

    def add_plain(self, record: Record, size: int, packed: Raw | None = None) -> None:
        """Add a record of about ``size`` bytes. Unless it is ``packed``, that is done together with its segment.

        Nothing in it may change until then.
        """
        if not self._buffer:
            self._dirty()
        self._buffer.append(record)
        self._packed.append(packed or record)
        self._size += size
        self.since_snapshot += size
        if self._size > self._flush_bytes:
            self.kick()

    def taken(self, message_id: str) -> None:
        """Remember that the record just added stands for a message of the inbox."""
        self._taken.append(message_id)

    def kick(self) -> None:
        """Write what waits without waiting for it."""
        if self._buffer and self._writer is None and self._error is None:
            self._writer = self._loop.create_task(self._write_alone(self.level))

    async def prove(self) -> None:
        """Write, even where nothing waits: whoever has lost the execution learns it, and is stopped as ever."""
        while self._writer is not None:
            await self._written()
        if self._error is None:
            self._writer = self._loop.create_task(self._write_alone(self.level))
            await self._written()

    def _written(self) -> asyncio.Future[BaseException | None]:
        """Done when what is being written is written, or cannot be; who stops waiting stops nothing else."""
        future: asyncio.Future[BaseException | None] = self._loop.create_future()
        self._waiting.append(future)
        return future

    async def flush(self, durability: Durability, update: ExecutionUpdate | None = None) -> None:
        """Write everything that waits, with ``update`` of the execution's row, and wait for it.

        The update belongs to what was added before it, whoever writes that: an end without its status would be run,
        and ended, once more.

        Raises:
            LeaseLost: Another worker owns the execution.
            StorageError: It could not be committed.
        """
        if update is not None:
            self._owed = (update, durability)
        while self._writer is not None:
            await self._written()
        if self._error is not None:
            raise self._error
        if update is not None and self._owed is None:
            return
        if not self._buffer and update is None and durability is Durability.PROCESS:
            return
        self._writer = self._loop.create_task(self._write_alone(durability))
        error = await self._written()
        if error is not None:
            raise error

    async def conclude(self, record: Record, state: StateWrite, concluded: Callable[[], None]) -> None:
        """Write a record together with a change of a node's state, or neither of them, and wait for it.

        ``concluded`` is called where both are committed, before anything else is written. Who stops waiting learns
        first what came of it.

        Raises:
            Conflict: The state has been changed by somebody else; the record is not in the journal.
            LeaseLost: Another worker owns the execution.
            StorageError: They could not be committed.
        """
        while self._writer is not None:
            await self._written()
        if self._error is not None:
            raise self._error
        ending = _Ending(record, state, concluded)
        writer = self._writer = self._loop.create_task(self._write_alone(self.level, ending))
        try:
            error = await self._written()
        except asyncio.CancelledError:
            await asyncio.wait([writer])
            raise
        if error is not None:
            raise error

    async def _write_alone(self, durability: Durability, ending: _Ending | None = None) -> None:
        """Write as the one writer, and tell whoever waits what went wrong.

        The writer's place is free the moment it ends, not when its caller wakes up: whoever came in between would wait
        for a task that is over. What was added meanwhile asks for a writer anew.
        """
        outcome: BaseException | None = None
        try:
            await self._write(durability, ending)
        except Conflict as error:
            outcome = error  # the state's, with which nothing was written and nothing is lost
        except BaseException as error:  # noqa: BLE001 - kept and raised by whoever waits, now or later
            outcome = self._error = error
            self._broken(error)
        self._writer = None
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(outcome)
        if self._buffer and self._error is None:
            self._dirty()

    async def _write(self, durability: Durability, ending: _Ending | None = None) -> None:
        # A snapshot stands for its whole segment, and of an ending it is not known yet whether it comes about.
        snapshot = self._snapshot() if ending is None else None
        if snapshot is not None:
            self.since_snapshot = 0
            self._buffer.insert(0, snapshot)
            self._packed.insert(0, snapshot)
        records, packed, taken, size = self._buffer, self._packed, self._taken, self._size
        self._buffer, self._packed, self._taken, self._size = [], [], [], 0
        blobs = tuple(self.fresh)
        self.fresh.clear()
        owed, self._owed = self._owed, None
        if owed is not None and owed[1] is Durability.POWER:
            durability = Durability.POWER
        seq = self.seq
        self.seq = seq + 1
        payload = r.pack(packed if ending is None else [*packed, ending.record])
        state = None if ending is None else ending.state
        segment = Segment(
            execution_id=self.execution_id, workspace=self.workspace, seq=seq, epoch=self.epoch, payload=payload,
            durability=durability, update=owed[0] if owed else None, taken=tuple(taken), blobs=blobs,
            snapshot=snapshot is not None, state=state,
        )  # fmt: skip
        try:
            await self._store.append(segment)
        except Conflict:
            self.seq = seq
            self._buffer, self._packed, self._taken = records + self._buffer, packed + self._packed, taken + self._taken
            self._size += size
            self.fresh[:0] = blobs
            self._owed = self._owed or owed
            raise
        if ending is not None:
            ending.concluded()
            self.since_snapshot += len(r.pack(ending.record))
            records = [*records, ending.record]
        self._on_commit(seq, records)
