"""Child executions: started once, awaited, their results read from their journals."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from studio.domain.errors import CallFailed, ErrorClass, NodeError, NotFound
from studio.domain.phrases import Phrase, spoken_argument
from studio.engine.api import StartRequest
from studio.engine.charges import charges_of
from studio.engine.history import recover
from studio.engine.submit import Family
from studio.validation import coerce_inputs

if TYPE_CHECKING:
    from studio.engine.activity import Activity
    from studio.engine.engine import Engine
    from studio.engine.run import Run

MAX_DEPTH = 32
_LOOK_AGAIN = 30_000_000
"""How often a parent looks at its child by itself, microseconds; covers a message lost to a crash."""


def check_depth(activity: Activity) -> None:
    """Raise NodeError where one more call would nest too deep."""
    if activity.run.facts.get("depth", 0) + 1 > MAX_DEPTH:
        raise NodeError("flow.call_depth", "Calls nest at most {limit} deep.", limit=MAX_DEPTH).at(activity.path)


async def start_child(
    run: Run,
    child: str,
    reference: str,
    inputs: Mapping[str, Any],
    path: str,
    earlier: str | None,
    origin: str,
) -> None:
    """Start a child execution once; does nothing where it exists already.

    Its idempotency keys come from ``origin``: the same for every child that stands for this call. Of an ``earlier``
    one, which failed, only what failed runs again.
    """
    engine = run.engine
    if child in engine.runs or await engine.store.execution(child, run.workspace) is not None:
        return
    calls: dict[str, str] = run.facts.get("calls") or {}
    hash = calls.get(reference)
    if hash is None:
        raise NotFound(
            "flow.call_unknown", "No workflow {workflow} was found when this execution started.", workflow=reference
        ).at(path, "workflow")
    types: dict[str, int] = run.facts.get("types") or {}
    plan = await engine.plan(run.workspace, hash, types=types)
    request = StartRequest(
        workflow=plan.workflow,
        inputs=coerce_inputs(plan.workflow, dict(inputs)),
        workspace=run.workspace,
        trigger="call",
        mode="replay" if earlier is not None else run.facts.get("mode", "run"),
        grants=run.grants,
        origin=origin,
        identities=identities_of(run.facts, reference),
        charges=charges_of(run.facts, reference),
        reuse=earlier,
        retry_items=earlier is not None,
    )
    engine.remember(plan.workflow, hash)
    depth, root = int(run.facts.get("depth", 0)) + 1, run.facts.get("root") or run.id
    family = Family(child, run.id, path, root, depth, calls, types, run.facts.get("retention"))
    await engine.submit(request, family)


def identities_of(start: Mapping[str, Any], reference: str) -> dict[str, str]:
    """The identities for an execution of a workflow that another one names."""
    known: dict[str, str] = start.get("identities") or {}
    own = {"": known[reference]} if reference in known else {}
    return {**{name: id for name, id in known.items() if name}, **own}


async def await_child(activity: Activity, child: str, *, counts: bool = True) -> dict[str, Any]:
    """What ``child_result`` gives, once there is a result. Where it ``counts``, what the child used is added here."""
    run = activity.run
    # A node may wait in tasks of its own: each is a part of the work that goes on or rests, beside the node run's task.
    own = asyncio.current_task() is not activity.task
    if own:
        run.busy += 1
    try:
        while (result := await child_result(run.engine, run, child)) is None:
            reason = ["wait.child", activity.path, child]
            got = await run.waits.receive(activity.path, ("child", child), run.clock() + _LOOK_AGAIN, reason)
            if got is not None:
                run.waits.consumed(got[0])
    finally:
        if own:
            run.busy -= 1
    if counts:
        run.spending.record_child(activity, child, result["used"])
    return result


async def end_child(run: Run, child: str, way: str) -> None:
    """Do to a child what is due where its parent ends before it: ``cancel``, ``wait`` or ``detach``."""
    if way == "cancel":
        await run.engine.post(child, "cancel", {"reason": "parent ended"}, workspace=run.workspace)
    elif way == "wait":
        await run.engine.wait(child, timeout=None)


async def child_result(engine: Engine, run: Run, child: str) -> dict[str, Any] | None:
    """Status, encoded output, error facts and usage of a child that has ended; None while it has not."""
    if child in engine.runs:
        return None
    row = await engine.store.execution(child, run.workspace)
    if row is None or not row.status.terminal:
        return None
    end = recover(await engine.store.read(child, from_snapshot=True)).end
    if end is None:
        return {"status": row.status, "output": (0, b"null"), "error": None, "used": None}
    used = next(iter(end[7:]), None)
    return {"status": row.status, "output": (end[3], end[4]), "error": end[5], "used": used}


def _reason(facts: dict[str, Any]) -> Any:
    """What the child's error says; nothing where it was cancelled."""
    if "template" not in facts:
        return facts.get("message", "")
    return spoken_argument({"code": facts["code"], "template": facts["template"], "args": facts.get("args", {})})


def call_failed(workflow: str, child: str, result: dict[str, Any]) -> CallFailed:
    """The error for a child that did not succeed."""
    facts: dict[str, Any] = result.get("error") or {}
    error = CallFailed(
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
