"""A frame: one level of the graph while it runs, such as the root, or the body of a map for one item.

The frame knows who waits for whom, runs in place what is pure and ready, and starts an activity for everything else.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Any, cast

from studio.domain.errors import StudioError
from studio.domain.status import Join
from studio.engine import records as r
from studio.engine.context import PlaceContext
from studio.engine.encode import MissingChunk, encode_small
from studio.engine.failures import LEFT_ALONE, as_error, blamed, error_facts, error_from_facts
from studio.engine.orphans import end_children
from studio.engine.plan import DEFAULT, ERROR, Level, PlanNode
from studio.engine.steps import Suspended
from studio.expressions import SKIPPED

if TYPE_CHECKING:
    from studio.engine.run import Run

PENDING, STARTED, SETTLED = 0, 1, 2

SLICE = 0.004
"""Longest time in seconds that nodes are run in place before others get their turn."""
_SLICE_MICROSECONDS = int(SLICE * 1e6)
_DONE_BYTES = 48
"""What the record of a node run takes beside its output, about."""


class Scope(dict[str, Any]):
    """Names an expression sees: a frame's own, then those of the frame around it."""

    __slots__ = ("parent",)

    def __init__(self, parent: Any, own: dict[str, Any]) -> None:
        super().__init__(own)
        self.parent = parent

    def __missing__(self, key: str) -> Any:
        return self.parent[key]


