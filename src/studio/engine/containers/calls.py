"""``flow.call``: another workflow as a child execution."""

from __future__ import annotations

import asyncio
from typing import Any

from studio.domain.ids import new_id
from studio.domain.status import Durability, ExecutionStatus
from studio.engine import records as r
from studio.engine.activity import Activity, Outcome, executor
from studio.engine.children import await_child, call_failed, check_depth, end_child, start_child


@executor("call")
async def run_call(activity: Activity) -> Outcome:
    """Start the child once, whatever happens to this process, and wait for its result."""
    run, node = activity.run, activity.node
    value: Any = node.validate(await activity.resolve(node))
    check_depth(activity)
    children = [record for record in activity.records if record[0] == r.CHILD]
    child = next((record[3] for record in children if len(record) == r.OF_FLOW_CALL), None)
    earlier = next((record[3] for record in children if len(record) > r.OF_FLOW_CALL), None)
    if child is None:
        child = new_id()
        run.record((r.CHILD, activity.frame.prefix, node.id, child, run.clock()))
        await run.journal.flush(Durability.POWER)
    await start_child(run, child, value.workflow, value.inputs, activity.path, earlier, run.key(activity.path, 0))
    if not value.wait:
        return {"output": None, "execution_id": child}, None
    before = run.clock()
    try:
        result = await await_child(activity, child)
    except asyncio.CancelledError:
        if not (run.detaching or run.parking):
            await end_child(run, child, value.on_parent_end)
        raise
    finally:
        activity.waited += run.clock() - before
    if result["status"] != ExecutionStatus.SUCCEEDED:
        raise call_failed(value.workflow, child, result).at(activity.path)
    return {"output": await run.values.decode(tuple(result["output"])), "execution_id": child}, None
