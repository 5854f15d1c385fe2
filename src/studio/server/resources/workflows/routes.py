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
    PublishedOut,
    PublishIn,
    WorkflowIn,
    WorkflowOut,
)
from studio.server.resources.workflows.shown import (
    draft_out,
    given,
    problem_out,
    shown,
    version_out,
    workflow_out,
)
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
    wanted = Wanted(
        folder=ROOT if folder == "root" else folder, below=below, tag=tag, owner=owner, search=q, state=state, sort=sort
    )
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
        actor, document=document, name=body.name, key=body.key, folder=body.folder or ROOT, tags=body.tags
    )
    give_etag(response, head.revision)
    return await shown(services, actor.workspace, head)


@routes.ask("GET", "/{workflow}", Permission.WORKFLOW_VIEW)
async def show_workflow(workflow: str, response: Response, actor: Asking, services: Services) -> WorkflowOut:
    """A workflow, by its id or its key."""
    head = await services.workflows.finder.find(actor, workflow)
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


@routes.ask("POST", "/{workflow}/publish", Permission.WORKFLOW_PUBLISH, status=201)
async def publish_workflow(
    workflow: str, body: PublishIn, actor: Asking, services: Services, if_match: IfMatch = None
) -> PublishedOut:
    """Freeze the draft as the next version, which runs from now on. `If-Match` is about the draft's revision.

    A draft with errors is refused, with every problem.
    """
    made = await services.workflows.publishing.publish(
        actor, workflow, note=body.note, expected=expected_revision(if_match)
    )
    return PublishedOut(
        version=version_out(made.version), warnings=[problem_out(one, actor.lang) for one in made.warnings]
    )
