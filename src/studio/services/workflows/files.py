"""Workflows as files: into a workspace and out of it, with those they call.

In files a call names the file of the called workflow, in the workspace its key; both are put right on the way, so that
what was exported runs from the command line, and what runs there can be imported.
"""

from __future__ import annotations

import dataclasses
import posixpath
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple, TypeAlias

import msgspec

from studio.catalog import Catalog
from studio.contracts.records import AuditDraft, Change
from studio.domain.access import Actor, Permission
from studio.domain.canonical import plain_workflow
from studio.domain.errors import Conflict, RecordTaken, UserError, WorkflowInvalid
from studio.domain.workflow import Workflow
from studio.services._collection import Kept
from studio.services.auditing import entry
from studio.services.workflows._threads import aside
from studio.services.workflows.checking import Checker, errors_of
from studio.services.workflows.drafts import Drafts
from studio.services.workflows.finding import Finder, require_unscoped
from studio.services.workflows.folders import Folders
from studio.services.workflows.making import Making, key_taken
from studio.services.workflows.model import ROOT, Shelf, WorkflowHead, version_id
from studio.services.workflows.naming import check_workflow_name, key_for
from studio.services.workflows.resolving import references, with_references
from studio.validation import Loaded, Problem, load, save

MAX_FILES = 100
Existing: TypeAlias = Literal["refuse", "new", "draft"]
"""What becomes of a file whose key a workflow has already: nothing is imported; another key; that one's draft."""


class File(NamedTuple):
    """A workflow file. Names may have folders in them, separated by slashes."""

    name: str
    text: str


class FilesInvalid(WorkflowInvalid):
    """Files are no workflows. ``files`` holds the name of the file for each problem."""

    def __init__(self, found: Sequence[tuple[str, Problem]]) -> None:
        super().__init__([problem for _, problem in found])
        self.files = [name for name, _ in found]


class Imported(NamedTuple):
    """A file that became a workflow, and what is wrong with it yet."""

    file: str
    head: Kept[WorkflowHead]
    problems: list[Problem]


@dataclasses.dataclass(slots=True)
class Incoming:
    """A file on its way in. ``replaces`` is the workflow whose draft it becomes, where that is there already."""

    file: File
    loaded: Loaded
    workflow: Workflow
    key: str
    replaces: Kept[WorkflowHead] | None = None
    id: str = ""

    @property
    def name(self) -> str:
        """Name of the file, in its shortest form."""
        return posixpath.normpath(self.file.name)


