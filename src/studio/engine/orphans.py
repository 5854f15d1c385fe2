"""Children of nodes that had no time to end them: the process died after their level had failed.

Such a level starts nothing any more when it is taken up again, so what its nodes owe their children is done here, from
what the journal knows.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from studio.engine import records as r
from studio.engine.children import end_child
from studio.engine.levels import Levels
from studio.engine.plan import PlanNode
from studio.engine.records import Record

if TYPE_CHECKING:
    from studio.engine.run import Run

_WAYS = ("cancel", "wait", "detach")


async def end_children(run: Run, prefix: str) -> None:
    """Do what is due to the children of unfinished nodes in a level, and in the levels inside it, that still run."""
    levels = Levels(run.plan.root)
    for name, frame in list(run.memory.frames.items()):
        if not name.startswith(prefix):
            continue
        for id, records in list(frame.items()):
            for child in _open(records):
                row = await run.engine.store.execution(child, run.workspace)
                if row is not None and not row.status.terminal:
                    await end_child(run, child, _way(levels.node(name, id)))


def _open(records: list[Record]) -> Iterator[str]:
    """The children of a node run, where it has not ended."""
    last = records[-1]
    if last[0] in (r.DONE, r.SKIPPED) or (last[0] == r.FAILED and not r.was_cancelled(last)):
        return
    for record in records:
        of_flow_call = record[0] == r.CHILD and len(record) == r.OF_FLOW_CALL
        if of_flow_call or (record[0] == r.CHILD and len(record) == r.OF_NODE_CALL and not record[5]):
            yield cast("str", record[3])


def _way(node: PlanNode | None) -> str:
    """What the node says of its child when it ends itself; where that is an expression, or nothing: to cancel it."""
    written = None if node is None else node.spec.params.get("on_parent_end")
    return written if written in _WAYS else "cancel"
