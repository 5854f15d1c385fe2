"""``flow.while`` and ``flow.reduce``: turns one after the other, of which only the carried state is kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from time import perf_counter
from typing import Any

from studio.domain.errors import NodeError
from studio.engine import records as r
from studio.engine.activity import Activity, Outcome, executor
from studio.engine.encode import ItemsHandle
from studio.engine.frame import SLICE, Frame, Scope
from studio.engine.pace import breathe
from studio.engine.plan import Level
from studio.expressions import compile_value
from studio.sdk import describe


async def _restored(activity: Activity, initial: Any) -> tuple[int, Any]:
    """Number of finished turns and the state after them."""
    for record in reversed(activity.records):
        if record[0] == r.TURN:
            return record[3], await activity.run.values.decode((record[4], record[5]))
    return 0, initial


async def _turn(activity: Activity, body: Level, number: int, names: dict[str, Any]) -> tuple[Frame, Any]:
    frame = Frame(activity.run, body, f"{activity.path}[{number}]/", Scope(activity.frame.scope, names))
    return frame, await frame.drive()


async def _finished(activity: Activity, number: int, state: Any) -> None:
    form, payload = await activity.run.values.encode(state, walk=True)
    activity.run.record((r.TURN, activity.frame.prefix, activity.node.id, number, form, payload))


@executor("while")
async def run_while(activity: Activity) -> Outcome:
    """Turns as long as the condition holds, at most ``max``."""
    run, node = activity.run, activity.node
    value: Any = node.validate(await activity.resolve(node))
    written = node.spec.params.get("condition", True)
    condition = compile_value(written)
    body = node.body_plans["body"]
    number, state = await _restored(activity, value.state)
    began = perf_counter()
    while True:
        names = {"state": state, "index": number}
        scope = Scope(activity.frame.scope, names)
        holds = written if condition is None else await run.evaluated(condition, scope, activity.path, "condition")
        if not isinstance(holds, bool):
            raise NodeError(
                "flow.condition_type", "The condition must give true or false, not {found}.", found=describe(holds)
            ).at(activity.path, "condition")
        if not holds or number >= value.max:
            break
        frame, _output = await _turn(activity, body, number, names)
        if body.next is not None:
            state = await run.evaluated(body.next, frame.scope, f"{activity.path}[{number}]", "next")
        number += 1
        await _finished(activity, number, state)
        if perf_counter() - began > SLICE:
            await breathe(run)
            began = perf_counter()
    if holds and number >= value.max and value.on_max == "fail":
        raise NodeError(
            "flow.while_max",
            "The condition still holds after {max} turns. Raise max, or set on_max to stop.",
            max=value.max,
        ).at(activity.path, "max")
    return {"state": state, "turns": number}, None


@executor("reduce")
async def run_reduce(activity: Activity) -> Outcome:
    """One turn per item; the body's output is carried on."""
    node = activity.node
    value: Any = node.validate(await activity.resolve(node))
    body = node.body_plans["body"]
    done, acc = await _restored(activity, value.initial)
    began = perf_counter()
    number = 0
    async for item in each_item(value.items, done):
        if number < done:
            number = done
        _frame, acc = await _turn(activity, body, number, {"acc": acc, value.as_: item, "index": number})
        number += 1
        await _finished(activity, number, acc)
        if perf_counter() - began > SLICE:
            await asyncio.sleep(0)
            await breathe(activity.run)
            began = perf_counter()
    return {"result": acc}, None


async def each_item(items: Any, start: int) -> AsyncIterator[Any]:
    """The items from ``start`` on, a chunked list chunk by chunk."""
    if not isinstance(items, ItemsHandle):
        for item in items[start:]:
            yield item
        return
    at = 0
    for number, chunk in enumerate(items.ref.chunks):
        if at + chunk.count > start:
            for item in (await items.load(number))[max(0, start - at) :]:
                yield item
        at += chunk.count
