"""The API of workflows. Written by ``tools/client.py`` from the API's description; do not edit."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Literal, cast

from studio.client import models as m
from studio.client.transport import Part


class WorkflowsPart(Part):
    """Operations on workflows."""

    async def list_workflow_tags(
        self,
        *,
        state: Literal["active", "archived", "deleted"] | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> m.PageOutTagOut:
        """The tags of the workflows that the caller may see, by name, and how many of them have each."""
        return cast(
            "m.PageOutTagOut",
            await self.ask("GET", "/workflow-tags", query={"state": state, "cursor": cursor, "limit": limit}),
        )

    def iter_workflow_tags(
        self, *, state: Literal["active", "archived", "deleted"] | None = None, limit: int | None = None
    ) -> AsyncGenerator[m.TagOut]:
        """Every item of ``list_workflow_tags``, page by page as they are needed."""
        return cast("AsyncGenerator[m.TagOut]", self.paged("/workflow-tags", {"state": state, "limit": limit}))

    async def list_workflows(
        self,
        *,
        folder: str | None = None,
        below: bool | None = None,
        tag: str | None = None,
        owner: str | None = None,
        q: str | None = None,
        state: Literal["active", "archived", "deleted"] | None = None,
        sort: Literal["name", "updated"] | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> m.PageOutWorkflowOut:
        """Workflows that the caller may see."""
        return cast(
            "m.PageOutWorkflowOut",
            await self.ask(
                "GET",
                "/workflows",
                query={
                    "folder": folder,
                    "below": below,
                    "tag": tag,
                    "owner": owner,
                    "q": q,
                    "state": state,
                    "sort": sort,
                    "cursor": cursor,
                    "limit": limit,
                },
            ),
        )

    def iter_workflows(
        self,
        *,
        folder: str | None = None,
        below: bool | None = None,
        tag: str | None = None,
        owner: str | None = None,
        q: str | None = None,
        state: Literal["active", "archived", "deleted"] | None = None,
        sort: Literal["name", "updated"] | None = None,
        limit: int | None = None,
    ) -> AsyncGenerator[m.WorkflowOut]:
        """Every item of ``list_workflows``, page by page as they are needed."""
        return cast(
            "AsyncGenerator[m.WorkflowOut]",
            self.paged(
                "/workflows",
                {
                    "folder": folder,
                    "below": below,
                    "tag": tag,
                    "owner": owner,
                    "q": q,
                    "state": state,
                    "sort": sort,
                    "limit": limit,
                },
            ),
        )

    async def create_workflow(self, body: m.WorkflowIn, *, idempotency_key: str | None = None) -> m.WorkflowOut:
        """Make a workflow: an empty one with a name, or one from a document.

        The document must be a workflow, though it need not be sound yet: what is wrong with it is told by
        `POST /workflows/{workflow}/validate`, and `publish` refuses it until it is mended.
        """
        return cast(
            "m.WorkflowOut",
            await self.ask("POST", "/workflows", headers={"Idempotency-Key": idempotency_key}, json=body),
        )

    async def change_workflows(self, body: m.StudioServerResourcesWorkflowsSchemasBulkIn) -> m.OutcomesOut:
        """Move, tag, archive or delete several workflows. Each by itself: one that is refused keeps no other
        back.
        """
        return cast("m.OutcomesOut", await self.ask("POST", "/workflows/bulk", json=body))

    async def export_workflows(self, body: m.ExportIn) -> bytes:
        """Several workflows, and those they call, as a zip of files that can be imported again."""
        return await self.ask_bytes("POST", "/workflows/export", json=body)

    async def import_workflows(
        self,
        body: m.ImportIn,
        *,
        name: str | None = None,
        folder: str | None = None,
        existing: Literal["refuse", "new", "draft"] | None = None,
        idempotency_key: str | None = None,
    ) -> m.ImportOut:
        """Make drafts of workflow files: of all, or of none where one is no workflow document.

        The files come as JSON, as a form (`curl -F file=@greeting.yaml`), or as the body itself: a YAML or
        JSON document,
        or a zip of many. The name of a file gives the key; a body without a name is called after its
        workflow. A refusal
        names every problem with file, line and column.
        """
        return cast(
            "m.ImportOut",
            await self.ask(
                "POST",
                "/workflows/import",
                query={"name": name, "folder": folder, "existing": existing},
                headers={"Idempotency-Key": idempotency_key},
                json=body,
            ),
        )

    async def validate_document(self, body: m.DocumentIn) -> m.ProblemsOut:
        """Check a document: every problem with its place. Nothing of it is executed or kept."""
        return cast("m.ProblemsOut", await self.ask("POST", "/workflows/validate", json=body))

    async def show_workflow(self, workflow: str) -> m.WorkflowOut:
        """A workflow, by its id or its key."""
        return cast("m.WorkflowOut", await self.ask("GET", f"/workflows/{self.quote(workflow)}"))

    async def change_workflow(
        self, workflow: str, body: m.WorkflowChange, *, if_match: str | None = None
    ) -> m.WorkflowOut:
        """Rename a workflow, move it to another folder, or give it another key, description or tags."""
        return cast(
            "m.WorkflowOut",
            await self.ask("PATCH", f"/workflows/{self.quote(workflow)}", headers={"If-Match": if_match}, json=body),
        )

    async def delete_workflow(self, workflow: str, *, if_match: str | None = None) -> None:
        """Delete a workflow. It can be brought back for thirty days. What runs goes on."""
        await self.ask("DELETE", f"/workflows/{self.quote(workflow)}", headers={"If-Match": if_match})

    async def archive_workflow(self, workflow: str, *, if_match: str | None = None) -> m.WorkflowOut:
        """Put a workflow away: it is neither edited nor started until it is taken out again."""
        return cast(
            "m.WorkflowOut",
            await self.ask("POST", f"/workflows/{self.quote(workflow)}/archive", headers={"If-Match": if_match}),
        )

    async def compare_versions(self, workflow: str, *, old: str, new: str | None = None) -> m.DiffOut:
        """What differs between two versions, or between a version and the draft. The canvas does not count."""
        return cast(
            "m.DiffOut",
            await self.ask("GET", f"/workflows/{self.quote(workflow)}/diff", query={"old": old, "new": new}),
        )

    async def show_draft(self, workflow: str) -> m.DraftOut:
        """The draft. Its ETag is its revision."""
        return cast("m.DraftOut", await self.ask("GET", f"/workflows/{self.quote(workflow)}/draft"))

    async def replace_draft(self, workflow: str, body: m.DraftIn, *, if_match: str | None = None) -> m.DraftOut:
        """Make a document the draft. With `If-Match`, only where the draft still has that revision."""
        return cast(
            "m.DraftOut",
            await self.ask(
                "PUT", f"/workflows/{self.quote(workflow)}/draft", headers={"If-Match": if_match}, json=body
            ),
        )

    async def duplicate_workflow(
        self, workflow: str, body: m.DuplicateIn, *, idempotency_key: str | None = None
    ) -> m.WorkflowOut:
        """Make a new workflow from the draft of this one."""
        return cast(
            "m.WorkflowOut",
            await self.ask(
                "POST",
                f"/workflows/{self.quote(workflow)}/duplicate",
                headers={"Idempotency-Key": idempotency_key},
                json=body,
            ),
        )

    async def export_workflow(
        self, workflow: str, *, version: int | None = None, format: Literal["yaml", "json"] | None = None
    ) -> m.ExportOut:
        """The workflow as a file, and after it the workflows that it calls. Put into one folder they run
        there.
        """
        return cast(
            "m.ExportOut",
            await self.ask(
                "GET", f"/workflows/{self.quote(workflow)}/export", query={"version": version, "format": format}
            ),
        )

    async def publish_workflow(
        self, workflow: str, body: m.PublishIn, *, if_match: str | None = None, idempotency_key: str | None = None
    ) -> m.PublishedOut:
        """Freeze the draft as the next version, which runs from now on. `If-Match` is about the draft's
        revision.

        A draft with errors is refused, with every problem.
        """
        return cast(
            "m.PublishedOut",
            await self.ask(
                "POST",
                f"/workflows/{self.quote(workflow)}/publish",
                headers={"If-Match": if_match, "Idempotency-Key": idempotency_key},
                json=body,
            ),
        )

    async def transfer_workflow(
        self, workflow: str, body: m.TransferIn, *, if_match: str | None = None
    ) -> m.WorkflowOut:
        """Make another member the owner. The owner may do that, and whoever manages members.

        The new owner is told, and may hand it back. Until they have accepted it nothing runs with their
        right.
        """
        return cast(
            "m.WorkflowOut",
            await self.ask(
                "POST", f"/workflows/{self.quote(workflow)}/transfer", headers={"If-Match": if_match}, json=body
            ),
        )

    async def accept_workflow(self, workflow: str, *, if_match: str | None = None) -> m.WorkflowOut:
        """Accept a workflow that somebody else made the caller the owner of."""
        return cast(
            "m.WorkflowOut",
            await self.ask(
                "POST", f"/workflows/{self.quote(workflow)}/transfer/accept", headers={"If-Match": if_match}
            ),
        )

    async def decline_workflow(self, workflow: str, *, if_match: str | None = None) -> m.WorkflowOut:
        """Hand a workflow that the caller has not accepted back to who owned it before."""
        return cast(
            "m.WorkflowOut",
            await self.ask(
                "POST", f"/workflows/{self.quote(workflow)}/transfer/decline", headers={"If-Match": if_match}
            ),
        )

    async def unarchive_workflow(self, workflow: str, *, if_match: str | None = None) -> m.WorkflowOut:
        """Take a workflow out of the archive."""
        return cast(
            "m.WorkflowOut",
            await self.ask("POST", f"/workflows/{self.quote(workflow)}/unarchive", headers={"If-Match": if_match}),
        )

    async def undelete_workflow(self, workflow: str) -> m.WorkflowOut:
        """Bring a deleted workflow back, by its id."""
        return cast("m.WorkflowOut", await self.ask("POST", f"/workflows/{self.quote(workflow)}/undelete"))

    async def validate_workflow(self, workflow: str, body: m.DocumentIn) -> m.ProblemsOut:
        """Check the draft; or a document as if it were the draft."""
        return cast("m.ProblemsOut", await self.ask("POST", f"/workflows/{self.quote(workflow)}/validate", json=body))

    async def list_versions(
        self, workflow: str, *, cursor: str | None = None, limit: int | None = None
    ) -> m.PageOutVersionOut:
        """Versions, newest first."""
        return cast(
            "m.PageOutVersionOut",
            await self.ask(
                "GET", f"/workflows/{self.quote(workflow)}/versions", query={"cursor": cursor, "limit": limit}
            ),
        )

    def iter_versions(self, workflow: str, *, limit: int | None = None) -> AsyncGenerator[m.VersionOut]:
        """Every item of ``list_versions``, page by page as they are needed."""
        return cast(
            "AsyncGenerator[m.VersionOut]", self.paged(f"/workflows/{self.quote(workflow)}/versions", {"limit": limit})
        )

    async def show_version(self, workflow: str, number: int) -> m.VersionDocumentOut:
        """A version with its document."""
        return cast(
            "m.VersionDocumentOut",
            await self.ask("GET", f"/workflows/{self.quote(workflow)}/versions/{self.quote(number)}"),
        )

    async def restore_version(self, workflow: str, number: int, *, if_match: str | None = None) -> m.DraftOut:
        """Make a version the draft again. What runs stays what it is until that is published."""
        return cast(
            "m.DraftOut",
            await self.ask(
                "POST",
                f"/workflows/{self.quote(workflow)}/versions/{self.quote(number)}/restore",
                headers={"If-Match": if_match},
            ),
        )
