"""Workflows: files in and out, and one thing done with many."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Query, Response

from studio.domain.access import Permission
from studio.i18n import render
from studio.server._asking import Asking, Services
from studio.server._routes import Routes
from studio.server._uploads import UPLOAD_BODY, UPLOAD_PARAMETERS, UploadRoute
from studio.server.resources.workflows.schemas import (
    BulkIn,
    ExportIn,
    ExportOut,
    FileModel,
    ImportedOut,
    ImportIn,
    ImportOut,
    OutcomeOut,
    OutcomesOut,
)
from studio.server.resources.workflows.shown import folder_of, problem_out, shown
from studio.services.workflows.bundles import bundle
from studio.services.workflows.files import File
from studio.services.workflows.model import ROOT

routes = Routes("/workflows", "workflows")


_ZIP: dict[int | str, dict[str, Any]] = {200: {"description": "The files.", "content": {"application/zip": {}}}}


@routes.ask(
    "POST", "/import", Permission.WORKFLOW_EDIT, status=201, route_class_override=UploadRoute,
    openapi_extra={"requestBody": UPLOAD_BODY, "parameters": UPLOAD_PARAMETERS},
)  # fmt: skip
async def import_workflows(body: ImportIn, actor: Asking, services: Services) -> ImportOut:
    """Make drafts of workflow files: of all, or of none where one is no workflow document.

    The files come as JSON, as a form (`curl -F file=@greeting.yaml`), or as the body itself: a YAML or JSON document,
    or a zip of many. The name of a file gives the key; a body without a name is called after its workflow. A refusal
    names every problem with file, line and column.
    """
    files = [File(one.name, one.text) for one in body.files]
    imported = await services.workflows.files.take(
        actor, files, folder=folder_of(body.folder) or ROOT, existing=body.existing
    )
    return ImportOut(
        items=[
            ImportedOut(
                file=one.file,
                workflow=await shown(services, actor.workspace, one.head),
                problems=[problem_out(problem, actor.lang) for problem in one.problems],
            )
            for one in imported
        ]
    )


@routes.ask("GET", "/{workflow}/export", Permission.WORKFLOW_VIEW)
async def export_workflow(
    workflow: str,
    actor: Asking,
    services: Services,
    version: Annotated[int | None, Query(ge=1, le=99_999_999, description="A version; the draft otherwise.")] = None,
    format: Annotated[Literal["yaml", "json"], Query()] = "yaml",
) -> ExportOut:
    """The workflow as a file, and after it the workflows that it calls. Put into one folder they run there."""
    files = await services.workflows.files.give(actor, workflow, which=version, format=format)
    return ExportOut(files=[FileModel(name=one.name, text=one.text) for one in files])


@routes.ask("POST", "/export", Permission.WORKFLOW_VIEW, response_class=Response, responses=_ZIP)
async def export_workflows(body: ExportIn, actor: Asking, services: Services) -> Response:
    """Several workflows, and those they call, as a zip of files that can be imported again."""
    content = await bundle(services.workflows.files, actor, body.workflows, body.format)
    headers = {"content-disposition": 'attachment; filename="workflows.zip"'}
    return Response(content, media_type="application/zip", headers=headers)


@routes.ask("POST", "/bulk", Permission.WORKFLOW_EDIT)
async def change_workflows(body: BulkIn, actor: Asking, services: Services) -> OutcomesOut:
    """Move, tag, archive or delete several workflows. Each by itself: one that is refused keeps no other back."""
    outcomes = await services.workflows.changing.bulk(
        actor, body.workflows, body.action, folder=folder_of(body.folder) or ROOT, tags=body.tags
    )
    return OutcomesOut(
        items=[
            OutcomeOut(
                workflow=one.workflow,
                done=one.error is None,
                code=None if one.error is None else one.error.code,
                detail=None if one.error is None else render(one.error, lang=actor.lang),
            )
            for one in outcomes
        ]
    )
