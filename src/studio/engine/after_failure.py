"""Error workflows: what ``settings.error_workflow`` names is started where an execution fails.

Its id follows from the failed execution's, so that it is started once, however often the end is tried. It is accepted
before that end is written: whoever sees an execution failed finds its error workflow started. Where an execution that
was itself started by an error fails, nothing more is started.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from studio.domain.errors import StorageError, StudioError
from studio.domain.ids import derived_id, workflow_tag
from studio.domain.status import ExecutionStatus
from studio.domain.workflow import Node, Workflow
from studio.engine.api import Grants, StartRequest
from studio.engine.charges import charges_of
from studio.engine.children import identities_of
from studio.engine.plan import Plan
from studio.engine.submit import Family
from studio.expressions import compile_value
from studio.validation import coerce_inputs

if TYPE_CHECKING:
    from studio.engine.engine import Engine

TRIGGER = "trigger.error"


def error_execution(failed: str) -> str:
    """The id of the execution that is started where ``failed`` fails."""
    return derived_id(failed, hashlib.blake2b(f"error\0{failed}".encode(), digest_size=10).digest())


async def start_error_workflow(
    engine: Engine,
    execution_id: str,
    workspace: str,
    plan: Plan,
    start: Mapping[str, Any],
    status: ExecutionStatus,
    error: Mapping[str, Any],
) -> None:
    """Start the error workflow of an execution that fails, where it has one.

    Args:
        engine: Accepts it.
        execution_id: The execution that fails.
        workspace: Its workspace.
        plan: Its plan.
        start: What was recorded when it was accepted.
        status: How it ends.
        error: Facts of the error.

    Raises:
        StorageError: It could not be accepted.
    """
    calls: dict[str, str] = start.get("calls") or {}
    hash = calls.get(plan.settings.error_workflow or "")
    own = plan.workflow.nodes.get(start.get("trigger", ""))
    if hash is None or start.get("only") is not None or (own is not None and own.type == TRIGGER):
        return
    id = error_execution(execution_id)
    try:
        if await engine.store.execution(id, workspace) is None:
            workflow = (await engine.plan(workspace, hash, types=start.get("types") or {})).workflow
            event = _event(execution_id, plan, status, error, engine.clock())
            await _start(engine, id, workspace, workflow, hash, start, event, plan.settings.error_workflow or "")
    except StorageError:
        raise
    except StudioError:
        return  # a node type of it is gone, say: the failure itself must be told all the same


def _event(execution_id: str, plan: Plan, status: ExecutionStatus, error: Mapping[str, Any], at: int) -> dict[str, Any]:
    return {
        "workflow": plan.name,
        "execution_id": execution_id,
        "status": str(status),
        "error": {"code": error["code"], "message": error["message"], "param": error.get("param")},
        "node": error.get("node"),
        "at": datetime.fromtimestamp(at / 1e6, UTC).isoformat().replace("+00:00", "Z"),
    }


async def _start(
    engine: Engine,
    id: str,
    workspace: str,
    workflow: Workflow,
    hash: str,
    start: Mapping[str, Any],
    event: dict[str, Any],
    reference: str,
) -> None:
    trigger, node = next(
        ((id, node) for id, node in workflow.nodes.items() if node.type == TRIGGER and not node.disabled), ("", None)
    )
    if node is None:
        return
    identities = identities_of(start, reference)
    request = StartRequest(
        workflow=workflow,
        inputs=_inputs(workflow, hash, node, event, await engine.variables(workspace)),
        workspace=workspace,
        trigger=trigger,
        event=event,
        grants=Grants(**start["grants"]),
        identities=identities,
        charges=charges_of(start, reference),
        tags=(workflow_tag(identities[""]),) if "" in identities else (),
    )
    engine.remember(workflow, hash)
    await engine.submit(request, Family(id, calls=start["calls"], types=start.get("types") or {}))


def _inputs(
    workflow: Workflow, hash: str, node: Node, event: dict[str, Any], variables: Mapping[str, Any]
) -> dict[str, Any]:
    """What the trigger makes of the event. Where that fails, nothing: the execution then fails, and says at what."""
    compiled = compile_value(node.inputs)
    scope = {
        "event": event, "vars": variables, "workflow": {"name": workflow.name, "hash": hash}, "now": event["at"],
    }  # fmt: skip
    try:
        given = node.inputs if compiled is None else compiled.evaluate(scope)
        return coerce_inputs(workflow, dict(given or {}))
    except (StudioError, TypeError, ValueError):
        return {}