class Frame:
    """One level while it runs. ``prefix`` is its scope path, empty for the root."""

    __slots__ = (
        "blocked",
        "carried",
        "context",
        "done",
        "error",
        "implied_left",
        "known",
        "left",
        "level",
        "only",
        "ports",
        "prefix",
        "quick",
        "ready",
        "recorded",
        "run",
        "scope",
        "status",
        "tasks",
        "unsettled",
        "wake",
    )  # fmt: skip

    def __init__(self, run: Run, level: Level, prefix: str, scope: Scope, only: set[str] | None = None) -> None:
        self.run = run
        self.level = level
        self.prefix = prefix
        self.scope = scope
        nodes = level.nodes
        self.left = level.source_counts.copy()
        self.implied_left = level.implied_counts.copy()
        self.carried = [0] * len(nodes)
        self.blocked = bytearray(len(nodes))
        self.status = bytearray(len(nodes))
        self.ports: dict[int, tuple[str, ...] | None] = {}
        self.ready: deque[int] = deque(level.roots)
        self.unsettled = len(nodes)
        self.tasks: dict[asyncio.Task[None], PlanNode] = {}
        self.wake: asyncio.Future[None] | None = None
        self.recorded = (run.memory.frames.get(prefix) or None) if run.restoring else None
        self.error: BaseException | None = self._failed_before() if self.recorded else None
        if self.recorded and (stopped := self._stopped_before()):
            self.ready = deque(stopped)
        self.known = run.memory.frame(prefix)
        self.only = only
        self.quick = only is None and run.debug is None
        self.context: PlaceContext | None = None
        self.done: list[tuple[PlanNode, dict[str, Any], tuple[str, ...] | None]] = []

    def _failed_before(self) -> StudioError | None:
        """The error with which the level was failing when its run was interrupted: the first by time."""
        found = [
            records[-1]
            for records in (self.recorded or {}).values()
            if records[-1][0] == r.FAILED and not records[-1][8]
        ]
        real = [record for record in found if not r.was_cancelled(record)]
        if not real:
            return None
        return error_from_facts(min(real, key=lambda record: record[3] + record[4] + record[6])[7])

    def _stopped_before(self) -> list[int]:
        """The nodes by which the execution was ending when it was interrupted: nothing else starts any more."""
        ends = [node for node in self.level.nodes if node.executor == "stop" and node.id in (self.recorded or ())]
        return [node.index for node in ends if (self.recorded or {})[node.id][-1][0] == r.DONE]

    async def drive(self) -> Any:
        """Run the level to its end and give its output.

        Raises:
            Exception: The error of the node that failed it.
        """
        run = self.run
        run.pokes.add(self)
        try:
            while True:
                self.pump()
                if self.done and self.error is None:
                    await self._acknowledge()
                    continue
                if self.error is not None:
                    if not self.tasks:
                        if self.recorded:
                            await end_children(run, self.prefix)
                        raise self.error
                elif self.unsettled == 0:
                    return await self.output()
                elif self.ready and not run.halted:
                    await asyncio.sleep(0)
                    continue
                self.wake = run.loop.create_future()
                await run.suspend(self.wake)
        except asyncio.CancelledError:
            await self.cancel_tasks()
            raise
        finally:
            run.pokes.discard(self)

    async def _acknowledge(self) -> None:
        """Wait until what was run in place is committed, all of it in one commit, and only then let it flow."""
        run = self.run
        done, self.done = self.done, []
        await run.journal.flush(run.engine.config.level)
        for node, output, ports in done:
            self.scope[node.id] = output
            self.settle(node, ports)

    def poke(self) -> None:
        """Let ``drive`` look again."""
        if self.wake is not None:
            self.run.wake(self.wake)

    async def output(self) -> Any:
        """What the level gives: its ``output`` evaluated, null where it has none. In a partial run that of its node."""
        level = self.level
        if self.only is not None and (last := self.run.facts.get("until")) is not None:
            given = self.scope.get(last)
            return None if isinstance(given, SKIPPED) else given
        if level.output is None:
            return level.output_static
        return await self.run.evaluated(level.output, self.scope, None, "output")

    def pump(self) -> None:
        """Run what is ready until nothing is, or the slice is over."""
        ready = self.ready
        run = self.run
        nodes = self.level.nodes
        if run.unwinding:
            self._pick_up()
            return
        now = run.clock()
        until = now + _SLICE_MICROSECONDS
        while ready and not run.halted and self.error is None:
            index = ready.popleft()
            node = nodes[index]
            self.status[index] = STARTED
            if node.simple and self.quick and (self.recorded is None or node.id not in self.recorded):
                now = self.in_place(node, now)
                if now > until:
                    return
            else:
                self.start(node)

    def in_place(self, node: PlanNode, at: int) -> int:
        """Run a pure node here and now, beginning at ``at``; gives the time of its end.

        What turns out not to be simple goes the long way.
        """
        run = self.run
        scope = self.scope
        context = self.context
        if context is None:
            context = self.context = PlaceContext(run, self.prefix, node, at)
        else:
            context.node = node
            context.at = at
        try:
            if node.needs_names:
                self.prepare_scope(node, at)
            output, ports = node.step(scope, context)
            if run.values.knows(output):
                return self.start(node, finished=(output, ports))
            form, payload = encode_small(output, walk=node.any_output)
            size = len(payload)
            if size > run.inline_bytes:
                return self.start(node, finished=(output, ports))
        except Suspended:
            node.simple = False
            return self.start(node)
        except MissingChunk:
            return self.start(node)
        except BaseException as error:
            if isinstance(error, LEFT_ALONE):
                raise
            return self.fail_in_place(node, as_error(error, node), at)
        now = run.clock()
        record = (r.DONE, self.prefix, node.id, at, now - at, 1, 0, ports, form, payload, 0, None)
        self.known[node.id] = [record]
        run.node_runs += 1
        run.journal.add_plain(record, size + _DONE_BYTES)
        if run.acknowledge:
            self.done.append((node, output, ports))
            return now
        scope[node.id] = output
        if node.straight_on:
            self._straight_on(node)
        else:
            self._settle(node, True, ports, False)
        return now

    def _pick_up(self) -> None:
        """Start only what had begun before, to be stopped properly."""
        ready, self.ready = self.ready, deque[int]()
        for index in ready:
            node = self.level.nodes[index]
            inside = f"{self.prefix}{node.id}["
            if node.id in (self.recorded or ()) or any(name.startswith(inside) for name in self.run.memory.frames):
                self.status[index] = STARTED
                self.start(node)

    def fail_in_place(self, node: PlanNode, error: StudioError, at: int) -> int:
        """Record the failure of a node that has no policy to soften it; gives the time of its end."""
        now = self.run.clock()
        blamed(error, node, self.scope).at(self.prefix + node.id)
        facts = error_facts(error)
        self.run.record((r.FAILED, self.prefix, node.id, at, now - at, 1, 0, facts, False, None))
        self.fail(error)
        return now

    def prepare_scope(self, node: PlanNode, at: int) -> None:
        """Put the names into scope that differ from node to node."""
        if node.needs_now:
            self.scope["now"] = self.run.iso(at)
        if node.needs_seed:
            self.scope["\0seed"] = self.run.key(self.prefix + node.id, 0)
        if node.needs_input:
            self.scope["input"] = self.incoming(node)

    def incoming(self, node: PlanNode) -> Any:
        """What the single listed edge (else the single reference) of a node carried.

        A branch hands on what came in by its own single edge, and where there is none its output, like any other node.
        """
        carried: Any = None
        while (edge := _single_edge(node)) is not None:
            index, kind, port = edge
            node = self.level.nodes[index]
            carried = self.scope.get(node.id)
            if kind == DEFAULT and port is not None and isinstance(carried, dict):
                return cast("dict[str, Any]", carried).get(port)
            if kind == ERROR or not node.impl.passes_input:
                break
        return carried

    def start(self, node: PlanNode, finished: tuple[dict[str, Any], tuple[str, ...] | None] | None = None) -> int:
        """Start an activity for a node; gives the time."""
        task = self.run.spawn(self, node, finished)
        self.tasks[task] = node
        return self.run.clock()

    def ended(self, task: asyncio.Task[None]) -> None:
        """An activity's task is over."""
        self.tasks.pop(task, None)
        self.poke()

    # Settling: what a finished node means for the others

    def settle(self, node: PlanNode, ports: tuple[str, ...] | None) -> None:
        """A node has succeeded, leaving by ``ports`` (None: the default one)."""
        self._settle(node, True, ports, False)

    def skip(self, node: PlanNode, *, carries: bool) -> None:
        """A node does not run. ``carries`` where its edges carry on all the same (run_if, disabled)."""
        self.scope[node.id] = SKIPPED(node.id)
        self._settle(node, carries, None, False)

    def settle_failed(self, node: PlanNode, error: dict[str, Any]) -> None:
        """A node has failed and its error leaves by the ``error`` port."""
        self.scope[node.id] = {"error": error}
        self._settle(node, False, None, True)

    def _straight_on(self, node: PlanNode) -> None:
        """``_settle`` for a node that has succeeded and that only implied edges lead on from."""
        self.status[node.index] = SETTLED
        self.unsettled -= 1
        left, blocked = self.left, self.blocked
        for target in node.dependents:
            left[target] -= 1
            if left[target] == 0:
                if blocked[target]:
                    self._enter(target, run=False)
                else:
                    self.ready.append(target)

    def _settle(self, node: PlanNode, carries: bool, ports: tuple[str, ...] | None, failed: bool) -> None:
        self.status[node.index] = SETTLED
        self.unsettled -= 1
        left, implied_left = self.left, self.implied_left
        nodes = self.level.nodes
        for target, kind, port in node.out_edges:
            if kind == ERROR:
                carried = failed
            elif kind == DEFAULT:
                carried = carries
            else:
                carried = carries and (ports is None or port in ports)
            left[target] -= 1
            if carried:
                self.carried[target] += 1
            self._touch(target)
        for target in node.dependents:
            left[target] -= 1
            implied_left[target] -= 1
            if not carries:
                self.blocked[target] = 1
            if nodes[target].listed:
                self._touch(target)
            elif left[target] == 0 and self.status[target] == PENDING:
                self._enter(target, run=not self.blocked[target])

    def _touch(self, target: int) -> None:
        """Decide whether a node may run now, or never will."""
        if self.status[target] != PENDING:
            return
        node = self.level.nodes[target]
        if not node.listed:
            if self.left[target] == 0:
                self._enter(target, run=not self.blocked[target])
        elif node.join is Join.FIRST and self.carried[target] and self.implied_left[target] == 0:
            for source in node.early:
                if self.status[source] != SETTLED:
                    id = self.level.nodes[source].id
                    self.scope.setdefault(id, SKIPPED(id))
            self._enter(target, run=True)
        elif self.left[target] == 0:
            wanted = len(node.listed) if node.join is Join.ALL else 1
            self._enter(target, run=self.carried[target] >= wanted)

    def _enter(self, target: int, *, run: bool) -> None:
        self.status[target] = STARTED
        if run:
            self.ready.append(target)
            return
        node = self.level.nodes[target]
        if self._pinned(node):
            self.ready.append(target)
            return
        if self.recorded is None or node.id not in self.recorded:
            self.run.record((r.SKIPPED, self.prefix, node.id, self.run.clock(), "branch", False))
        self.skip(node, carries=False)

    def _pinned(self, node: PlanNode) -> bool:
        """Whether a partial run was given this node's output: then it does not matter that nothing before it ran."""
        records = (self.recorded or {}).get(node.id) if self.only is not None else None
        return records is not None and records[-1][0] == r.DONE

    # Failure and cancellation

    def fail(self, error: BaseException) -> None:
        """The level fails: nothing new starts, what runs gets a grace period."""
        if self.error is not None:
            return
        self.error = error
        self.ready.clear()
        for task in list(self.tasks):
            if self.run.is_waiting(task):
                task.cancel()
        if self.tasks:
            self.run.loop.call_later(self.run.grace, self.end_grace)
        self.poke()

    def end_grace(self) -> None:
        """Stop what still runs."""
        for task in list(self.tasks):
            task.cancel()

    async def cancel_tasks(self) -> None:
        """Cancel every activity and wait for their ends, up to the cancel grace."""
        tasks = [task for task in self.tasks if not task.done()]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=None if self.run.detaching else self.run.cancel_grace)


def _single_edge(node: PlanNode) -> tuple[int, int, str | None] | None:
    """The one listed edge into a node, else its one reference."""
    if len(node.listed) == 1:
        return node.listed[0]
    return (node.implied[0], DEFAULT, None) if len(node.implied) == 1 and not node.listed else None
