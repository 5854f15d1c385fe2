"""Executions: lists, one with its node runs and values, and acting on it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import Header, Query

from studio.contracts.stored import ExecutionFilter
from studio.domain.access import Permission
from studio.domain.status import ExecutionStatus
from studio.server._asking import Asking, Services
from studio.server._models import PageOut
from studio.server._paging import Cursor, Limit, decode_cursor, encode_cursor
from studio.server._routes import Routes
from studio.server.resources.executions.schemas import (
    ApprovalIn,
    CancelIn,
    DecisionIn,
    ExecutionDetail,
    ExecutionOut,
    NodeRunOut,
    RecentOut,
    SignalIn,
    StartIn,
    ValueOut,
)
from studio.server.resources.executions.shown import detail_out, execution_out, first_at, node_run_out
from studio.services.executing.starting import Order
from studio.services.workflows.starting import workflow_tag

routes = Routes("/executions", "executions")

IdempotencyKey = Annotated[
    str | None,
    Header(alias="Idempotency-Key", min_length=1, max_length=200, description="Makes a repetition harmless."),
]

Reveal = Annotated[bool, Query(description="Show what is marked secret or personal, too. Audited.")]


@routes.ask("GET", "", Permission.EXECUTION_VIEW)
async def list_executions(
    actor: Asking,
    services: Services,
    status: Annotated[list[ExecutionStatus] | None, Query(max_length=8)] = None,
    workflow: Annotated[str | None, Query(max_length=64, description="Id or key of a workflow.")] = None,
    name: Annotated[str | None, Query(max_length=200, description="Name of the workflow at that time.")] = None,
    tag: Annotated[str | None, Query(max_length=200)] = None,
    error: Annotated[str | None, Query(max_length=200, description="Code of the error it ended with.")] = None,
    parent: Annotated[str | None, Query(max_length=64)] = None,
    root: Annotated[str | None, Query(max_length=64)] = None,
    since: Annotated[datetime | None, Query(description="Made at or after.")] = None,
    until: Annotated[datetime | None, Query(description="Made before.")] = None,
    before: Annotated[str | None, Query(max_length=64, description="Made before this execution.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> PageOut[ExecutionOut]:
    """Executions that the caller may see, newest first."""
    if workflow is not None:
        tag = workflow_tag((await services.workflows.finder.find(actor, workflow)).id)
    after = decode_cursor(cursor)
    wanted = ExecutionFilter(
        workspace=actor.workspace, status=tuple(status) if status else None, workflow_name=name, tag=tag,
        error_code=error, parent_id=parent, root_id=root, from_id=first_at(since),
        before=min((one for one in (after[1] if after else None, first_at(until), before) if one), default=None),
    )  # fmt: skip
    rows, more = await services.executing.finder.page(actor, wanted, limit)
    return PageOut(items=[execution_out(row) for row in rows], next=encode_cursor(("", more) if more else None))


@routes.ask("POST", "", Permission.WORKFLOW_EXECUTE, status=202)
async def start_execution(
    body: StartIn, actor: Asking, services: Services, idempotency_key: IdempotencyKey = None
) -> ExecutionOut:
    """Start an execution. It is stored durably when this answers.

    The same `Idempotency-Key` with the same body gives the same execution for a day; with another body it is refused.
    """
    order = Order(
        workflow=body.workflow, which=body.which, inputs=body.inputs, tags=body.tags, priority=body.priority,
        until=body.until, pinned=body.pinned, idempotency_key=idempotency_key,
        breakpoints={one.node: one.condition for one in body.breakpoints},
    )  # fmt: skip
    return execution_out(await services.executing.starting.start_audited(actor, order))


@routes.ask("GET", "/recent", Permission.EXECUTION_VIEW)
async def list_recent_executions(
    actor: Asking,
    services: Services,
    workflow: Annotated[list[str], Query(min_length=1, max_length=100, description="Ids or keys of workflows.")],
    count: Annotated[int, Query(ge=1, le=20, description="How many of each.")] = 10,
) -> RecentOut:
    """The last executions of several workflows, newest first: what a list of workflows shows beside each."""
    found: dict[str, list[ExecutionOut]] = {}
    for one in workflow:
        id = (await services.workflows.finder.find(actor, one)).id
        wanted = ExecutionFilter(workspace=actor.workspace, tag=workflow_tag(id))
        rows, _ = await services.executing.finder.page(actor, wanted, count)
        found[id] = [execution_out(row) for row in rows]
    return RecentOut(workflows=found)


@routes.ask("GET", "/{execution}", Permission.EXECUTION_VIEW)
async def show_execution(execution: str, actor: Asking, services: Services) -> ExecutionDetail:
    """An execution and where it stands."""
    row, result = await services.executing.reading.show(actor, execution)
    return detail_out(row, result, actor.lang)


@routes.ask("GET", "/{execution}/nodes", Permission.EXECUTION_VIEW)
async def list_node_runs(
    execution: str, actor: Asking, services: Services, cursor: Cursor = None, limit: Limit = 200
) -> PageOut[NodeRunOut]:
    """Node runs in the order of their paths. They follow what is committed by a moment."""
    after = decode_cursor(cursor)
    runs, more = await services.executing.reading.node_runs(actor, execution, after[1] if after else None, limit)
    return PageOut(items=[node_run_out(run) for run in runs], next=encode_cursor(("", more) if more else None))


@routes.ask("GET", "/{execution}/values", Permission.EXECUTION_VIEW)
async def show_value(
    execution: str,
    actor: Asking,
    services: Services,
    path: Annotated[
        str, Query(max_length=2000, description="Path of a node run, or `$inputs`, `$event`, `$output`.")
    ] = "$output",
    at: Annotated[list[str] | None, Query(max_length=64, description="Keys and indexes that lead into it.")] = None,
    offset: Annotated[int, Query(ge=0, le=2**53)] = 0,
    limit: Annotated[int, Query(ge=1, le=65_536, description="Entries, or characters of a text.")] = 100,
    part: Annotated[
        Literal["output", "input"],
        Query(description="What the node gave, or what it runs with: recorded at breakpoints and before effects."),
    ] = "output",
    reveal: Reveal = False,
) -> ValueOut:
    """A part of a value. Large values are looked through piece by piece.

    What is marked secret or personal is masked; to reveal it needs a permission of its own, and is audited.
    """
    found = await services.executing.reading.value(
        actor, execution, path, at or [], offset, limit, part=part, reveal=reveal
    )
    return ValueOut.model_validate(found)


@routes.ask("POST", "/{execution}/cancel", Permission.EXECUTION_CONTROL, status=202)
async def cancel_execution(execution: str, body: CancelIn, actor: Asking, services: Services) -> ExecutionOut:
    """Ask an execution to stop. Once accepted it will, also across a crash."""
    return execution_out(await services.executing.acting.cancel(actor, execution, body.reason))


@routes.ask("POST", "/{execution}/pause", Permission.EXECUTION_CONTROL, status=202)
async def pause_execution(execution: str, actor: Asking, services: Services) -> ExecutionOut:
    """Let an execution stand still after what runs now."""
    return execution_out(await services.executing.acting.pause(actor, execution))


@routes.ask("POST", "/{execution}/resume", Permission.EXECUTION_CONTROL, status=202)
async def resume_execution(execution: str, actor: Asking, services: Services) -> ExecutionOut:
    """Let a paused execution go on; one that a restore holds is released."""
    return execution_out(await services.executing.acting.resume(actor, execution))


@routes.ask("POST", "/{execution}/signals", Permission.EXECUTION_CONTROL, status=202)
async def signal_execution(execution: str, body: SignalIn, actor: Asking, services: Services) -> ExecutionOut:
    """Send a signal; it is kept where the execution does not wait for it yet."""
    return execution_out(await services.executing.acting.signal(actor, execution, body.name, body.payload, body.id))


@routes.ask("POST", "/{execution}/approvals", Permission.EXECUTION_DECIDE, status=202)
async def approve_execution(execution: str, body: ApprovalIn, actor: Asking, services: Services) -> ExecutionOut:
    """Answer an approval."""
    row = await services.executing.acting.approve(actor, execution, body.path, body.decision, body.comment, body.data)
    return execution_out(row)


@routes.ask("POST", "/{execution}/decisions", Permission.EXECUTION_DECIDE, status=202)
async def decide_execution(execution: str, body: DecisionIn, actor: Asking, services: Services) -> ExecutionOut:
    """Settle an effect in doubt."""
    return execution_out(
        await services.executing.acting.decide(actor, execution, body.path, body.decision, body.output)
    )
