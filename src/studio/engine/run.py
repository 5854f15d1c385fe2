"""A run: one execution while this process drives it."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from math import isfinite
from typing import TYPE_CHECKING, Any, Protocol

from studio.contracts.stored import ExecutionUpdate, Message
from studio.domain.errors import LeaseLost, NodeError, StorageError, StudioError
from studio.domain.status import Durability, ExecutionStatus
from studio.engine import records as r
from studio.engine.activity import Activity
from studio.engine.after_failure import start_error_workflow
from studio.engine.api import Grants
from studio.engine.batches import Batches
from studio.engine.debugging import debug_of
from studio.engine.encode import ItemsHandle, MissingChunk, Values
from studio.engine.failures import Stop, error_facts, why_cancelled
from studio.engine.frame import Frame, Scope
from studio.engine.journal import Journal
from studio.engine.per_item import bind_per_item
from studio.engine.plan import Plan, PlanNode
from studio.engine.records import Memory, Record
from studio.engine.run_limits import RunLimits
from studio.engine.spending import Spending, Usage
from studio.engine.waits import Waits
from studio.expressions import Compiled

if TYPE_CHECKING:
    from studio.engine.engine import Engine


_TAKEN = 4096
"""How many ids of messages a run remembers to have taken; far more than can be on their way at once."""


class Pokeable(Protocol):
    """Something that may have to look again after a pause."""

    def poke(self) -> None:
        """Look again."""
        ...


class Run:
    """Drives one execution from wherever its journal stands to its end, or until it only waits.

    ``busy`` counts the coroutines that are not blocked in ``suspend``; when it falls to zero, only timers and messages
    can bring the execution on, and it may leave memory.
    """

    def __init__(
        self,
        engine: Engine,
        execution_id: str,
        workspace: str,
        plan: Plan,
        facts: dict[str, Any],
        *,
        epoch: int,
        seq: int,
        memory: Memory,
        active: int = 0,
        usage: Usage | None = None,
        cancel_requested: bool = False,
    ) -> None:
        self.engine = engine
        self.id = execution_id
        self.workspace = workspace
        self.plan = plan
        self.facts = facts
        self.loop = asyncio.get_running_loop()
        self.memory = memory
        self.restoring = bool(memory.frames)
        self.values = Values(engine.blobs, workspace, engine.config.inline_bytes)
        self.inline_bytes = engine.config.inline_bytes
        self.journal = Journal(
            engine.store, execution_id, workspace, epoch=epoch, seq=seq, fresh=self.values.fresh,
            level=engine.config.level, flush_bytes=engine.config.flush_bytes, on_commit=self._committed,
            dirty=self._mark_dirty, broken=self.broken, snapshot=self._snapshot,
        )  # fmt: skip
        self.clock: Callable[[], int] = engine.clock
        self.waits = Waits(self)
        self.busy = 0
        self.halted = False
        self.paused = False
        self.detaching = False
        self.parking = False
        self.ending = False
        self.unwinding = False
        self.cancelling: str | None = None
        self.abort_error: StudioError | None = None
        self.grants = Grants(**facts.get("grants", {}))
        self.origin: str = facts.get("origin") or execution_id
        self.accepted_at: int = facts.get("accepted_at", 0)
        self.grace = plan.grace
        self.cancel_grace = engine.config.cancel_grace
        self.room = asyncio.Semaphore(plan.settings.parallel)
        self.acknowledge = plan.settings.acknowledge == "node"
        self.node_runs = 0
        self.migrated: dict[str, list[int]] = {}
        self.snapshot_at = engine.config.snapshot_bytes
        self.task: asyncio.Task[None] | None = None
        self.outcome: tuple[ExecutionStatus, tuple[int, Any], dict[str, Any] | None] | None = None
        self.cancel_requested = cancel_requested
        self.recovering = False
        self.pokes: set[Pokeable] = set()
        self.limits = RunLimits(self, active)
        self.spending = Spending(self, usage or Usage())
        self._batches: Batches | None = None
        self._taken: dict[str, None] = {}
        self._tasks_waiting: set[asyncio.Task[None]] = set()
        self._seeds = hashlib.blake2b(self.origin.encode(), digest_size=16)
        self.debug = debug_of(self, facts.get("breakpoints"), None)

    def batches(self) -> Batches:
        """Where runs of nodes gather that work in batches."""
        if self._batches is None:
            self._batches = Batches(self)
        return self._batches

    def adopt(self, facts: dict[str, Any]) -> None:
        """Take over the facts of the start, decoded."""
        self.facts = facts
        self.grants = Grants(**facts["grants"])
        self.origin = facts["origin"]
        self.accepted_at = facts["accepted_at"]
        self._seeds = hashlib.blake2b(self.origin.encode(), digest_size=16)

    # What frames and activities use

    def record(self, record: Record) -> None:
        """Add a record to the journal and to what a snapshot would hold."""
        self.journal.add(record)
        self.recorded(record)

    def recorded(self, record: Record) -> None:
        """Take what stands in the journal into what a snapshot would hold."""
        kind = record[0]
        if r.DONE <= kind <= r.CHILD or r.HELD <= kind <= r.EDIT or (kind == r.USAGE and record[6] is not None):
            self.memory.apply(record)
        if kind == r.DONE:
            self.node_runs += 1

    def clock_iso(self) -> str:
        """Now as ISO 8601."""
        return self.iso(self.clock())

    @staticmethod
    def iso(at: int) -> str:
        """Microseconds since 1970 as ISO 8601 in UTC."""
        return datetime.fromtimestamp(at / 1e6, UTC).isoformat().replace("+00:00", "Z")

    def key(self, path: str, alternative: int) -> str:
        """The idempotency key of a node run: stable over attempts, recovery and retried items."""
        digest = self._seeds.copy()
        digest.update(f"\0{path}\0{alternative}".encode())
        return digest.hexdigest()

    def evaluate(self, compiled: Compiled, scope: Scope, path: str | None, param: str | None) -> Any:
        """Evaluate with the place added to an error."""
        try:
            return compiled.evaluate(scope)
        except StudioError as error:
            raise error.at(path, param) from None

    async def evaluated(self, compiled: Compiled, scope: Scope, path: str | None, param: str | None) -> Any:
        """``evaluate``, fetching the parts of long lists that it needs."""
        touched: list[ItemsHandle] = []
        try:
            while True:
                try:
                    return self.evaluate(compiled, scope, path, param)
                except MissingChunk as missing:
                    touched.append(missing.items)
                    await missing.items.fetch(missing.number)
        finally:
            for items in touched:
                items.release()

    def with_per_item(self, node: PlanNode, raw: dict[str, Any], scope: Scope) -> dict[str, Any]:
        """Add the per-item functions to resolved params."""
        return {**raw, **{name: bind_per_item(value, scope, name) for name, value in node.per_item.items()}}

    def spawn(self, frame: Frame, node: PlanNode, finished: Any) -> asyncio.Task[None]:
        """Start the activity of a node as a task."""
        activity = Activity(self, frame, node, finished)
        self.busy += 1
        task = self.loop.create_task(activity.main())
        activity.task = task
        task.add_done_callback(lambda done: self._activity_ended(frame, done))
        return task

    def _activity_ended(self, frame: Frame, task: asyncio.Task[None]) -> None:
        self._tasks_waiting.discard(task)
        if not task.cancelled():
            error = task.exception()
            if error is not None:
                self.broken(error)
        frame.ended(task)
        self.busy -= 1
        if self.busy == 0:
            self.idle()

    def broken(self, error: BaseException) -> None:
        """An activity or the journal died of something that is not the node's failure: the store, or a defect.

        Where nothing can be written any more, nothing more may be done: not even what else runs at an end.
        """
        if self.abort_error is None and not self.detaching:
            self.abort_error = defect(error)
            self.detaching = isinstance(self.abort_error, StorageError)
            if self.task is not None and not self.ending:
                self.task.cancel()

    async def suspend(self, future: asyncio.Future[Any]) -> Any:
        """Wait for a future that only ``wake`` resolves, without counting as busy."""
        self.busy -= 1
        if self.busy == 0:
            self.idle()
        try:
            return await future
        except asyncio.CancelledError:
            if not future.done() or future.cancelled():
                self.busy += 1
                self.limits.rise()
            raise

    def wake(self, future: asyncio.Future[Any], value: Any = None) -> None:
        """Resolve a future that somebody is suspended on."""
        if not future.done() and not self.parking:
            self.busy += 1
            self.limits.rise()
            future.set_result(value)

    def is_waiting(self, task: asyncio.Task[None]) -> bool:
        """Whether an activity waits for a timer or a message."""
        return task in self._tasks_waiting

    def mark_waiting(self, task: asyncio.Task[None] | None, waiting: bool) -> None:
        """Note that an activity begins or ends to wait."""
        if task is not None:
            (self._tasks_waiting.add if waiting else self._tasks_waiting.discard)(task)

    # Life

    async def main(self) -> None:
        """Drive to the end, or until it leaves memory."""
        self.busy = 1
        self.limits.arm()
        self.spending.check()
        status, output, error = ExecutionStatus.SUCCEEDED, None, None
        try:
            self.unwinding = self.cancel_requested
            output = await self._root().drive()
            if self.unwinding:
                raise asyncio.CancelledError
        except Stop as stop:
            output, error = stop.output, stop.error
            status = ExecutionStatus.FAILED if stop.error else ExecutionStatus.SUCCEEDED
        except asyncio.CancelledError:
            if (self.detaching or self.parking) and not isinstance(self.abort_error, StorageError):
                return
            if self.abort_error is None:
                status = ExecutionStatus.CANCELLED
                error = NodeError(
                    "execution.cancelled",
                    "The execution was cancelled: {reason}.",
                    reason=why_cancelled(self.cancelling),
                )
            else:
                status, error = ExecutionStatus.FAILED, self.abort_error
        except StorageError as failure:
            self.abort_error = failure
        except Exception as failure:  # noqa: BLE001 - an execution ends with whatever failed it
            status = ExecutionStatus.FAILED
            error = failure if isinstance(failure, StudioError) else defect(failure)
        self.limits.disarm()
        if isinstance(self.abort_error, StorageError):
            raise self.abort_error
        if isinstance(self.journal.error, StorageError):
            raise self.journal.error
        await self._end(status, output, error)

    def _root(self) -> Frame:
        facts = self.facts
        top: dict[str, Any] = {
            "inputs": facts.get("inputs", {}),
            "vars": facts.get("vars", {}),
            "execution": {
                "id": self.id,
                "mode": facts.get("mode", "run"),
                "trigger": facts.get("trigger", "manual"),
                "accepted_at": self.iso(self.accepted_at),
            },
            "workflow": {"name": self.plan.name, "hash": self.plan.hash},
        }
        only = facts.get("only")
        return Frame(self, self.plan.root, "", Scope({}, top), set(only) if only is not None else None)

    async def _end(self, status: ExecutionStatus, output: Any, error: StudioError | None) -> None:
        self.ending = True
        facts = error_facts(error) if error is not None else None
        try:
            form, payload = await self.values.encode(output, walk=True)
        except StorageError:
            raise  # no fault of the output's: it is there when the store is
        except StudioError as bad:
            status, facts = ExecutionStatus.FAILED, error_facts(bad.at(None, "output"))
            form, payload = await self.values.encode(None)
        if status is ExecutionStatus.FAILED and facts is not None:
            await start_error_workflow(self.engine, self.id, self.workspace, self.plan, self.facts, status, facts)
        used = self.spending.usage.plain()
        self.record((r.END, self.clock(), str(status), form, payload, facts, self.limits.active(), used))
        update = ExecutionUpdate(
            status=status, release=True, wake_at=None, reason=None, error_code=facts["code"] if facts else None
        )
        await self.journal.flush(Durability.POWER, update)
        self.outcome = (status, (form, payload), facts)

    def abort(self, error: StudioError) -> None:
        """End the execution as failed."""
        if self.abort_error is None and self.cancelling is None and self.task is not None and not self.ending:
            self.abort_error = error
            self.task.cancel()

    def cancel(self, reason: str) -> None:
        """End the execution as cancelled; what runs is told to stop."""
        if self.cancelling is None and self.abort_error is None and not self.ending:
            self.cancelling = reason
            if self.task is None:
                self.cancel_requested = True
            else:
                self.task.cancel()

    # Messages

    def take(self, message: Message) -> bool:
        """Take a message of the inbox into the journal; False where this run is on its way out.

        Until the commit the inbox shows it again, which changes nothing.
        """
        if self.parking or self.detaching or self.ending or self.journal.error is not None:
            return False
        if message.id in self._taken:
            return True
        self._taken[message.id] = None
        if len(self._taken) > _TAKEN:
            del self._taken[next(iter(self._taken))]
        self.record((r.MESSAGE, message.id, message.kind, message.payload, self.clock()))
        self.journal.taken(message.id)
        self.waits.deliver(message)
        return True

    def pause(self) -> None:
        """Start nothing new; leave memory when what runs has ended."""
        self.halted = self.paused = True
        self.loop.call_soon(self.look_idle)

    def unpause(self) -> None:
        """Go on after a pause that has not left memory yet."""
        self.halted = self.paused = False
        for one in list(self.pokes):
            one.poke()

    # Leaving memory

    def look_idle(self) -> None:
        """Leave memory where nothing keeps this execution in it any more."""
        if self.busy == 0:
            self.idle()

    def idle(self) -> None:
        """Only timers and messages can bring this execution on."""
        if self.detaching or self.parking or self.task is None:
            return
        if self.unwinding:
            self.unwinding = False
            self.task.cancel()
            return
        if self._give_up():
            return
        if not self.paused and not self.waits.any():
            self.abort(defect(RuntimeError("nothing runs and nothing is awaited")))
            return
        if not self.paused and self._next_timer() - self.clock() <= self.engine.config.linger * 1e6:
            self.limits.rest()
            return
        if not self.paused and self.waits.local_children():
            return
        self.parking = True
        self.engine.track(self.loop.create_task(self._park()))

    def _next_timer(self) -> float:
        """When time alone brings this execution on, a deadline too; infinity where it does not."""
        soon = self.waits.soonest()
        return self.limits.deadline_at() if soon is None else min(soon, self.limits.deadline_at())

    def _give_up(self) -> bool:
        """Where a level fails and what it still runs only waits, grace would be for nothing: whether there is one."""
        failing = [one for one in self.pokes if isinstance(one, Frame) and one.error is not None and one.tasks]
        for frame in failing:
            frame.end_grace()
        return bool(failing)

    async def _park(self) -> None:
        """Write down that this execution waits, and leave memory."""
        wake = float("inf") if self.paused else self._next_timer()
        wake_at = int(wake) if isfinite(wake) else None
        self.record((r.PARK, self.clock(), self.limits.active()))
        status = ExecutionStatus.PAUSED if self.paused else ExecutionStatus.WAITING
        update = ExecutionUpdate(
            status=status,
            reason=self.waits.reason() if not self.paused else '["wait.paused"]',
            wake_at=wake_at,
            release=True,
        )
        try:
            await self.journal.flush(self.engine.config.level, update)
        except (LeaseLost, StorageError) as error:
            self.engine.run_failed(self, error)
        await self.detach()
        self.engine.left(self, status)

    async def detach(self) -> None:
        """Drop what is in memory without touching what is written."""
        self.detaching = True
        self.limits.disarm()
        self.waits.close()
        if self.task is not None and not self.task.done():
            self.task.cancel()
            await asyncio.wait([self.task])

    def over(self, _task: asyncio.Task[None]) -> None:
        """Let go of all that was known of the work: a run and its parts refer to each other, so it would stay in memory
        until garbage is collected, and new runs would have to use fresh memory, which is slow.
        """
        self.memory = Memory()

    # Commits

    def _mark_dirty(self) -> None:
        self.engine.flusher.add(self)

    def _committed(self, seq: int, records: list[Record]) -> None:
        self.engine.committed(self, seq, records)

    def _snapshot(self) -> Record | None:
        """Everything condensed, due every so often, so that a resume need not read what came before.

        It stands first in its segment and already includes the segment's other records. The distance to the next one
        grows with its size, which keeps the cost of all snapshots linear.
        """
        if self.journal.since_snapshot < self.snapshot_at:
            return None
        facts = {
            "start": self.facts["raw"],
            "memory": self.memory.dump(),
            "messages": self.waits.unconsumed(),
            "active": self.limits.active(),
            "runs": self.node_runs,
            "usage": self.spending.usage.plain(),
            "migrated": self.migrated,
            **({"breaks": self.debug.plain()} if self.debug is not None else {}),
        }
        self.snapshot_at = max(self.engine.config.snapshot_bytes, 2 * len(r.pack(facts)))
        return (r.SNAPSHOT, facts)


def defect(error: BaseException) -> StudioError:
    """An error of Studio itself, told as one."""
    if isinstance(error, StudioError):
        return error
    out = NodeError(
        "engine.defect",
        "Studio failed unexpectedly: {kind}: {reason}.",
        kind=type(error).__name__,
        reason=str(error)[:500],
    )
    out.__cause__ = error
    return out
