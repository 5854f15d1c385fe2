"""The engine: claims executions, drives them concurrently, and tells what becomes of them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from studio.contracts.blobs import BlobStore
from studio.contracts.store import Store
from studio.contracts.stored import Message, PostResult
from studio.domain.errors import (
    Conflict,
    LeaseLost,
    NodeError,
    NotFound,
    RecordCorrupt,
    StorageError,
    StudioError,
    WriteRefused,
)
from studio.domain.ids import DEFAULT_WORKSPACE, new_id
from studio.domain.status import ExecutionStatus
from studio.domain.workflow import Workflow
from studio.engine import containers as _containers
from studio.engine import records as r
from studio.engine.adopting import adopt, give_up, set_aside
from studio.engine.api import EngineConfig, Event, ExecutionResult, StartRequest
from studio.engine.flushing import Flusher
from studio.engine.history import read_result
from studio.engine.host import HostServices
from studio.engine.inboxes import Inboxes
from studio.engine.limits import Cache, Rates
from studio.engine.live import Live
from studio.engine.observing import Observer
from studio.engine.ownership import Ownership
from studio.engine.pinning import Types
from studio.engine.plan import Catalogue, Plan
from studio.engine.plans import Plans
from studio.engine.projector import Projector, catch_up, node_rows
from studio.engine.records import Record
from studio.engine.run import Run
from studio.engine.stopping import hand_over
from studio.engine.submit import Family, Prepared, prepare

_HASHES = 256
_HANDLED = 65_536
"""How many executions an engine remembers to have ended or put down; it may run for years."""
_CLOCK_STEP = 50_000
"""Smallest difference from the database's clock that is corrected, microseconds; below it lies what asking takes."""
_VARIABLES_KEPT = 1.0
"""Seconds for which a driving engine takes the variables that it read before."""
EXECUTORS_READY = _containers.__all__


def _admit(_request: StartRequest) -> None:
    """Refuses nothing."""


