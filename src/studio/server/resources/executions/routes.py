"""Executions."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from studio.contracts.store import ExecutionFilter, ExecutionRow
from studio.domain.access import Permission
from studio.domain.status import ExecutionStatus
from studio.server._asking import Asking, Services
from studio.server._models import PageOut
from studio.server._paging import Cursor, Limit, decode_cursor, encode_cursor
from studio.server._routes import Routes
from studio.server.resources.executions.schemas import ExecutionOut

routes = Routes("/executions", "executions")


@routes.ask("GET", "", Permission.EXECUTION_VIEW)
async def list_executions(
    actor: Asking,
    services: Services,
    status: Annotated[list[ExecutionStatus] | None, Query(max_length=8)] = None,
    workflow: Annotated[str | None, Query(max_length=200)] = None,
    tag: Annotated[str | None, Query(max_length=200)] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> PageOut[ExecutionOut]:
    """Executions, newest first."""
    after = decode_cursor(cursor)
    rows = await services.ports.store.executions(
        ExecutionFilter(
            workspace=actor.workspace, status=tuple(status) if status else None, workflow_name=workflow, tag=tag,
            before=after[1] if after else None, limit=limit + 1,
        )
    )  # fmt: skip
    more = ("", rows[limit - 1].id) if len(rows) > limit else None
    return PageOut(items=[shown(row) for row in rows[:limit]], next=encode_cursor(more))


def shown(row: ExecutionRow) -> ExecutionOut:
    """An execution as lists show it."""
    return ExecutionOut(
        id=row.id, workflow=row.workflow_name, workflow_hash=row.workflow_hash, status=str(row.status), mode=row.mode,
        trigger=row.trigger, parent=row.parent_id, root=row.root_id, origin=row.origin_id, tags=list(row.tags),
        accepted_at=row.accepted_at, started_at=row.started_at, ended_at=row.ended_at, wake_at=row.wake_at,
        error_code=row.error_code,
    )  # fmt: skip
