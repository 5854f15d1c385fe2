"""Freezing drafts as versions, looking at versions, and going back to one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple, TypeAlias

import msgspec

from studio.contracts.records import Change
from studio.contracts.store import Store
from studio.domain import diff as differences
from studio.domain.access import Actor, Permission
from studio.domain.canonical import canonical, content_hash
from studio.domain.diff import Change as Difference
from studio.domain.errors import Conflict, NotFound, RecordChanged, UserError, WorkflowInvalid
from studio.domain.workflow import Workflow
from studio.services._clock import Clock
from studio.services._collection import Kept, Page
from studio.services.auditing import entry
from studio.services.workflows._threads import aside
from studio.services.workflows.checking import Checker, errors_of
from studio.services.workflows.drafts import DraftDocument, Drafts
from studio.services.workflows.finding import Finder
from studio.services.workflows.model import Shelf, Version, VersionDocument, WorkflowHead, version_id
from studio.services.workflows.needs import Needs
from studio.validation import Problem

DRAFT = "draft"
MAX_NOTE = 2000

MayUse: TypeAlias = Callable[[Actor, Needs], Awaitable[None]]
"""Refuses (AccessRefused) where somebody may not use something of this."""


class Published(NamedTuple):
    """A version just made, and the warnings that it was made with."""

    head: Kept[WorkflowHead]
    version: Kept[Version]
    warnings: list[Problem]


class Compared(NamedTuple):
    """What differs between two documents, as data and as lines."""

    changes: list[Difference]
    text: str


class Publishing:
    """Makes and reads versions."""

    def __init__(
        self,
        shelf: Shelf,
        store: Store,
        finder: Finder,
        drafts: Drafts,
        checker: Checker,
        may_use: MayUse,
        clock: Clock,
    ) -> None:
        self._shelf = shelf
        self._store = store
        self._finder = finder
        self._drafts = drafts
        self._checker = checker
        self._may_use = may_use
        self._clock = clock

    async def publish(self, actor: Actor, reference: str, *, note: str = "", expected: int | None = None) -> Published:
        """Freeze the draft as the next version, which runs from now on.

        Args:
            actor: Who publishes. They must be allowed to use the credentials, data tables and variables that the
                workflow names, and to run the workflows that it calls.
            reference: Id or key.
            note: What this version is about.
            expected: Revision of the draft that is meant, None for the present one.

        Raises:
            WorkflowInvalid: The draft has errors; carries every problem.
            RecordChanged: The draft has another revision, or somebody else published at the same time.
            Conflict: The version that runs already says the same; or the workflow is archived.
        """
        if len(note) > MAX_NOTE:
            raise UserError("workflow.note", "A note has {most} characters at most.", most=MAX_NOTE).at(param="note")
        head = await self._finder.editable(actor, reference, Permission.WORKFLOW_PUBLISH)
        draft = await self._drafts.load(actor.workspace, head.id)
        if expected is not None and expected != draft.revision:
            raise _changed(head.id)
        workflow = await aside(Workflow.model_validate, draft.document)
        problems, _ = await self._checker.check(actor, workflow, head)
        if errors_of(problems):
            raise WorkflowInvalid(problems)
        await self._may_use(actor, await aside(self._checker.needs, workflow))
        hash, document = await aside(lambda: (content_hash(workflow), canonical(workflow)))
        if hash == head.value.published_hash:
            raise Conflict(
                "workflow.nothing_new", "Version {number} says the same already.", number=head.value.published
            )
        await self._store.put_version(actor.workspace, hash, workflow.name, document)
        return await self._freeze(actor, head, draft, workflow, hash, note.strip(), problems)

    async def _freeze(
        self,
        actor: Actor,
        head: Kept[WorkflowHead],
        draft: DraftDocument,
        workflow: Workflow,
        hash: str,
        note: str,
        problems: list[Problem],
    ) -> Published:
        workspace, number = actor.workspace, head.value.versions + 1
        tree, now = draft.document, self._clock()
        published = msgspec.structs.replace(
            head.value, published=number, published_hash=hash, versions=number, updated_by=actor.id
        )
        await self._shelf.records.commit(
            [
                self._shelf.workflows.put(workspace, head.id, published, expected=head.revision),
                self._shelf.drafts.check(workspace, head.id, draft.revision),
                *frozen(self._shelf, actor, head.id, number, tree, hash, note=note, at=now),
            ],
            [entry(
                actor, "workflow.published", kind="workflow", id=head.id, name=workflow.name,
                before={"version": head.value.published, "hash": head.value.published_hash},
                after={"version": number, "hash": hash, "note": note},
            )],
        )  # fmt: skip
        return Published(
            await self._shelf.workflows.need(workspace, head.id),
            await self._shelf.versions.need(workspace, version_id(head.id, number)),
            problems,
        )

    async def versions(
        self, actor: Actor, reference: str, *, after: tuple[str, str] | None = None, limit: int = 50
    ) -> Page[Version]:
        """The versions of a workflow, newest first.

        Raises:
            NotFound: There is no such workflow.
        """
        head = await self._finder.find(actor, reference)
        return await self._shelf.versions.page(
            actor.workspace, parent=head.id, after=after, descending=True, limit=limit
        )

    async def version(self, actor: Actor, reference: str, number: int) -> tuple[Kept[Version], dict[str, Any]]:
        """A version and its document as it was written.

        Raises:
            NotFound: There is no such workflow or version.
        """
        head = await self._finder.find(actor, reference)
        return await self._version(actor.workspace, head, number)

    async def _version(
        self, workspace: str, head: Kept[WorkflowHead], number: int
    ) -> tuple[Kept[Version], dict[str, Any]]:
        id = version_id(head.id, number)
        version = await self._shelf.versions.get(workspace, id)
        document = await self._shelf.documents.get(workspace, id)
        if version is None or document is None:
            raise NotFound(
                "workflow.version_not_found", "{name} has no version {number}.", name=head.value.name, number=number
            )
        return version, msgspec.json.decode(document.value.document)

    async def compare(self, actor: Actor, reference: str, old: int | str, new: int | str) -> Compared:
        """What differs between two versions, or a version and the draft; each a number or ``draft``.

        Raises:
            NotFound: There is no such workflow or version.
        """
        head = await self._finder.find(actor, reference)
        trees = [await self._tree(actor.workspace, head, side) for side in (old, new)]

        def compare() -> Compared:
            one, other = (Workflow.model_validate(tree) for tree in trees)
            changes = differences.diff(one, other)
            return Compared(changes, differences.render(changes))

        return await aside(compare)

    async def _tree(self, workspace: str, head: Kept[WorkflowHead], side: int | str) -> dict[str, Any]:
        if isinstance(side, int):
            return (await self._version(workspace, head, side))[1]
        return (await self._drafts.load(workspace, head.id)).document

    async def restore(self, actor: Actor, reference: str, number: int, expected: int | None = None) -> DraftDocument:
        """Make a version the draft again. What runs stays what it is until that is published.

        Raises:
            NotFound: There is no such workflow or version.
            RecordChanged: The draft has another revision than ``expected``.
        """
        head = await self._finder.editable(actor, reference)
        _, document = await self._version(actor.workspace, head, number)
        before = (await self._drafts.load(actor.workspace, head.id)).kept
        changes = self._drafts.changes(actor.workspace, head, before, document, by=actor.id, expected=expected)
        await self._shelf.records.commit(
            changes,
            [entry(
                actor, "workflow.version_restored", kind="workflow", id=head.id, name=head.value.name,
                before={"revision": before.revision}, after={"revision": before.revision + 1, "version": number},
            )],
        )  # fmt: skip
        return await self._drafts.load(actor.workspace, head.id)


def frozen(
    shelf: Shelf, actor: Actor, workflow: str, number: int, tree: Mapping[str, Any], hash: str, *, note: str, at: int
) -> list[Change]:
    """The changes that make a version."""
    id = version_id(workflow, number)
    version = Version(
        workflow=workflow, number=number, hash=hash, name=str(tree["name"]), note=note, by=actor.id, at=at
    )
    document = VersionDocument(workflow=workflow, document=msgspec.json.encode(tree))
    return [
        shelf.versions.put(actor.workspace, id, version, expected=0),
        shelf.documents.put(actor.workspace, id, document, expected=0),
    ]


def _changed(workflow: str) -> RecordChanged:
    return RecordChanged(
        "record.changed", "The {kind} was changed meanwhile. Load it again and repeat the change.",
        kind="draft", id=workflow,
    )  # fmt: skip
