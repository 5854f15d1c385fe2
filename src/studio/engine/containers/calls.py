"""``flow.call``: another workflow as a child execution."""

from __future__ import annotations

import asyncio
from typing import Any

from studio.domain.errors import ErrorClass, NodeError, StudioError
from studio.domain.ids import new_id
from studio.domain.phrases import Phrase, spoken_argument
from studio.domain.status import Durability, ExecutionStatus
from studio.engine import records as r
from studio.engine.activity import Activity, Outcome, executor
from studio.engine.children import child_result, start_child

MAX_DEPTH = 32
_CHILD = 5
"""Length of the record of a child; a longer one tells of the child of an earlier execution, which failed."""
_LOOK_AGAIN = 30_000_000
"""How often a parent looks at its child by itself, microseconds; covers a message lost to a crash."""


@executor("call")
async def run_call(activity: Activity) -> Outcome:
    """Start the child once, whatever happens to this process, and wait for its result."""
    run, node = activity.run, activity.node
    value: Any = node.validate(await activity.resolve(node))
    if run.facts.get("depth", 0) + 1 > MAX_DEPTH:
        raise NodeError("flow.call_depth", "Calls nest at most {limit} deep.", limit=MAX_DEPTH).at(activity.path)
    children = [record for record in activity.records if record[0] == r.CHILD]
    child = next((record[3] for record in children if len(record) == _CHILD), None)
    earlier = next((record[3] for record in children if len(record) > _CHILD), None)
    if child is None:
        child = new_id()
        run.record((r.CHILD, activity.frame.prefix, node.id, child, run.clock()))
        await run.journal.flush(Durability.POWER)
    await start_child(run.engine, run, child, value.workflow, value.inputs, activity.path, earlier)
    if not value.wait:
        return {"output": None, "execution_id": child}, None
    try:
        result = await _await_child(activity, child)
    except asyncio.CancelledError:
        if not (run.detaching or run.parking):
            await _parent_ends(activity, child, value.on_parent_end)
        raise
    if result["status"] != ExecutionStatus.SUCCEEDED:
        raise _child_failed(value.workflow, child, result).at(activity.path)
    return {"output": await run.values.decode(tuple(result["output"])), "execution_id": child}, None


async def _await_child(activity: Activity, child: str) -> dict[str, Any]:
    run = activity.run
    while True:
        result = await child_result(run.engine, run, child)
        if result is not None:
            return result
        before = run.clock()
        got = await run.waits.receive(
            activity.path, ("child", child), run.clock() + _LOOK_AGAIN, ["wait.child", activity.path, child]
        )
        activity.waited += run.clock() - before
        if got is not None:
            run.waits.consumed(got[0])


async def _parent_ends(activity: Activity, child: str, policy: str) -> None:
    engine = activity.run.engine
    if policy == "cancel":
        await engine.post(child, "cancel", {"reason": "parent ended"}, workspace=activity.run.workspace)
    elif policy == "wait":
        await engine.wait(child, timeout=None)


def _reason(facts: dict[str, Any]) -> Any:
    """What the child's error says; nothing where it was cancelled."""
    if "template" not in facts:
        return facts.get("message", "")
    return spoken_argument({"code": facts["code"], "template": facts["template"], "args": facts.get("args", {})})


def _child_failed(workflow: str, child: str, result: dict[str, Any]) -> StudioError:
    facts: dict[str, Any] = result.get("error") or {}
    error = NodeError(
        "flow.call_failed",
        "The called workflow {workflow} {status}: {reason} (execution {child}).",
        workflow=workflow,
        status=Phrase(f"status.{result['status']}", str(result["status"])),
        reason=_reason(facts),
        child=child,
    )
    # Whether another attempt may help is what it is for the child.
    error.classification = ErrorClass(facts.get("classification", ErrorClass.PERMANENT))
    return error
