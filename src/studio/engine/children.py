"""Child executions: started once, their results read from their journals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from studio.domain.errors import NotFound
from studio.engine.api import StartRequest
from studio.engine.history import recover
from studio.engine.submit import Family
from studio.validation import coerce_inputs

if TYPE_CHECKING:
    from studio.engine.engine import Engine
    from studio.engine.run import Run


async def start_child(
    engine: Engine,
    run: Run,
    child: str,
    reference: str,
    inputs: Mapping[str, Any],
    path: str,
    earlier: str | None = None,
) -> None:
    """Start a child execution once; does nothing where it exists already.

    Its idempotency keys come from the parent's and the path of the call: the same for every child that stands for this
    node run. Of an ``earlier`` one, which failed, only what failed runs again.
    """
    if child in engine.runs or await engine.store.execution(child, run.workspace) is not None:
        return
    calls: dict[str, str] = run.facts.get("calls") or {}
    hash = calls.get(reference)
    if hash is None:
        raise NotFound(
            "flow.call_unknown", "No workflow {workflow} was found when this execution started.", workflow=reference
        ).at(path, "workflow")
    plan = await engine.plan(run.workspace, hash)
    request = StartRequest(
        workflow=plan.workflow,
        inputs=coerce_inputs(plan.workflow, dict(inputs)),
        workspace=run.workspace,
        trigger="call",
        mode="replay" if earlier is not None else run.facts.get("mode", "run"),
        grants=run.grants,
        origin=run.key(path, 0),
        reuse=earlier,
        retry_items=earlier is not None,
    )
    engine.remember(plan.workflow, hash)
    depth, root = int(run.facts.get("depth", 0)) + 1, run.facts.get("root") or run.id
    family = Family(child, run.id, path, root, depth, calls, run.facts.get("retention"))
    await engine.submit(request, family)


async def child_result(engine: Engine, run: Run, child: str) -> dict[str, Any] | None:
    """Status, encoded output and error facts of a child that has ended; None while it has not."""
    if child in engine.runs:
        return None
    row = await engine.store.execution(child, run.workspace)
    if row is None or not row.status.terminal:
        return None
    end = recover(await engine.store.read(child, from_snapshot=True)).end
    if end is None:
        return {"status": row.status, "output": (0, b"null"), "error": None}
    return {"status": row.status, "output": (end[3], end[4]), "error": end[5]}
