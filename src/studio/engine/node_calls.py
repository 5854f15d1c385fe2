"""Calls that a node makes itself (``ctx.call``): child executions, found again however often the node is run.

A node has no place in the middle of its code to which it could come back. Where it was interrupted while a child ran,
it is run again from its beginning, and its calls, counted from the first, give what they gave before: each is in the
journal, with what it was given, before its child is started.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from studio.domain.errors import NodeError
from studio.domain.ids import new_id
from studio.domain.status import Durability, ExecutionStatus
from studio.engine import records as r
from studio.engine.children import (
    await_child,
    call_failed,
    check_depth,
    child_result,
    end_child,
    start_child,
)
from studio.engine.encode import encode_small
from studio.engine.plan import PlanNode
from studio.engine.records import Record

if TYPE_CHECKING:
    from studio.engine.activity import Activity
    from studio.engine.run import Run


class Place:
    """A place among the nodes that may run at once. Who waits for a child leaves it to others."""

    def __init__(self, room: asyncio.Semaphore) -> None:
        self._room = room
        self._held = False

    async def __aenter__(self) -> Place:
        await self.take()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.leave()

    async def take(self) -> None:
        """Wait for a place, unless there is one already."""
        if self._held:
            return
        await self._room.acquire()
        if self._held:
            self._room.release()  # another call of the same node came back meanwhile
        self._held = True

    def leave(self) -> None:
        """Give the place away."""
        if self._held:
            self._held = False
            self._room.release()


class _Begun(NamedTuple):
    """A call whose child is being started."""

    reference: str
    child: str
    start: asyncio.Future[None]


class NodeCalls:
    """The calls of one attempt of a node run, in the order in which they are made."""

    __slots__ = ("_activity", "_alternative", "_attempt", "_began", "_made", "_option", "_paid", "_waiting", "place")

    def __init__(self, activity: Activity, option: PlanNode, attempt: int, alternative: int, place: Place) -> None:
        self._activity = activity
        self._option = option
        self._attempt = attempt
        self._alternative = alternative
        self._made = 0
        self._paid: set[str] = set()
        self._waiting = 0
        self._began = 0
        self.place = place

    async def call(self, reference: str, inputs: Mapping[str, Any]) -> Any:
        """Run a workflow as a child execution and give its output, or what it gave when this node ran before.

        Raises:
            CallFailed: It failed or was cancelled.
            NodeError: This call is another than it was before an interruption, or calls nest too deep.
            NotFound: There was no such workflow when the execution started.
        """
        index, self._made = self._made, self._made + 1
        begun = await self._begin(index, reference, inputs)
        return await self._output(begun, await self._answer(begun.child, begun.start))

    async def call_all(self, calls: Sequence[tuple[str, Mapping[str, Any]]]) -> list[Any]:
        """Run workflows side by side and give their outputs in order, once all of them have ended.

        The node's own task waits for one after the other, so that the engine sees that there is nothing else to do.

        Raises:
            CallFailed: One failed or was cancelled: the first in order.
        """
        run = self._activity.run
        first, self._made = self._made, self._made + len(calls)
        begun: list[_Begun] = []
        try:
            for index, (reference, inputs) in enumerate(calls, first):
                begun.append(await self._begin(index, reference, inputs))
            results = [await self._answer(one.child, one.start) for one in begun]
        except BaseException:
            await asyncio.gather(*(one.start for one in begun), return_exceptions=True)
            if not (run.detaching or run.parking):
                for one in begun:
                    await end_child(run, one.child, "cancel")
            raise
        return [await self._output(one, result) for one, result in zip(begun, results, strict=True)]

    async def _begin(self, index: int, reference: str, inputs: Mapping[str, Any]) -> _Begun:
        """Make a call known to the journal, unless it is, and begin to start its child."""
        activity = self._activity
        check_depth(activity)
        digest = _digest(reference, inputs)
        child, earlier = await self._known(index, digest)
        origin = activity.run.key(f"{activity.path}#{index}", self._alternative)
        if child is None:
            child = new_id()
            call = [index, self._attempt, self._alternative, digest]
            place = (activity.frame.prefix, activity.node.id)
            activity.run.record((r.CHILD, *place, child, activity.run.clock(), False, call))
            await activity.run.journal.flush(Durability.POWER)
        start = start_child(activity.run, child, reference, inputs, activity.path, earlier, origin)
        return _Begun(reference, child, asyncio.ensure_future(start))

    async def _output(self, begun: _Begun, result: dict[str, Any]) -> Any:
        if result["status"] != ExecutionStatus.SUCCEEDED:
            raise call_failed(begun.reference, begun.child, result)
        return await self._activity.run.values.decode(tuple(result["output"]))

    async def _known(self, index: int, digest: bytes) -> tuple[str | None, str | None]:
        """The child of this call where there is one, else a failed one of an earlier execution that it stands for."""
        run = self._activity.run
        for record in reversed(run.memory.frame(self._activity.frame.prefix).get(self._activity.node.id, [])):
            if not _is_call(record):
                continue
            number, attempt, alternative, given = record[6]
            if (number, alternative) != (index, self._alternative):
                continue
            of_this_attempt = not record[5] and attempt == self._attempt
            if of_this_attempt and given != digest:
                raise NodeError(
                    "node.call_changed",
                    "Call {number} of {type} is another than before it was interrupted; calls must follow from the "
                    "params and from what earlier calls gave.",
                    number=index + 1,
                    type=self._option.type,
                )
            if of_this_attempt:
                return record[3], None
            if given == digest:
                return await self._before(record)
        return None, None

    async def _before(self, record: Record) -> tuple[str | None, str | None]:
        """What becomes of the child of an earlier attempt, or of an earlier execution: it stands where it succeeded."""
        run, child = self._activity.run, str(record[3])
        result = await child_result(run.engine, run, child) if record[5] else await self._result(child)
        if result is not None and result["status"] == ExecutionStatus.SUCCEEDED:
            if record[5]:
                self._paid.add(child)  # what it used counts for the execution that started it
            return child, None
        return None, child if record[5] and result is not None else None

    async def _answer(self, child: str, start: asyncio.Future[None]) -> dict[str, Any]:
        """Wait for a child that is being started, and for its end. Who stops waiting ends it."""
        run = self._activity.run
        try:
            await asyncio.shield(start)
            return await self._result(child)
        except asyncio.CancelledError:
            await asyncio.gather(start, return_exceptions=True)
            if not (run.detaching or run.parking):
                await end_child(run, child, "cancel")
            raise

    async def _result(self, child: str) -> dict[str, Any]:
        """Wait for the end of a child; the place among running nodes is others' meanwhile."""
        self._begin_to_wait()
        self.place.leave()
        try:
            result = await await_child(self._activity, child, counts=child not in self._paid)
        finally:
            self._end_to_wait()
        await self.place.take()
        return result

    def _begin_to_wait(self) -> None:
        if not self._waiting:
            self._began = self._activity.run.clock()
        self._waiting += 1

    def _end_to_wait(self) -> None:
        self._waiting -= 1
        if not self._waiting:
            self._activity.waited += self._activity.run.clock() - self._began


async def cancel_calls(run: Run, records: list[Record]) -> None:
    """Cancel those children of a node run that go on although it has ended, from what the journal knows of it."""
    for child in [str(record[3]) for record in records if _is_call(record) and not record[5]]:
        row = await run.engine.store.execution(child, run.workspace)
        if row is not None and not row.status.terminal:
            await end_child(run, child, "cancel")


def _is_call(record: Record) -> bool:
    return record[0] == r.CHILD and len(record) == r.OF_NODE_CALL


def _digest(reference: str, inputs: Mapping[str, Any]) -> bytes:
    form, data = encode_small([reference, dict(inputs)], walk=True)
    return hashlib.blake2b(bytes((form,)) + data, digest_size=16).digest()
