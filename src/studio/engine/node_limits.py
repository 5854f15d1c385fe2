"""Time-outs of control nodes, and of nodes that call: they count the waiting inside and outlive the process."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

from studio.domain.errors import NodeTimeout
from studio.engine import records as r
from studio.engine.plan import PlanNode

if TYPE_CHECKING:
    from studio.engine.activity import Activity

T = TypeVar("T")


async def within_limit(activity: Activity, option: PlanNode, execute: Callable[[Any], Awaitable[T]]) -> T:
    """Execute a node, at most for its time-out. When that falls is recorded once per attempt.

    Raises:
        NodeTimeout: The time is over; what ran inside has been stopped.
    """
    run, limit = activity.run, option.timeout
    if limit is None:
        return await execute(activity)
    at = _known(activity)
    if at is None:
        began = run.clock()
        at = began + int(limit * 1e6)
        run.record((r.WAIT, activity.frame.prefix, activity.node.id, began, at, r.LIMIT, None))
    run.waits.limit(activity.path, at)
    timer = asyncio.timeout((at - run.clock()) / 1e6)
    try:
        async with timer:
            return await execute(activity)
    except TimeoutError as error:
        if run.detaching or run.parking:
            raise asyncio.CancelledError from error
        if not timer.expired():
            raise
        raise NodeTimeout(
            "node.timeout", "{type} took longer than its limit of {limit} s.", type=option.type, limit=limit
        ) from error
    finally:
        run.waits.limit(activity.path, None)


def _known(activity: Activity) -> int | None:
    """When the time of the attempt that was under way is over."""
    for record in reversed(activity.records):
        if record[0] == r.RETRY:
            return None
        if record[0] == r.WAIT and record[5] == r.LIMIT:
            return record[4]
    return None