class Engine:
    """Runs executions in this process.

    Args:
        store: The database.
        blobs: Large values.
        catalog: Node types.
        home: Id of the data folder; who holds its lock knows all other workers of that home gone.
        host: Networks, files, credentials.
        config: Intervals and sizes.

    Without ``start`` it accepts, signals and observes, and leaves driving to another process.
    """

    def __init__(
        self,
        *,
        store: Store,
        blobs: BlobStore,
        catalog: Catalogue,
        home: str,
        host: HostServices,
        config: EngineConfig | None = None,
    ) -> None:
        self.store = store
        self.blobs = blobs
        self.catalog = catalog
        self.home = home
        self.host = host
        self.config = config or EngineConfig()
        self.worker = new_id()
        self.cache = Cache()
        self.rates = Rates()
        self.projector = Projector(store)
        self.live = Live()
        self.observers: list[Observer] = []
        self.limits: dict[str, int] = {}
        self.admit: Callable[[StartRequest], None] = _admit
        self.ownership = Ownership(self)
        self.inboxes = Inboxes(self)
        self.runs: dict[str, Run] = {}
        self.failure: StudioError | None = None
        self.driving = False
        self._offset = 0
        self._clock_set = False
        self._plans = Plans(store, catalog)
        self._hashes: dict[int, tuple[Workflow, str]] = {}
        self._variables: dict[str, tuple[dict[str, Any], float]] = {}
        self.flusher = Flusher(self.config.flush_interval)
        self._driver: asyncio.Task[None] | None = None
        self._bell = asyncio.Event()
        self._tracked: set[asyncio.Task[Any]] = set()
        self._gone: list[str] = []
        self._claiming = False
        self._handled: dict[str, None] = {}

    # Life

    async def start(self) -> None:
        """Take the driver's role: get a lease, learn which workers are gone, begin to claim."""
        await self.set_clock()
        await self.ownership.begin()
        self._gone = await self.store.gone_workers(self.home, self.worker)
        await self.store.retry_paused()
        self.driving = True
        loop = asyncio.get_running_loop()
        self._driver = loop.create_task(self._drive_all())
        self.track(loop.create_task(catch_up(self)))

    async def stop(self) -> None:
        """Hand everything over: what is written stays, what is in memory is dropped, nothing counts as a recovery."""
        self.driving = False
        if self._driver is not None:
            self._driver.cancel()
            await asyncio.wait([self._driver])
        await hand_over(self)
        if self._tracked:
            await asyncio.wait(self._tracked, timeout=5)
        self.flusher.stop()
        await self.ownership.end()
        if self.failure is None:
            await self.projector.drain()
            if self._driver is not None:
                await self.store.release(self.worker)

    def clock(self) -> int:
        """Microseconds since 1970 by the database's clock, which it follows without the one of this machine."""
        return time.monotonic_ns() // 1000 + self._offset

    async def set_clock(self) -> None:
        """Compare with the database's clock; what its answer may have taken on the way is no difference."""
        before = time.monotonic_ns() // 1000
        now = await self.store.now()
        offset = now - (before + time.monotonic_ns() // 1000) // 2
        if abs(offset - self._offset) > _CLOCK_STEP:
            self._offset = offset
        self._clock_set = True

    def track(self, task: asyncio.Task[Any]) -> None:
        """Keep a task of the engine's own alive, and notice where it dies."""
        self._tracked.add(task)
        task.add_done_callback(self._untrack)

    def _untrack(self, task: asyncio.Task[Any]) -> None:
        self._tracked.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.fatal(error)

    def fatal(self, error: BaseException) -> None:
        """The engine cannot go on: everybody who waits is told, nothing more is claimed."""
        if self.failure is None:
            self.failure = (
                error
                if isinstance(error, StudioError)
                else NodeError(
                    "engine.defect",
                    "Studio failed unexpectedly: {kind}: {reason}.",
                    kind=type(error).__name__,
                    reason=str(error),
                )
            )
            self.failure.__cause__ = error
        self.driving = False
        self.ownership.abandon()
        self.live.fail(self.failure)
        self._bell.set()

    # Versions, plans, variables

    def hash_of(self, workflow: Workflow) -> str | None:
        """The hash of a workflow object that was kept before."""
        known = self._hashes.get(id(workflow))
        return known[1] if known is not None and known[0] is workflow else None

    def remember(self, workflow: Workflow, hash: str) -> None:
        """Remember that a workflow object is kept under a hash."""
        if len(self._hashes) > _HASHES:
            self._hashes.clear()
        self._hashes[id(workflow)] = (workflow, hash)

    async def plan(
        self, workspace: str, hash: str, workflow: Workflow | None = None, types: Types | None = None
    ) -> Plan:
        """The plan of a workflow version; with the versions of node types that it was accepted with, if they differ.

        Raises:
            StudioError: It cannot be planned here any more: a node type or its version is gone, say.
        """
        return await self._plans.get(workspace, hash, workflow, types)

    def planned(self, hash: str) -> bool:
        """Whether the plan of a workflow version is at hand."""
        return hash in self._plans

    async def variables(self, workspace: str) -> dict[str, Any]:
        """The workspace's variables, as an execution sees them at its start."""
        known, until = self._variables.get(workspace, (None, 0.0))
        if known is None or until < time.monotonic():
            encoded = await self.store.variables(workspace)
            known = {name: r.decode_facts(value) for name, value in encoded.items()}
            if self.driving:
                self._variables[workspace] = known, time.monotonic() + _VARIABLES_KEPT
        return known

    def forget_variables(self, workspace: str) -> None:
        """The workspace's variables were changed here; what other processes change is seen within a second."""
        self._variables.pop(workspace, None)

    # Accepting

    async def submit(self, request: StartRequest, family: Family | None = None) -> str:
        """Accept an execution durably; returns its id.

        Raises:
            Conflict: The idempotency key was used with another request.
            StorageError: It could not be committed; nothing was accepted.
        """
        if self.failure is not None:
            raise self.failure
        if self.projector.behind and family is None:
            raise Conflict("engine.overloaded", "Too much work is waiting to be written; try again shortly.")
        if family is None:
            self.admit(request)
        if not self._clock_set:
            await self.set_clock()
        prepared = await prepare(self, request, family)
        mine = self.driving and len(self.runs) < self.config.executions and request.workspace not in self.limits
        prepared.new.owner = self.worker if mine else None
        looks = self.inboxes.looks
        begun = time.monotonic()
        with self.ownership.accepting(prepared.new.id):
            (accepted,) = await self.store.accept([prepared.new])
        if isinstance(accepted, Exception):
            raise accepted
        if not accepted.existing:
            for observer in self.observers:
                observer.accepted(prepared.new, time.monotonic() - begun)
        if accepted.claimed and not accepted.existing:
            self._begin(prepared)
            if looks != self.inboxes.looks:
                # A message may have come between the commit and now, and been looked for in vain.
                self.inboxes.look_again()
        else:
            self._bell.set()
        return accepted.id

    def _begin(self, prepared: Prepared) -> None:
        new = prepared.new
        run = Run(self, new.id, new.workspace, prepared.plan, prepared.facts, epoch=1, seq=1, memory=prepared.memory)
        self.launch(run)

    def launch(self, run: Run) -> None:
        """Begin to drive a run."""
        self.runs[run.id] = run
        run.task = asyncio.get_running_loop().create_task(self._drive(run))
        run.task.add_done_callback(run.over)
        # One that dies of something unforeseen would be in nobody's hands, and yet owned.
        run.task.add_done_callback(self._untrack)

    # Driving

    async def _drive(self, run: Run) -> None:
        try:
            try:
                await run.main()
            except RecordCorrupt as error:
                await set_aside(self, run, error)
                return
        except LeaseLost:
            run.detaching = True
        except StorageError as error:
            self.run_failed(run, error)
        if run.outcome is None:
            if not run.parking and not run.detaching:
                self.runs.pop(run.id, None)
                self.live.ended(run.id)
            elif run.detaching and not run.parking:
                self.runs.pop(run.id, None)
            return
        self.runs.pop(run.id, None)
        self.handled(run.id)
        self.observe_end(run.id, run.workspace, run.outcome[0])
        await self._tell_parent(run)
        self.live.ended(run.id)
        self._bell.set()

    async def _tell_parent(self, run: Run) -> None:
        parent, _path = run.facts.get("parent") or (None, None)
        if parent is None or run.outcome is None:
            return
        await self.tell_parent(parent, run.id, run.workspace)

    async def tell_parent(self, parent: str, child: str, workspace: str) -> None:
        """Tell an execution that one it called has ended."""
        await self.post(parent, "child", {"id": child}, message_id=f"child:{child}", workspace=workspace)

    def run_failed(self, run: Run, error: BaseException) -> None:
        """A run cannot write any more: a lost lease or what it holds concerns it alone, a broken store everybody."""
        self.runs.pop(run.id, None)
        run.detaching = True
        if isinstance(error, WriteRefused):
            self.track(asyncio.get_running_loop().create_task(give_up(self, run, error)))
        elif not isinstance(error, LeaseLost):
            self.fatal(error)

    def left(self, run: Run, status: ExecutionStatus) -> None:
        """A run has left memory, waiting or paused."""
        self.runs.pop(run.id, None)
        self.handled(run.id)
        self.live.parked(run.id)
        parent = self.runs.get((run.facts.get("parent") or (None,))[0] or "")
        if parent is not None:
            parent.look_idle()
        self._bell.set()

    def handled(self, execution_id: str) -> None:
        """Note that an execution has ended or left memory here, for who resumes everything."""
        self._handled[execution_id] = None
        if len(self._handled) > _HANDLED:
            del self._handled[next(iter(self._handled))]

    def observe_end(self, execution_id: str, workspace: str, status: ExecutionStatus) -> None:
        """Tell whoever observes that an execution has ended."""
        for observer in self.observers:
            observer.ended(execution_id, workspace, status)

    def drives(self, execution_id: str) -> bool:
        """Whether an execution is in this process's memory."""
        return execution_id in self.runs

    async def _drive_all(self) -> None:
        compared = time.monotonic()
        try:
            while self.driving:
                self._bell.clear()
                claimed = await self._claim()
                await self.inboxes.deliver()
                if time.monotonic() - compared > self.config.lease / 3:
                    await self.set_clock()
                    await self.ownership.put_back_strays()
                    compared = time.monotonic()
                if not claimed:
                    await self._pause()
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001 - a driver that dies silently would leave everything hanging
            self.fatal(error)

    async def _pause(self) -> None:
        """Wait for the bell or for the next look."""
        try:
            async with asyncio.timeout(self.config.poll_interval):
                await self._bell.wait()
        except TimeoutError:
            return

    async def _claim(self) -> int:
        room = self.config.executions - len(self.runs)
        if room <= 0 or not self.driving:
            return 0
        due = await self.store.next_wake(self.worker)
        if not self._gone and (due is None or due > self.clock()):
            return 0
        self._claiming = True
        try:
            claims = await self.store.claim(self.worker, room, gone=self._gone, limits=self.limits)
            if not claims:
                self._gone = []
            await adopt(self, claims)
        finally:
            self._claiming = False
        return len(claims)

    # Messages

    async def post(
        self,
        execution_id: str,
        kind: str,
        payload: Mapping[str, Any],
        *,
        message_id: str | None = None,
        workspace: str = DEFAULT_WORKSPACE,
    ) -> PostResult:
        """Send a signal, cancel, approval, decide, pause or resume; durable when this returns."""
        message = Message(execution_id, message_id or new_id(), kind, r.encode_facts(dict(payload)), self.clock())
        (result,) = await self.store.post(workspace, [message])
        self.inboxes.look_again()
        self._bell.set()
        if kind == "cancel" and execution_id in self.runs:
            # Who is told that it is accepted must not see it end as if nothing had been.
            await self.inboxes.deliver()
        return result

    # Commits and events

    def committed(self, run: Run, seq: int, records: list[Record]) -> None:
        """A segment is committed: it may be shown and projected."""
        self.projector.add(run.id, run.workspace, seq, node_rows(run.plan, records))
        self.live.committed(run.id, seq, records, self.clock)
        for observer in self.observers:
            observer.committed(run, records)
        if run.recovering:
            self.ownership.gets_on(run, records)

    def show(self, run: Run, kind: str, path: str, data: dict[str, Any]) -> None:
        """Show something that is not recorded."""
        self.live.show(run.id, kind, path, data, self.clock)

    def waiting(self, run: Run, path: str, reason: list[Any], until: int | None) -> None:
        """A node run begins to wait."""
        self.live.show(run.id, "wait", path, {"reason": reason, "until": until}, self.clock)

    def waited(self, run: Run, path: str, took: int) -> None:
        """A node run has waited."""
        self.live.show(run.id, "waited", path, {"duration": took}, self.clock)

    def events(self, execution_id: str, after: tuple[int, int] = (-1, -1)) -> AsyncIterator[Event]:
        """Events of an execution from a position on, then as they come, to its end."""
        return self.live.events(self, execution_id, after)

    # Results

    async def wait(
        self, execution_id: str, *, timeout: float | None = None, settle_waiting: bool = False, nodes: bool = True
    ) -> ExecutionResult:
        """Wait for an execution to end.

        With ``settle_waiting`` also an execution that waits for a signal, or for a timer beyond ``timeout``, is
        returned as it is. Otherwise after ``timeout`` seconds whatever stands is returned.
        """
        until = time.monotonic() + timeout if timeout is not None else None
        while True:
            row = None
            if execution_id not in self.runs:
                row = await self.store.execution(execution_id)
                if row is None:
                    raise NotFound("execution.not_found", "There is no execution {id}.", id=execution_id)
            left = None if until is None else until - time.monotonic()
            if row is not None and row.status.terminal:
                break
            if row is not None and row.status in (ExecutionStatus.WAITING, ExecutionStatus.PAUSED) and settle_waiting:
                horizon = float("inf") if left is None else self.clock() + left * 1e6
                if row.wake_at is None or row.wake_at > horizon:
                    break
            if left is not None and left <= 0:
                break
            if self.failure is not None:
                raise self.failure
            await self.live.changed(execution_id, min(0.1, left) if left is not None else 0.1)
        return await read_result(self.store, self.blobs, execution_id)

    async def resume_all(self, *, wait: float = 0.0) -> list[ExecutionResult]:
        """Drive until nothing is left to do and no timer is due within ``wait`` seconds; what was handled."""
        if not self.driving:
            await self.start()
        while True:
            if self.failure is not None:
                raise self.failure
            due = await self.store.next_wake(self.worker)
            if (
                not self.runs
                and not self._claiming
                and not self._gone
                and (due is None or due > self.clock() + wait * 1e6)
            ):
                break
            self._bell.set()
            await asyncio.sleep(0.02)
        return [await read_result(self.store, self.blobs, id) for id in list(self._handled)]
