"""``flow.map`` and ``each``: the body once per item.

Bodies of pure nodes run in place, item after item, at a few microseconds each; other bodies run as frames side by side
up to the concurrency. Either way finished items are recorded in chunk records, results that grow large leave memory as
blobs, and a resume runs only the items that are missing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from time import perf_counter
from typing import Any, cast

from studio.domain.errors import NodeError, StorageError
from studio.domain.status import OnItemError
from studio.engine.activity import Activity, Outcome, executor
from studio.engine.containers.results import Results
from studio.engine.context import RunContext
from studio.engine.encode import ItemsHandle, MissingChunk, check_plain
from studio.engine.failures import LEFT_ALONE, Stop, as_error, error_facts
from studio.engine.frame import SLICE, Frame, Scope
from studio.engine.pace import breathe
from studio.engine.plan import Level, PlanNode
from studio.engine.steps import Suspended
from studio.sdk import ItemsBase, describe

_CHUNK = 2000
_WINDOW = 20_000
_AT_ONCE = 8
"""Items of an ``each`` that run at the same time; more where the node takes larger batches."""


@executor("map")
async def run_map(activity: Activity) -> Outcome:
    """The body of a ``flow.map`` for each item."""
    node = activity.node
    value: Any = node.validate(await activity.resolve(node))
    body = node.body_plans["body"]
    return await _Map(activity, value.items, value.as_, value.concurrency, value.on_item_error, body).run()


@executor("each")
async def run_each(activity: Activity) -> Outcome:
    """A single node for each item of its ``each``."""
    node = activity.node
    activity.set_scope()
    items = node.each
    if node.each_compiled is not None:
        items = await activity.run.evaluated(node.each_compiled, activity.frame.scope, activity.path, "each")
    if not isinstance(items, list | ItemsBase):
        raise NodeError("node.each_type", "each must give a list, not {found}.", found=describe(items)).at(
            activity.path, "each"
        )
    found = cast("Any", items)
    together = max(_AT_ONCE, node.impl.batch_size)
    return await _Map(activity, found, "item", together, OnItemError.FAIL, node.body_plans["each"]).run()


class _ItemContext(RunContext):
    """The context of a node run in place for one item; moved from item to item."""

    __slots__ = ("base", "index", "leaf")

    @property
    def path(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        return f"{self.base}[{self.index}]/{self.leaf}"

    @path.setter
    def path(self, value: str) -> None:
        self.leaf = value


class _Map:
    def __init__(
        self, activity: Activity, items: Any, name: str, concurrency: int, on_error: OnItemError, body: Level
    ) -> None:
        self.activity = activity
        self.run_ = activity.run
        self.items = items
        self.name = name
        self.concurrency = concurrency
        self.on_error = on_error
        self.body = body
        self.results = Results(activity, len(items))
        self.wake: asyncio.Future[None] | None = None
        self.tasks: dict[asyncio.Task[None], int] = {}
        self.failure: BaseException | None = None

    async def run(self) -> Outcome:
        await self.results.restore()
        stops = self.run_.debug is not None
        if self.body.straight is not None and not stops and not self._inner_memory() and not self.run_.unwinding:
            try:
                await self._in_place()
            except Suspended:
                self.body.straight = None
        if self.body.straight is None or self.results.missing() or self.run_.unwinding:
            await self._side_by_side()
        return await self.results.finish(with_errors=self.on_error is OnItemError.COLLECT), None

    def _inner_memory(self) -> bool:
        """Whether the journal knows of items in the middle of their body."""
        start = f"{self.activity.path}["
        return self.run_.restoring and any(prefix.startswith(start) for prefix in self.run_.memory.frames)

    async def _source(self) -> AsyncIterator[tuple[int, list[Any]]]:
        """Runs of items with the index of their first."""
        if not isinstance(self.items, ItemsHandle):
            yield 0, self.items
            return
        at = 0
        for number, chunk in enumerate(self.items.ref.chunks):
            if self.results.any_missing(at, at + chunk.count):
                yield at, await self.items.load(number)
            at += chunk.count

    # In place

    async def _in_place(self) -> None:
        order = self.body.straight or []
        scope = Scope(self.activity.frame.scope, {})
        contexts = [self._context(node) for node in order]
        async for base, items in self._source():
            at = 0
            while at < len(items):
                first = base + at
                if not self.results.is_missing(first):
                    at += 1
                    continue
                at += await self._slice(order, contexts, scope, items, at, first)
                await breathe(self.run_)
                if self.run_.debug is not None:
                    return  # the rest goes the way on which it can be stopped

    def _context(self, node: PlanNode) -> _ItemContext:
        context = _ItemContext(self.run_, node.id, node, self.run_.clock(), 1, 0)
        context.base = self.activity.path
        return context

    async def _slice(
        self, order: list[PlanNode], contexts: list[_ItemContext], scope: Scope, items: list[Any], at: int, first: int
    ) -> int:
        """Run items until the slice of time is over, and record them; returns how many."""
        until = perf_counter() + SLICE
        began = perf_counter()
        done: list[Any] = []
        errors: list[dict[str, Any]] = []
        name, give, missing = self.name, self.body.give, self.results.is_missing
        steps = list(zip(order, contexts, strict=True))
        index = first
        last = min(len(items) - at, _CHUNK) + first
        while index < last and missing(index):
            item = items[at + index - first]
            scope[name] = item
            scope["index"] = index
            try:
                for node, context in steps:
                    context.index = index
                    scope[node.id] = self._step(node, context, scope)
                done.append(give(scope))
            except Suspended:
                break
            except MissingChunk as absent:
                await absent.items.fetch(absent.number)
                continue
            except Exception as error:  # noqa: BLE001 - an item's failure is the map's business
                done.append(None)
                errors.append(self._item_error(index, item, error))
            index += 1
            if index & 31 == 0 and perf_counter() > until:
                break
        took = int((perf_counter() - began) * 1e6)
        if done:
            await self.results.add(first, done, errors, took)
        if index < last and missing(index) and len(done) == 0:
            raise Suspended
        return len(done)

    def _step(self, node: PlanNode, context: _ItemContext, scope: Scope) -> dict[str, Any]:
        if node.needs_now:
            scope["now"] = self.run_.clock_iso()
        if node.needs_seed:
            scope["\0seed"] = self.run_.key(context.path, 0)
        try:
            output = node.step(scope, context)[0]
            if node.any_output:
                check_plain(output)
            return output
        except MissingChunk:
            raise
        except Suspended:
            node.simple = False
            raise
        except BaseException as error:
            if isinstance(error, LEFT_ALONE):
                raise
            raise as_error(error, node).at(context.path) from error

    def _item_error(self, index: int, item: Any, error: BaseException) -> dict[str, Any]:
        """What is recorded of a failing item; with ``on_item_error: fail`` the map fails instead."""
        failure = as_error(error, self.activity.node).at(f"{self.activity.path}[{index}]")
        if self.on_error is OnItemError.FAIL:
            raise failure
        return {"index": index, "item": item, "error": error_facts(failure)}

    # Side by side

    async def _side_by_side(self) -> None:
        try:
            async for base, items in self._source():
                for offset, item in enumerate(items):
                    index = base + offset
                    if not self.results.is_missing(index):
                        continue
                    await self._room(index)
                    await self._begin(index, item)
            while self.tasks and self.failure is None:
                await self._next()
        except asyncio.CancelledError:
            await self._stop_all()
            raise
        if self.failure is not None:
            await self._stop_all()
            raise self.failure

    async def _room(self, index: int) -> None:
        """Wait until one more item may start."""
        while self.failure is None and (
            len(self.tasks) >= self.concurrency or index - self.results.contiguous > _WINDOW or self.run_.halted
        ):
            await self._next()
        if self.failure is not None:
            await self._stop_all()
            raise self.failure

    async def _next(self) -> None:
        self.wake = self.run_.loop.create_future()
        self.run_.pokes.add(self)
        try:
            await self.run_.suspend(self.wake)
        finally:
            self.run_.pokes.discard(self)

    def poke(self) -> None:
        """Look again, after a pause."""
        if self.wake is not None:
            self.run_.wake(self.wake)

    async def _begin(self, index: int, item: Any) -> None:
        """Start an item; one that ends in place needs no task."""
        prefix = f"{self.activity.path}[{index}]/"
        scope = Scope(self.activity.frame.scope, {self.name: item, "index": index})
        frame = Frame(self.run_, self.body, prefix, scope)
        began = perf_counter()
        frame.pump()
        if not frame.tasks and (frame.unsettled == 0 or frame.error is not None):
            await self._drive(index, item, frame, began)
            if index & 63 == 0:
                await breathe(self.run_)
            return
        self.run_.busy += 1
        task = self.run_.loop.create_task(self._drive(index, item, frame, began))
        self.tasks[task] = index
        task.add_done_callback(self._task_over)

    async def _drive(self, index: int, item: Any, frame: Frame, began: float) -> None:
        errors: list[dict[str, Any]] = []
        result: Any = None
        try:
            result = await frame.drive()
        except (Stop, StorageError):
            raise
        except Exception as error:  # noqa: BLE001 - an item's failure is the map's business
            errors.append(self._item_error(index, item, error))
        self.run_.memory.forget(frame.prefix)
        await self.results.add(index, [result], errors, int((perf_counter() - began) * 1e6))

    def _task_over(self, task: asyncio.Task[None]) -> None:
        self.tasks.pop(task, None)
        if not task.cancelled() and (error := task.exception()) is not None and self.failure is None:
            self.failure = error
        if self.wake is not None:
            self.run_.wake(self.wake)
        self.run_.busy -= 1
        if self.run_.busy == 0:
            self.run_.idle()

    async def _stop_all(self) -> None:
        tasks = [task for task in self.tasks if not task.done()]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=self.run_.cancel_grace)
