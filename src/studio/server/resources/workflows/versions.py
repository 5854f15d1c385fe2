"""Workflows: checking, publishing, versions."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import Path, Query, Response

from studio.domain.access import Permission
from studio.server._asking import Asking, Services
from studio.server._etag import IfMatch, expected_revision, give_etag
from studio.server._models import PageOut
from studio.server._paging import Cursor, Limit, decode_cursor, encode_cursor
from studio.server._routes import Routes
from studio.server.resources.workflows.schemas import (
    ChangeOut,
    DiffOut,
    DocumentIn,
    DraftOut,
    ProblemsOut,
    PublishedOut,
    PublishIn,
    VersionDocumentOut,
    VersionOut,
)
from studio.server.resources.workflows.shown import draft_out, given, problem_out, problems_out, version_out

routes = Routes("/workflows", "workflows")

Number = Annotated[int, Path(ge=1, le=99_999_999)]
Side = Annotated[
    str, Query(pattern=r"^(draft|[1-9][0-9]{0,7})$", description="Number of a version, or `draft`.", examples=["1"])
]


@routes.ask("POST", "/validate", Permission.WORKFLOW_VIEW)
async def validate_document(body: DocumentIn, actor: Asking, services: Services) -> ProblemsOut:
    """Check a document: every problem with its place. Nothing of it is executed or kept."""
    return problems_out(await services.workflows.checker.document(actor, given(body)), actor.lang)


@routes.ask("POST", "/{workflow}/validate", Permission.WORKFLOW_VIEW)
async def validate_workflow(workflow: str, body: DocumentIn, actor: Asking, services: Services) -> ProblemsOut:
    """Check the draft; or a document as if it were the draft."""
    named = body.document is not None or body.text is not None
    problems = await services.workflows.checker.draft(actor, workflow, given(body) if named else None)
    return problems_out(problems, actor.lang)


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


@routes.ask("GET", "/{workflow}/versions", Permission.WORKFLOW_VIEW)
async def list_versions(
    workflow: str, actor: Asking, services: Services, cursor: Cursor = None, limit: Limit = 50
) -> PageOut[VersionOut]:
    """Versions, newest first."""
    page = await services.workflows.publishing.versions(actor, workflow, after=decode_cursor(cursor), limit=limit)
    return PageOut(items=[version_out(one) for one in page.items], next=encode_cursor(page.after))


@routes.ask("GET", "/{workflow}/versions/{number}", Permission.WORKFLOW_VIEW)
async def show_version(workflow: str, number: Number, actor: Asking, services: Services) -> VersionDocumentOut:
    """A version with its document."""
    version, document = await services.workflows.publishing.version(actor, workflow, number)
    return VersionDocumentOut(**msgspec.structs.asdict(version.value), document=document)


@routes.ask("POST", "/{workflow}/versions/{number}/restore", Permission.WORKFLOW_EDIT)
async def restore_version(
    workflow: str, number: Number, response: Response, actor: Asking, services: Services, if_match: IfMatch = None
) -> DraftOut:
    """Make a version the draft again. What runs stays what it is until that is published."""
    draft = await services.workflows.publishing.restore(actor, workflow, number, expected_revision(if_match))
    give_etag(response, draft.revision)
    return draft_out(draft.kept.id, draft)


@routes.ask("GET", "/{workflow}/diff", Permission.WORKFLOW_VIEW)
async def compare_versions(workflow: str, actor: Asking, services: Services, old: Side, new: Side = "draft") -> DiffOut:
    """What differs between two versions, or between a version and the draft. The canvas does not count."""
    sides = [side if side == "draft" else int(side) for side in (old, new)]
    found = await services.workflows.publishing.compare(actor, workflow, sides[0], sides[1])
    return DiffOut(changes=[ChangeOut.model_validate(one) for one in found.changes], text=found.text)
