"""The editable document of a workflow, with revision numbers.

A large draft is kept in pieces (see ``_parts``): saving an edit writes only the pieces that differ. Editing sessions
build on ``load`` and ``changes``: they give the changes of a draft together with their own in one commit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from studio.contracts.records import Change
from studio.domain.access import Actor, Permission
from studio.domain.errors import RecordChanged
from studio.services._clock import Clock
from studio.services._collection import Kept
from studio.services.auditing import entry
from studio.services.workflows._parts import join, split
from studio.services.workflows.finding import Finder, no_workflow
from studio.services.workflows.model import Draft, DraftPart, PartRef, Shelf, WorkflowHead
from studio.services.workflows.naming import check_workflow_name
from studio.services.workflows.reading import read

_READS = 10


class DraftDocument(NamedTuple):
    """A draft as read. ``kept`` is what ``changes`` compares with."""

    document: dict[str, Any]
    revision: int
    kept: Kept[Draft]


class Drafts:
    """Reads and writes drafts."""

    def __init__(self, shelf: Shelf, finder: Finder, clock: Clock) -> None:
        self._shelf = shelf
        self._finder = finder
        self._clock = clock

    async def load(self, workspace: str, workflow: str) -> DraftDocument:
        """The draft of a workflow, by its id. Asks no permission.

        Raises:
            NotFound: There is no such workflow.
        """
        for _ in range(_READS):
            kept = await self._shelf.drafts.get(workspace, workflow)
            if kept is None:
                raise no_workflow(workflow)
            if not kept.value.parts:
                return DraftDocument(join(kept.value.rest, ()), kept.revision, kept)
            found = {one.id: one.value for one in await self._shelf.parts.all(workspace, parent=workflow)}
            # A part that is not there was replaced between the two reads.
            if all(part.id in found for part in kept.value.parts):
                parts = [(part.section, found[part.id].data) for part in kept.value.parts]
                document = await asyncio.to_thread(join, kept.value.rest, parts)
                return DraftDocument(document, kept.revision, kept)
        raise RecordChanged(
            "record.changed", "The {kind} was changed meanwhile. Load it again and repeat the change.",
            kind="draft", id=workflow,
        )  # fmt: skip

    def first(self, workspace: str, workflow: str, document: Mapping[str, Any], *, by: str) -> list[Change]:
        """The changes that make the first draft of a workflow."""
        return self._written(workspace, workflow, (), document, by, 0)

    def changes(
        self,
        workspace: str,
        head: Kept[WorkflowHead],
        before: Kept[Draft],
        document: Mapping[str, Any],
        *,
        by: str,
        expected: int | None = None,
    ) -> list[Change]:
        """The changes that make ``document`` the draft; the draft's own is the first of them.

        Args:
            workspace: Whose workflow.
            head: The workflow. Its name and description follow the document's.
            before: The draft as it was read.
            document: A document that is a workflow, as a tree.
            by: Account that changes it.
            expected: The revision that the draft must have; None for that of ``before``.
        """
        revision = before.revision if expected is None else expected
        changes = self._written(workspace, head.id, before.value.parts, document, by, revision)
        named = named_by(head.value, document)
        if named != head.value:
            changes.append(self._shelf.workflows.put(workspace, head.id, named, expected=head.revision))
        return changes

    def _written(
        self,
        workspace: str,
        workflow: str,
        parts: Sequence[PartRef],
        document: Mapping[str, Any],
        by: str,
        revision: int,
    ) -> list[Change]:
        pieces = split(document, parts)
        draft = Draft(workflow=workflow, rest=pieces.rest, parts=pieces.parts, by=by, at=self._clock())
        changes: list[Change] = [self._shelf.drafts.put(workspace, workflow, draft, expected=revision)]
        for id, data in pieces.fresh.items():
            changes.append(self._shelf.parts.put(workspace, id, DraftPart(workflow=workflow, data=data), expected=0))
        kept = {part.id for part in pieces.parts}
        changes += [self._shelf.parts.drop(workspace, part.id) for part in parts if part.id not in kept]
        return changes

    async def show(self, actor: Actor, reference: str) -> tuple[Kept[WorkflowHead], DraftDocument]:
        """A workflow and its draft.

        Raises:
            NotFound: There is no such workflow.
        """
        head = await self._finder.find(actor, reference)
        return head, await self.load(actor.workspace, head.id)

    async def replace(
        self, actor: Actor, reference: str, document: Mapping[str, Any] | str, expected: int | None
    ) -> DraftDocument:
        """Make a document the draft. It must be a workflow, though it need not be sound yet.

        Raises:
            WorkflowInvalid: It is no workflow document.
            RecordChanged: The draft has another revision than ``expected``; nothing was changed.
            Conflict: The workflow is archived.
        """
        head = await self._finder.editable(actor, reference, Permission.WORKFLOW_EDIT)
        found = await read(document)
        before = await self._shelf.drafts.get(actor.workspace, head.id)
        if before is None:
            raise no_workflow(reference)
        changes = self.changes(actor.workspace, head, before, found.tree, by=actor.id, expected=expected)
        await self._shelf.records.commit(
            changes,
            [entry(
                actor, "workflow.draft_replaced", kind="workflow", id=head.id, name=found.workflow.name,
                before={"revision": before.revision}, after={"revision": before.revision + 1},
            )],
        )  # fmt: skip
        return await self.load(actor.workspace, head.id)


def named_by(head: WorkflowHead, document: Mapping[str, Any]) -> WorkflowHead:
    """The workflow with name and description of a document."""
    name, description = check_workflow_name(document.get("name")), document.get("description") or ""
    return msgspec.structs.replace(head, name=name, description=str(description))