class Files:
    """Imports and exports workflows."""

    def __init__(
        self,
        shelf: Shelf,
        catalog: Catalog,
        folders: Folders,
        finder: Finder,
        drafts: Drafts,
        making: Making,
        checker: Checker,
    ) -> None:
        self._shelf = shelf
        self._catalog = catalog
        self._folders = folders
        self._finder = finder
        self._drafts = drafts
        self._making = making
        self._checker = checker

    async def take(
        self, actor: Actor, files: Sequence[File], *, folder: str = ROOT, existing: Existing = "refuse"
    ) -> list[Imported]:
        """Make drafts of files: all of them, or none where one is no workflow. The file's name gives the key.

        Raises:
            FilesInvalid: A file is no workflow document; carries every problem of every file.
            UserError: There are none, too many, or two of one name.
            Conflict: A key belongs to a workflow already, and ``existing`` refuses that.
            AccessRefused: The actor may not make workflows in that folder, or not change the one that is there.
        """
        require_unscoped(actor)
        await self._folders.need(actor, folder, Permission.WORKFLOW_EDIT)
        incoming = await read_files(files)
        await self._give_keys(actor, incoming, existing)
        connect(incoming, self._catalog)
        changes: list[Change] = []
        audit: list[AuditDraft] = []
        for one in incoming:
            await self._put(actor, one, folder, changes, audit)
        try:
            await self._shelf.records.commit(changes, audit)
        except RecordTaken as error:
            raise key_taken(", ".join(one.key for one in incoming)) from error
        return [await self._imported(actor, one) for one in incoming]

    async def give(
        self, actor: Actor, reference: str, *, which: int | None = None, format: Literal["yaml", "json"] = "yaml"
    ) -> list[File]:
        """The draft of a workflow, or one of its versions, as a file; after it the workflows that it calls.

        Those that are called are as they are published (as drafts where they are not); what the actor may not see is
        left out, and stays named by its key.

        Raises:
            NotFound: There is no such workflow or version.
        """
        head = await self._finder.find(actor, reference)
        found: dict[str, tuple[Kept[WorkflowHead], Workflow]] = {}
        names: dict[str, str] = {}
        pending: list[tuple[str, Kept[WorkflowHead], int | None]] = [(head.id, head, which)]
        for name in (head.id, head.value.key):
            names[name] = f"{head.value.key}.{format}"
        while pending:
            id, one, number = pending.pop(0)
            tree = await self._tree(actor.workspace, one, number)
            workflow = await aside(Workflow.model_validate, tree)
            found[id] = (one, workflow)
            for name in references(workflow, self._catalog):
                called = await self._finder.any(actor.workspace, name)
                if name in names or called is None or called.value.deleted_at is not None:
                    continue
                if actor.workflows is not None and called.id not in actor.workflows:
                    continue
                if not await self._finder.allows(actor, Permission.WORKFLOW_VIEW, called.value):
                    continue
                names[name] = f"{called.value.key}.{format}"
                if called.id not in found and all(called.id != other[0] for other in pending):
                    pending.append((called.id, called, called.value.published or None))
        await self._shelf.records.commit(
            [], [entry(actor, "workflow.exported", kind="workflow", id=head.id, name=head.value.name)]
        )
        return [
            File(f"{one.value.key}.{format}", save(with_references(workflow, self._catalog, names), format))
            for one, workflow in found.values()
        ]

    async def _tree(self, workspace: str, head: Kept[WorkflowHead], number: int | None) -> dict[str, Any]:
        if number is None:
            return (await self._drafts.load(workspace, head.id)).document
        document = await self._shelf.documents.need(workspace, version_id(head.id, number))
        return msgspec.json.decode(document.value.document)

    async def _give_keys(self, actor: Actor, incoming: Sequence[Incoming], existing: Existing) -> None:
        taken: list[str] = []
        for one in incoming:
            stem = posixpath.splitext(posixpath.basename(one.name))[0]
            one.key = key_for(stem, taken)
            other = await self._shelf.workflows.by_key(actor.workspace, one.key)
            if other is not None and existing == "refuse":
                raise Conflict(
                    "workflow.import_exists",
                    "There is a workflow with the key {key} already. Say what becomes of {file}.",
                    key=one.key, file=one.file.name,
                ).at(param="existing")  # fmt: skip
            if other is not None and existing == "draft":
                one.replaces = await self._finder.editable(actor, other.id)
            elif other is not None:
                one.key = await self._making.free_key(actor.workspace, stem, [*taken, one.key])
            taken.append(one.key)

    async def _put(
        self, actor: Actor, one: Incoming, folder: str, changes: list[Change], audit: list[AuditDraft]
    ) -> None:
        tree = await aside(plain_workflow, one.workflow)
        head = one.replaces
        if head is None:
            one.id, made, made_entry = self._making.changes(actor, tree, one.key, folder, ())
            changes += made
            audit.append(made_entry)
            return
        one.id = head.id
        before = (await self._drafts.load(actor.workspace, head.id)).kept
        changes += self._drafts.changes(actor.workspace, head, before, tree, by=actor.id)
        audit.append(
            entry(
                actor, "workflow.draft_replaced", kind="workflow", id=head.id, name=one.workflow.name,
                before={"revision": before.revision}, after={"revision": before.revision + 1, "file": one.file.name},
            )
        )  # fmt: skip

    async def _imported(self, actor: Actor, one: Incoming) -> Imported:
        head = await self._shelf.workflows.need(actor.workspace, one.id)
        loaded = dataclasses.replace(one.loaded, workflow=one.workflow, draft=one.workflow)
        return Imported(one.file.name, head, await self._checker.problems(actor, loaded, head))


async def read_files(files: Sequence[File]) -> list[Incoming]:
    """Read files strictly.

    Raises:
        FilesInvalid: One is no workflow document; carries every problem of every file.
        UserError: There are none, too many, or two of one name.
    """
    names = [posixpath.normpath(file.name) for file in files]
    if not 1 <= len(files) <= MAX_FILES or len(set(names)) < len(names):
        raise UserError(
            "workflow.import_files", "An import takes from 1 to {most} files, each of another name.", most=MAX_FILES
        ).at(param="files")
    wrong: list[tuple[str, Problem]] = []
    found: list[Incoming] = []
    for file in files:
        loaded = await aside(load, file.text, source=file.name)
        if loaded.workflow is None:
            wrong += [(file.name, one) for one in errors_of(loaded.problems)]
        else:
            check_workflow_name(loaded.workflow.name)
            found.append(Incoming(file, loaded, loaded.workflow, ""))
    if wrong:
        raise FilesInvalid(wrong)
    return found


def connect(incoming: Sequence[Incoming], catalog: Catalog) -> None:
    """Let calls that name a file among those that come in name its key instead."""
    keys = {one.name: one.key for one in incoming}
    for one in incoming:
        here = posixpath.dirname(one.name)
        names: dict[str, str] = {}
        for name in references(one.workflow, catalog):
            key = keys.get(posixpath.normpath(posixpath.join(here, name)))
            if key is not None:
                names[name] = key
        if names:
            one.workflow = with_references(one.workflow, catalog, names)
