"""Workflows: making, finding, editing the draft, publishing."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Response

from studio.domain.access import Permission
from studio.server._asking import Asking, Services
from studio.server._etag import IfMatch, expected_revision, give_etag
from studio.server._models import PageOut
from studio.server._paging import Cursor, Limit, decode_cursor, encode_cursor
from studio.server._routes import Routes
from studio.server.resources.workflows.schemas import (
    DraftIn,
    DraftOut,
    DuplicateIn,
    TransferIn,
    WorkflowChange,
    WorkflowIn,
    WorkflowOut,
)
from studio.server.resources.workflows.shown import (
    draft_out,
    folder_of,
    given,
    shown,
    workflow_out,
)
from studio.services.workflows.changing import Given
from studio.services.workflows.listing import Sort, State, Wanted
from studio.services.workflows.model import ROOT

routes = Routes("/workflows", "workflows")

Folder = Annotated[str | None, Query(max_length=64, description="Only those in this folder; `root` for those in none.")]


@routes.ask("GET", "", Permission.WORKFLOW_VIEW)
async def list_workflows(
    actor: Asking,
    services: Services,
    folder: Folder = None,
    below: Annotated[bool, Query(description="With `folder`: those in the folders below it too.")] = False,
    tag: Annotated[str | None, Query(max_length=50)] = None,
    owner: Annotated[str | None, Query(max_length=64)] = None,
    q: Annotated[str, Query(max_length=200, description="Words in name, key or description.")] = "",
    state: State = "active",
    sort: Annotated[Sort, Query(description="By name, or by the last change of the draft.")] = "name",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> PageOut[WorkflowOut]:
    """Workflows that the caller may see."""
    wanted = Wanted(folder=folder_of(folder), below=below, tag=tag, owner=owner, search=q, state=state, sort=sort)
    found, more = await services.workflows.listing.page(actor, wanted, after=decode_cursor(cursor), limit=limit)
    return PageOut(items=[workflow_out(one.head, one.draft) for one in found], next=encode_cursor(more))


@routes.ask("POST", "", Permission.WORKFLOW_EDIT, status=201)
async def create_workflow(body: WorkflowIn, response: Response, actor: Asking, services: Services) -> WorkflowOut:
    """Make a workflow: an empty one with a name, or one from a document.

    The document must be a workflow, though it need not be sound yet: what is wrong with it is told by
    `POST /workflows/{workflow}/validate`, and `publish` refuses it until it is mended.
    """
    document = given(body) if body.name is None or body.document is not None or body.text is not None else None
    head = await services.workflows.making.create(
        actor, document=document, name=body.name, key=body.key, folder=folder_of(body.folder) or ROOT, tags=body.tags
    )
    give_etag(response, head.revision)
    return await shown(services, actor.workspace, head)


@routes.ask("GET", "/{workflow}", Permission.WORKFLOW_VIEW)
async def show_workflow(workflow: str, response: Response, actor: Asking, services: Services) -> WorkflowOut:
    """A workflow, by its id or its key."""
    head = await services.workflows.finder.find(actor, workflow)
    give_etag(response, head.revision)
    return await shown(services, actor.workspace, head)


@routes.ask("PATCH", "/{workflow}", Permission.WORKFLOW_EDIT)
async def change_workflow(
    workflow: str, body: WorkflowChange, response: Response, actor: Asking, services: Services, if_match: IfMatch = None
) -> WorkflowOut:
    """Rename a workflow, move it to another folder, or give it another key, description or tags."""
    wanted = Given(
        name=body.name, description=body.description, key=body.key, folder=folder_of(body.folder), tags=body.tags
    )
    head = await services.workflows.changing.change(actor, workflow, wanted, expected_revision(if_match))
    give_etag(response, head.revision)
    return await shown(services, actor.workspace, head)


@routes.ask("DELETE", "/{workflow}", Permission.WORKFLOW_DELETE, status=204)
async def delete_workflow(workflow: str, actor: Asking, services: Services, if_match: IfMatch = None) -> None:
    """Delete a workflow. It can be brought back for thirty days. What runs goes on."""
    await services.workflows.changing.delete(actor, workflow, expected_revision(if_match))


@routes.ask("POST", "/{workflow}/undelete", Permission.WORKFLOW_DELETE)
async def undelete_workflow(workflow: str, response: Response, actor: Asking, services: Services) -> WorkflowOut:
    """Bring a deleted workflow back, by its id."""
    head = await services.workflows.changing.undelete(actor, workflow)
    give_etag(response, head.revision)
    return await shown(services, actor.workspace, head)


@routes.ask("POST", "/{workflow}/archive", Permission.WORKFLOW_EDIT)
async def archive_workflow(
    workflow: str, response: Response, actor: Asking, services: Services, if_match: IfMatch = None
) -> WorkflowOut:
    """Put a workflow away: it is neither edited nor started until it is taken out again."""
    expected = expected_revision(if_match)
    head = await services.workflows.changing.archive(actor, workflow, on=True, expected=expected)
    give_etag(response, head.revision)
    return await shown(services, actor.workspace, head)


@routes.ask("POST", "/{workflow}/unarchive", Permission.WORKFLOW_EDIT)
async def unarchive_workflow(
    workflow: str, response: Response, actor: Asking, services: Services, if_match: IfMatch = None
) -> WorkflowOut:
    """Take a workflow out of the archive."""
    expected = expected_revision(if_match)
    head = await services.workflows.changing.archive(actor, workflow, on=False, expected=expected)
    give_etag(response, head.revision)
    return await shown(services, actor.workspace, head)


@routes.ask("POST", "/{workflow}/transfer", Permission.WORKFLOW_EDIT)
async def transfer_workflow(
    workflow: str, body: TransferIn, response: Response, actor: Asking, services: Services, if_match: IfMatch = None
) -> WorkflowOut:
    """Make another member the owner. The owner may do that, and whoever manages members.

    The new owner is told, and may hand it back. Until they have accepted it nothing runs with their right.
    """
    head = await services.workflows.owning.transfer(actor, workflow, body.owner, expected_revision(if_match))
    give_etag(response, head.revision)
    return await shown(services, actor.workspace, head)


@routes.ask("POST", "/{workflow}/transfer/accept", Permission.SELF)
async def accept_workflow(
    workflow: str, response: Response, actor: Asking, services: Services, if_match: IfMatch = None
) -> WorkflowOut:
    """Accept a workflow that somebody else made the caller the owner of."""
    head = await services.workflows.owning.accept(actor, workflow, expected_revision(if_match))
    give_etag(response, head.revision)
    return await shown(services, actor.workspace, head)


@routes.ask("POST", "/{workflow}/transfer/decline", Permission.SELF)
async def decline_workflow(
    workflow: str, response: Response, actor: Asking, services: Services, if_match: IfMatch = None
) -> WorkflowOut:
    """Hand a workflow that the caller has not accepted back to who owned it before."""
    head = await services.workflows.owning.decline(actor, workflow, expected_revision(if_match))
    give_etag(response, head.revision)
    return await shown(services, actor.workspace, head)


@routes.ask("POST", "/{workflow}/duplicate", Permission.WORKFLOW_EDIT, status=201)
async def duplicate_workflow(
    workflow: str, body: DuplicateIn, response: Response, actor: Asking, services: Services
) -> WorkflowOut:
    """Make a new workflow from the draft of this one."""
    head = await services.workflows.making.duplicate(
        actor, workflow, name=body.name, key=body.key, folder=folder_of(body.folder)
    )
    give_etag(response, head.revision)
    return await shown(services, actor.workspace, head)


@routes.ask("GET", "/{workflow}/draft", Permission.WORKFLOW_VIEW)
async def show_draft(workflow: str, response: Response, actor: Asking, services: Services) -> DraftOut:
    """The draft. Its ETag is its revision."""
    head, draft = await services.workflows.drafts.show(actor, workflow)
    give_etag(response, draft.revision)
    return draft_out(head.id, draft)


@routes.ask("PUT", "/{workflow}/draft", Permission.WORKFLOW_EDIT)
async def replace_draft(
    workflow: str, body: DraftIn, response: Response, actor: Asking, services: Services, if_match: IfMatch = None
) -> DraftOut:
    """Make a document the draft. With `If-Match`, only where the draft still has that revision."""
    draft = await services.workflows.drafts.replace(actor, workflow, given(body), expected_revision(if_match))
    give_etag(response, draft.revision)
    return draft_out(draft.kept.id, draft)
