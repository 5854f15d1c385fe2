"""Editing sessions: drafts changed by small operations, undo, who has a workflow open."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import Query, Response

from studio.domain.access import Permission
from studio.domain.errors import UserError
from studio.server._asking import Asking, Services
from studio.server._etag import give_etag
from studio.server._models import Problem
from studio.server._routes import Routes
from studio.server.resources.editing.schemas import (
    AcceptedOut,
    BackIn,
    BatchIn,
    PresenceOut,
    PresencesOut,
    SinceOut,
    StepsOut,
)
from studio.server.resources.editing.shown import accepted_out, operation_out
from studio.services.editing.editing import Batch
from studio.services.editing.presence import shown

routes = Routes("/workflows", "editing")

_GONE = {410: {"description": "Load the draft anew", "model": Problem}}


@routes.ask("POST", "/{workflow}/draft/operations", Permission.WORKFLOW_EDIT, responses=_GONE)
async def edit_draft(
    workflow: str, body: BatchIn, response: Response, actor: Asking, services: Services
) -> AcceptedOut:
    """Change the draft by small operations, on the revision that they were made on.

    Where the draft is newer, they merge if nothing of what they touch was touched since. Otherwise nothing is changed,
    and the answer is 409: for each operation in conflict it tells what stands there now, who changed it and when.
    """
    try:
        batch = msgspec.convert(body.model_dump(), Batch)
    except msgspec.ValidationError as error:
        raise UserError("editing.batch", "The operations do not fit: {reason}.", reason=str(error)) from error
    accepted = await services.editing.apply(actor, workflow, batch)
    give_etag(response, accepted.record.revision)
    return accepted_out(accepted)


@routes.ask("GET", "/{workflow}/draft/operations", Permission.WORKFLOW_VIEW, responses=_GONE)
async def list_operations(
    workflow: str,
    actor: Asking,
    services: Services,
    after: Annotated[int, Query(ge=0, le=10**15, description="The revision that the caller has.")],
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
) -> SinceOut:
    """What was changed since a revision. 410 where that is not known any more: load the draft anew."""
    since = await services.editing.history.after(actor, workflow, after, limit)
    last = since.records[-1].revision if since.records else after
    return SinceOut(
        revision=since.revision, items=[operation_out(one) for one in since.records], more=last < since.revision
    )


@routes.ask("POST", "/{workflow}/draft/undo", Permission.WORKFLOW_EDIT)
async def undo_edit(workflow: str, body: BackIn, response: Response, actor: Asking, services: Services) -> AcceptedOut:
    """Take back the caller's own last step, if nobody else has changed since what it touched."""
    undoing = services.editing.undoing
    head = await undoing.editable(actor, workflow)
    accepted = await undoing.undo(actor, head, id=body.id, client=body.client, skip=body.skip)
    give_etag(response, accepted.record.revision)
    return accepted_out(accepted)


@routes.ask("POST", "/{workflow}/draft/redo", Permission.WORKFLOW_EDIT)
async def redo_edit(workflow: str, body: BackIn, response: Response, actor: Asking, services: Services) -> AcceptedOut:
    """Carry out again what the caller took back last."""
    undoing = services.editing.undoing
    head = await undoing.editable(actor, workflow)
    accepted = await undoing.redo(actor, head, id=body.id, client=body.client)
    give_etag(response, accepted.record.revision)
    return accepted_out(accepted)


@routes.ask("GET", "/{workflow}/draft/steps", Permission.WORKFLOW_EDIT)
async def show_steps(workflow: str, actor: Asking, services: Services) -> StepsOut:
    """How many steps the caller can take back, and carry out again."""
    head = await services.editing.undoing.editable(actor, workflow)
    state = await services.editing.undoing.state(actor, head.id)
    return StepsOut(undo=len(state.undo), redo=len(state.redo))


@routes.ask("GET", "/{workflow}/presence", Permission.WORKFLOW_VIEW)
async def show_presence(workflow: str, actor: Asking, services: Services) -> PresencesOut:
    """Who has the workflow open, tab by tab."""
    head = await services.workflows.finder.find(actor, workflow)
    found = await services.present.everybody(actor.workspace, head.id)
    return PresencesOut(items=[PresenceOut(**shown(one)) for one in found])
