"""``flow.wait``, ``flow.approval``, ``flow.signal_wait`` and ``flow.stop``."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from studio.domain.durations import parse_duration
from studio.domain.errors import NodeTimeout
from studio.engine import records as r
from studio.engine.activity import Activity, Outcome, executor
from studio.engine.failures import stopped
from studio.engine.frame import Frame, Scope


def _recorded(activity: Activity, kind: str) -> Any:
    """The record of a wait that had begun before, None where it begins now."""
    return next((record for record in activity.records if record[0] == r.WAIT and record[5] == kind), None)


def _begin(activity: Activity, kind: str, wake_at: int | None, facts: Any = None, began: int | None = None) -> None:
    run = activity.run
    at = run.clock() if began is None else began
    run.record((r.WAIT, activity.frame.prefix, activity.node.id, at, wake_at, kind, facts))


@executor("wait")
async def run_wait(activity: Activity) -> Outcome:
    """Wait for some time, or until a moment."""
    run, node = activity.run, activity.node
    known = _recorded(activity, "timer")
    if known is not None:
        began, at = known[3], known[4]
    else:
        value: Any = node.validate(await activity.resolve(node))
        began = run.clock()
        if value.seconds is not None:
            at = began + int(value.seconds * 1e6)
        else:
            moment = datetime.fromisoformat(value.until)
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=ZoneInfo(run.plan.settings.time_zone))
            at = int(moment.timestamp() * 1e6)
        if at > began:
            _begin(activity, "timer", at, began=began)
    await activity.sleep_until(at, "wait.timer")
    return {"waited": max(0, at - began) / 1e6, "until": run.iso(at)}, None


@executor("approval")
async def run_approval(activity: Activity) -> Outcome:
    """Wait until a person decides."""
    run, node = activity.run, activity.node
    value: Any = node.validate(await activity.resolve(node))
    known = _recorded(activity, "approval")
    if known is not None:
        at = known[4]
    else:
        at = run.clock() + int(parse_duration(value.timeout) * 1e6) if value.timeout is not None else None
        token = secrets.token_urlsafe(24)
        _begin(activity, "approval", at, {"token": token, "message": value.message, "choices": value.choices})
        await _notify(activity, token, value.message)
    while True:
        before = run.clock()
        got = await run.waits.receive(activity.path, ("approval", activity.path), at, ["wait.approval", activity.path])
        activity.waited += run.clock() - before
        if got is None:
            return _undecided(activity, value)
        message_id, payload = got
        decision = str(payload.get("decision", ""))
        if decision in value.choices:
            break
        run.waits.consumed(message_id)
    activity.message_id = message_id
    output = {
        "decision": decision,
        "by": payload.get("by"),
        "comment": payload.get("comment"),
        "data": payload.get("data"),
    }
    return output, ("approved" if decision == value.choices[0] else "rejected",)


def _undecided(activity: Activity, value: Any) -> Outcome:
    if value.on_timeout == "fail":
        raise NodeTimeout("flow.approval_timeout", "Nobody decided within {limit}.", limit=value.timeout).at(
            activity.path
        )
    port = "approved" if value.on_timeout == value.choices[0] else "rejected"
    return {"decision": value.on_timeout, "by": None, "comment": None, "data": None}, (port,)


async def _notify(activity: Activity, token: str, message: str) -> None:
    """Run what sits in the ``notify`` slot, with what it needs to tell a person in scope as ``event``."""
    level = activity.node.body_plans.get("slot:notify")
    if level is None:
        return
    event = {"execution_id": activity.run.id, "path": activity.path, "message": message, "token": token}
    frame = Frame(activity.run, level, f"{activity.path}[notify]/", Scope(activity.frame.scope, {"event": event}))
    await frame.drive()


@executor("signal")
async def run_signal(activity: Activity) -> Outcome:
    """Wait for a signal by its name; one that came early is taken at once."""
    run, node = activity.run, activity.node
    value: Any = node.validate(await activity.resolve(node))
    known = _recorded(activity, "signal")
    if known is not None:
        at = known[4]
    else:
        at = run.clock() + int(parse_duration(value.timeout) * 1e6) if value.timeout is not None else None
        _begin(activity, "signal", at)
    before = run.clock()
    got = await run.waits.receive(activity.path, ("signal", value.name), at, ["wait.signal", activity.path, value.name])
    activity.waited += run.clock() - before
    if got is None and value.on_timeout == "continue":
        return {"payload": None}, None
    if got is None:
        raise NodeTimeout("flow.signal_timeout", "The signal {name} did not come in time.", name=value.name)
    activity.message_id = got[0]
    return {"payload": got[1].get("payload")}, None


@executor("stop")
async def run_stop(activity: Activity) -> Outcome:
    """End the execution here. What it ends with is recorded, so that it still ends after a crash."""
    value: Any = activity.node.validate(await activity.resolve(activity.node))
    outcome = {"status": value.status, "message": value.message, "output": value.output}
    await activity.finish(outcome)
    raise stopped(outcome, activity.path)
