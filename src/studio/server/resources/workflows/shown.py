"""Workflows as answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from studio.domain.errors import UserError
from studio.server._problem import workflow_problem
from studio.server.resources.workflows.schemas import (
    DocumentIn,
    DraftOut,
    ProblemOut,
    ProblemsOut,
    VersionOut,
    WorkflowOut,
)
from studio.services._collection import Kept
from studio.services.platform import Platform
from studio.services.workflows.checking import Problem
from studio.services.workflows.drafts import DraftDocument
from studio.services.workflows.model import ROOT, Draft, Version, WorkflowHead


def given(body: DocumentIn) -> Mapping[str, Any] | str:
    """The document of a body.

    Raises:
        UserError: There is none, or there are two.
    """
    if (body.document is None) == (body.text is None):
        raise UserError("workflow.document_or_text", "Give the workflow as `document` or as `text`.").at(
            param="document"
        )
    return body.text if body.text is not None else body.document or {}


def folder_of(given: str | None) -> str | None:
    """The folder that a request names: `root` is that of what lies in none."""
    return ROOT if given == "root" else given


def workflow_out(head: Kept[WorkflowHead], draft: Kept[Draft] | None) -> WorkflowOut:
    """A workflow as lists show it."""
    one = head.value
    state: Literal["active", "archived", "deleted"] = "active" if one.archived_at is None else "archived"
    return WorkflowOut(
        id=head.id, name=one.name, key=one.key, folder=one.folder or None, tags=one.tags, owner=one.owner,
        handed_from=one.handed_from or None,
        description=one.description, state="deleted" if one.deleted_at is not None else state,
        published=one.published or None, published_hash=one.published_hash or None, versions=one.versions,
        draft_revision=draft.revision if draft is not None else 0, draft_by=draft.value.by if draft is not None else "",
        draft_at=draft.value.at if draft is not None else 0, created_by=one.created_by,
        created_at=head.record.created_at, updated_by=one.updated_by, updated_at=head.record.updated_at,
    )  # fmt: skip


async def shown(services: Platform, workspace: str, head: Kept[WorkflowHead]) -> WorkflowOut:
    """A workflow with what its draft says."""
    return workflow_out(head, await services.workflows.shelf.drafts.get(workspace, head.id))


def draft_out(workflow: str, draft: DraftDocument) -> DraftOut:
    """A draft."""
    by, at = draft.kept.value.by, draft.kept.value.at
    return DraftOut(workflow=workflow, revision=draft.revision, by=by, at=at, document=draft.document)


def version_out(version: Kept[Version]) -> VersionOut:
    """A version."""
    return VersionOut.model_validate(version.value)


def problem_out(problem: Problem, lang: str, file: str | None = None) -> ProblemOut:
    """A problem in a language."""
    return ProblemOut(**workflow_problem(problem, lang), file=file)


def problems_out(problems: Sequence[Problem], lang: str) -> ProblemsOut:
    """Everything found in a document."""
    return ProblemsOut(
        valid=not any(one.severity == "error" for one in problems),
        problems=[problem_out(one, lang) for one in problems],
    )
