"""An irreversible effect that is in doubt: it may or may not have happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from studio.domain.errors import InDoubt, StudioError
from studio.domain.status import Effect, InDoubtPolicy
from studio.engine import records as r
from studio.engine.plan import PlanNode
from studio.engine.records import Record

if TYPE_CHECKING:
    from studio.engine.activity import Activity


async def settle_doubt(
    activity: Activity, option: PlanNode, alternative: int, error: StudioError | None
) -> tuple[dict[str, Any] | None, tuple[str, ...] | None] | None:
    """Wait for a person's decision, unless the node says what to do; None where it is to be run (again).

    Raises:
        InDoubt: It was decided to have failed.
    """
    run, node, place = activity.run, activity.node, (activity.frame.prefix, activity.node.id)
    policy = node.spec.in_doubt
    if policy is InDoubtPolicy.RERUN:
        return None
    if policy is InDoubtPolicy.SKIP:
        return None, None
    if not activity.records or activity.records[-1][0] != r.WAIT:
        run.record((r.WAIT, *place, run.clock(), None, "in_doubt", None))
    got = await run.waits.receive(activity.path, ("decide", activity.path), None, ["wait.in_doubt", activity.path])
    message_id, payload = got or (None, {"decision": "fail"})
    decision = payload.get("decision")
    if decision == "run":
        run.waits.consumed(message_id)
        again = (activity.attempts + 1, alternative, 0, None, activity.started, message_id)
        run.record((r.RETRY, *place, run.clock(), *again))
        return None
    activity.message_id = message_id
    if decision == "happened":
        given = payload.get("output")
        return (None, None) if given is None else option.finish(given)
    raise InDoubt(
        "node.in_doubt", "The effect of {path} was in doubt and was decided to have failed.", path=activity.path
    ) from error


def keyed(intent: Record | None) -> Record | None:
    """The intent that another attempt repeats: same key, same input, same facts. Only keyed effects have one."""
    return intent if intent is not None and intent[6] == Effect.KEYED else None


def of_last_attempt(records: list[Record]) -> list[Record]:
    """What a container's journal knows of the attempt that was under way."""
    starts = [at + 1 for at, record in enumerate(records) if record[0] == r.RETRY]
    return records[starts[-1] :] if starts else records
