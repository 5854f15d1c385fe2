"""Batches: runs of one node that are due at the same time, done together by its ``run_many``.

Every run keeps its own record, key, intent and errors; only the call is shared. A batch is sent off when it is full,
or when no other run of the node comes to it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

from studio.domain.errors import NodeTimeout, StudioError
from studio.domain.status import Effect
from studio.engine.context import RunContext
from studio.engine.encode import ItemsHandle, MissingChunk
from studio.engine.failures import LEFT_ALONE, as_error
from studio.engine.plan import PlanNode
from studio.sdk import NodeDefinitionError

if TYPE_CHECKING:
    from studio.engine.activity import Activity
    from studio.engine.run import Run

_AGAIN = object()
"""What a member is told whose batch came to nothing before it began."""
_QUIET = 4
"""Turns of the event loop in which nobody joins, after which a batch is sent off."""


class _Member:
    __slots__ = ("context", "done", "intend", "value")

    def __init__(
        self, value: Any, context: RunContext, intend: Callable[[], Awaitable[None]] | None, done: asyncio.Future[Any]
    ) -> None:
        self.value = value
        self.context = context
        self.intend = intend
        self.done = done


class _Batch:
    __slots__ = ("closed", "members")

    def __init__(self) -> None:
        self.members: list[_Member] = []
        self.closed = False


class Batches:
    """The batches of one execution."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._open: dict[PlanNode, _Batch] = {}
        self._calls: set[asyncio.Task[None]] = set()

    async def call(
        self,
        activity: Activity,
        option: PlanNode,
        raw: dict[str, Any],
        value: Any,
        context: RunContext,
        intend: Callable[[], Awaitable[None]] | None,
    ) -> Any:
        """What the node gives for one input, done together with others.

        Args:
            activity: The node run.
            option: The node.
            raw: Its resolved params.
            value: The validated input.
            context: What the node is given for it.
            intend: Records the intent, for effects that need one.
        """
        run = self._run
        while True:
            batch = self._open.get(option)
            leads = batch is None
            if batch is None:
                batch = self._open[option] = _Batch()
            member = _Member(value, context, intend, run.loop.create_future())
            batch.members.append(member)
            if len(batch.members) >= option.impl.batch_size:
                self._close(option, batch)
            if leads:
                await self._lead(activity, option, raw, batch)
            outcome = await run.suspend(member.done)
            if isinstance(outcome, BaseException):
                raise outcome
            if outcome is not _AGAIN:
                return outcome

    def _close(self, option: PlanNode, batch: _Batch) -> None:
        batch.closed = True
        if self._open.get(option) is batch:
            del self._open[option]

    async def _lead(self, activity: Activity, option: PlanNode, raw: dict[str, Any], batch: _Batch) -> None:
        """Who comes first waits until nobody else comes, and for the node's turn; then it starts the call."""
        run = self._run
        try:
            await _gather(batch)
            self._close(option, batch)
            if option.impl.rate is not None:
                await run.engine.rates.admit(activity, option, option.impl.rate, raw)
        except BaseException:
            self._close(option, batch)
            for member in batch.members[1:]:
                run.wake(member.done, _AGAIN)
            raise
        run.busy += 1
        task = run.loop.create_task(self._perform(option, batch.members))
        self._calls.add(task)
        task.add_done_callback(self._over)
        for member in batch.members:
            member.done.add_done_callback(lambda _done: _abandon(batch, task))

    def _over(self, task: asyncio.Task[None]) -> None:
        self._calls.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._run.broken(error)
        self._run.busy -= 1
        if self._run.busy == 0:
            self._run.idle()

    async def _perform(self, option: PlanNode, members: Sequence[_Member]) -> None:
        async with self._run.room:
            waiting = [member for member in members if not member.done.done()]
            ready = await self._intended(waiting)
            if ready:
                outcomes = await self._results(option, ready)
                for member, outcome in zip(ready, outcomes, strict=True):
                    self._run.wake(member.done, outcome)

    async def _intended(self, members: Sequence[_Member]) -> list[_Member]:
        """Those whose intent is written; who cannot be prepared is told so."""
        found = await asyncio.gather(*(one.intend() for one in members if one.intend), return_exceptions=True)
        failed = dict(zip((one for one in members if one.intend), found, strict=True))
        for member, error in failed.items():
            if error is not None:
                self._run.wake(member.done, error)
        return [member for member in members if failed.get(member) is None]

    async def _results(self, option: PlanNode, members: Sequence[_Member]) -> Sequence[Any]:
        context = members[0].context
        context.batch = tuple(member.context for member in members)
        try:
            results = await self._many(option, [member.value for member in members], context)
            if len(results) != len(members):
                raise NodeDefinitionError(f"run_many gave {len(results)} results for {len(members)} inputs")
        except BaseException as error:
            if isinstance(error, LEFT_ALONE):
                raise
            return [_for_one(error, option) for _member in members]
        return [_for_one(one, option) if isinstance(one, BaseException) else one for one in results]

    async def _many(self, option: PlanNode, values: list[Any], context: RunContext) -> Sequence[Any]:
        touched = [one for value in values for one in value.__dict__.values() if isinstance(one, ItemsHandle)]
        if option.effect.rank > Effect.READ.rank:  # what has an effect is not run again for a part of a list
            for items in touched:
                await items.fetch_all()
        try:
            while True:
                try:
                    async with asyncio.timeout(option.timeout):
                        return await option.impl.run_many(values, context)
                except MissingChunk as missing:
                    touched.append(missing.items)
                    await missing.items.fetch(missing.number)
        except TimeoutError as error:
            if option.timeout is None:
                raise
            raise NodeTimeout(
                "node.timeout", "{type} took longer than its limit of {limit} s.",
                type=option.type, limit=option.timeout,
            ) from error  # fmt: skip
        finally:
            for items in touched:
                items.release()


async def _gather(batch: _Batch) -> None:
    """Give those a chance to join that were started together, or whose last call ended together."""
    quiet = 0
    while not batch.closed and quiet < _QUIET:
        before = len(batch.members)
        await asyncio.sleep(0)
        quiet = quiet + 1 if len(batch.members) == before else 0


def _abandon(batch: _Batch, task: asyncio.Task[None]) -> None:
    """Stop a call whose result nobody waits for any more."""
    if all(member.done.cancelled() for member in batch.members):
        task.cancel()


def _for_one(error: BaseException, option: PlanNode) -> StudioError:
    """An error as one member's own: it gets that one's place."""
    found = as_error(error, option)
    if found is not error:
        return found
    own = type(found).__new__(type(found))
    own.__dict__.update(found.__dict__)
    own.args = found.args
    own.__cause__ = found.__cause__
    return own
