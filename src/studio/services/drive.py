"""Who drives: this process where the data folder is free, else the one that holds it, until it lets go."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Protocol

import msgspec

from studio.contracts.blobs import BlobStore
from studio.contracts.store import Store
from studio.contracts.stored import ExecutionFilter, ExecutionRow
from studio.domain.errors import EngineBusy, NotFound
from studio.domain.status import ExecutionStatus
from studio.engine import Engine, ExecutionResult, error_execution, read_result

_LOOK_OWN, _LOOK_OTHER = 0.05, 0.25
_TEND = 60.0
"""How often a driver asks whether something is to be cleared away, in seconds."""
_RESTING = (ExecutionStatus.WAITING, ExecutionStatus.PAUSED)
_FAILURES = (ExecutionStatus.FAILED, ExecutionStatus.DEAD)
_UNFINISHED = tuple(status for status in ExecutionStatus if not status.terminal)


class FolderLock(Protocol):
    """The lock that marks the one engine of a data folder. The system releases it when its process is gone."""

    def acquire(self) -> None:
        """Take it.

        Raises:
            EngineBusy: Another process holds it.
        """
        ...

    def release(self) -> None:
        """Let it go."""
        ...


class Driver:
    """Starts the engine as soon as the data folder's lock can be had."""

    def __init__(
        self,
        engine: Engine,
        lock: FolderLock,
        store: Store,
        blobs: BlobStore,
        upkeep: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._engine = engine
        self._lock = lock
        self._store = store
        self._blobs = blobs
        self._upkeep = upkeep
        self._tending: asyncio.Task[None] | None = None
        self.driving = False

    async def try_start(self) -> bool:
        """Become the driver if nobody else is; whether this process drives now."""
        if not self.driving:
            try:
                self._lock.acquire()
            except EngineBusy:
                return False
            await self._begin()
        return True

    def is_driven(self) -> bool:
        """Whether this or another process drives the data folder."""
        if self.driving:
            return True
        try:
            self._lock.acquire()
        except EngineBusy:
            return True
        self._lock.release()
        return False

    async def start(self) -> None:
        """Become the driver.

        Raises:
            EngineBusy: Another process is; names it.
        """
        if not self.driving:
            self._lock.acquire()
            await self._begin()

    async def _begin(self) -> None:
        await self._engine.start()
        self.driving = True
        if self._upkeep is not None:
            self._tending = asyncio.get_running_loop().create_task(self._tend(self._upkeep))

    async def _tend(self, upkeep: Callable[[], Awaitable[None]]) -> None:
        while True:
            await asyncio.sleep(_TEND)
            await upkeep()

    async def stop(self) -> None:
        """Hand over what is unfinished and let others drive."""
        if self.driving:
            self.driving = False
            if self._tending is not None:
                self._tending.cancel()
                await asyncio.wait([self._tending])
            await self._engine.stop()
            if self._upkeep is not None and self._engine.failure is None:
                await self._upkeep()
            self._lock.release()

    async def wait(self, execution_id: str, *, timeout: float, patient: bool) -> ExecutionResult:
        """Wait for an end, or until the execution only waits for what does not come in time.

        Where it fails, its error workflow is waited for as well. While another process drives, this one looks into the
        store; when that process is gone, it takes over.

        Args:
            timeout: Seconds that a timer may still take, and with ``patient`` a signal too, counted anew whenever the
                execution begins to wait.
            patient: Whether to wait for signals, approvals and decisions.
        """
        waiting_since: float | None = None
        while True:
            if self._engine.failure is not None:
                raise self._engine.failure
            row = None if self._engine.drives(execution_id) else await self._row(execution_id)
            if row is not None and row.status is ExecutionStatus.QUEUED:
                row = await self._held_up(row)
            if row is None or row.status not in _RESTING:
                waiting_since = None
            elif waiting_since is None:
                waiting_since = time.monotonic()
            if row is not None and (row.status.terminal or await self._beyond(row, waiting_since, timeout, patient)):
                if row.status in _FAILURES and await self._store.execution(error_execution(execution_id)) is not None:
                    await self.wait(error_execution(execution_id), timeout=timeout, patient=patient)
                return await read_result(self._store, self._blobs, execution_id)
            driving = await self.try_start()
            await self._engine.live.changed(execution_id, _LOOK_OWN if driving else _LOOK_OTHER)

    async def _held_up(self, row: ExecutionRow) -> ExecutionRow:
        """A queued execution whose turn cannot come, because those before it wait, as one that waits for them."""
        if not self.driving or self._engine.runs:
            return row
        due = await self._store.next_wake(self._engine.worker)
        if due is not None and due <= self._engine.clock():
            return row
        # One that is being taken up, or has ended a moment ago, stands in neither answer: so it is asked whether any of
        # ours runs, then again what comes next, and whether this one is queued still.
        running = ExecutionFilter(workspace=row.workspace, status=(ExecutionStatus.RUNNING,), limit=1000)
        if any(one.owner == self._engine.worker for one in await self._store.executions(running)):
            return row
        due = await self._store.next_wake(self._engine.worker)
        row = await self._row(row.id)
        if row.status is not ExecutionStatus.QUEUED or (due is not None and due <= self._engine.clock()):
            return row
        return msgspec.structs.replace(row, status=ExecutionStatus.WAITING, wake_at=due)

    async def _row(self, execution_id: str) -> ExecutionRow:
        row = await self._store.execution(execution_id)
        if row is None:
            raise NotFound("execution.not_found", "There is no execution {id}.", id=execution_id)
        return row

    async def _beyond(self, row: ExecutionRow, since: float | None, timeout: float, patient: bool) -> bool:
        """Whether an execution waits for something that cannot come in time.

        One that waits for executions it called waits for what they wait for.
        """
        if since is None:
            return False
        left = timeout - (time.monotonic() - since)
        if _waits_for_child(row):
            children = await self._store.executions(
                ExecutionFilter(workspace=row.workspace, status=_UNFINISHED, parent_id=row.id, limit=1000)
            )
            for child in children:
                if child.status not in _RESTING or not await self._beyond(child, since, timeout, patient):
                    return False
            return bool(children)
        if patient:
            return left <= 0
        return row.wake_at is None or row.wake_at > self._engine.clock() + max(0.0, left) * 1e6


def _waits_for_child(row: ExecutionRow) -> bool:
    return row.reason is not None and row.reason.startswith('["wait.child"')
