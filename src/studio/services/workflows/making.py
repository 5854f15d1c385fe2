"""Making workflows: empty, from a document, or as a copy of another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from studio.contracts.records import AuditDraft, Change
from studio.domain.access import Actor, Permission
from studio.domain.errors import Conflict, RecordTaken
from studio.domain.ids import new_id
from studio.services._collection import Kept
from studio.services.auditing import entry
from studio.services.workflows.drafts import Drafts
from studio.services.workflows.finding import Finder, require_unscoped
from studio.services.workflows.folders import Folders
from studio.services.workflows.model import ROOT, Shelf, WorkflowHead
from studio.services.workflows.naming import check_key, check_tags, key_for
from studio.services.workflows.reading import blank, read

_TRIES = 20


class Making:
    """Makes workflows."""

    def __init__(self, shelf: Shelf, folders: Folders, finder: Finder, drafts: Drafts) -> None:
        self._shelf = shelf
        self._folders = folders
        self._finder = finder
        self._drafts = drafts

    async def create(
        self,
        actor: Actor,
        *,
        document: Mapping[str, Any] | str | None = None,
        name: str | None = None,
        key: str | None = None,
        folder: str = ROOT,
        tags: Sequence[str] = (),
    ) -> Kept[WorkflowHead]:
        """Make a workflow from a document, or an empty one. A key is made from the name where none is given.

        Raises:
            WorkflowInvalid: The document is no workflow.
            NotFound: There is no such folder.
            AccessRefused: The actor may not make workflows there.
            Conflict: The key belongs to another workflow.
        """
        require_unscoped(actor)
        await self._folders.need(actor, folder, Permission.WORKFLOW_EDIT)
        found = await read(blank(name or "") if document is None else document)
        tree = found.tree if name is None else {**found.tree, "name": name}
        if name is not None and document is not None:
            tree = (await read(tree)).tree
        return await self._made(actor, tree, key, folder, tags)

    async def duplicate(
        self,
        actor: Actor,
        reference: str,
        *,
        name: str | None = None,
        key: str | None = None,
        folder: str | None = None,
    ) -> Kept[WorkflowHead]:
        """Make a workflow from the draft of another, in the same folder unless another is named.

        Raises:
            NotFound: There is no such workflow or folder.
            AccessRefused: The actor may not make workflows there.
            Conflict: The key belongs to another workflow.
        """
        require_unscoped(actor)
        head, draft = await self._drafts.show(actor, reference)
        folder = head.value.folder if folder is None else folder
        await self._folders.need(actor, folder, Permission.WORKFLOW_EDIT)
        tree = (await read({**draft.document, "name": name or _copy_of(head.value.name)})).tree
        return await self._made(actor, tree, key, folder, head.value.tags)

    async def _made(
        self, actor: Actor, tree: dict[str, Any], key: str | None, folder: str, tags: Sequence[str]
    ) -> Kept[WorkflowHead]:
        taken: list[str] = []
        for _ in range(_TRIES):
            chosen = check_key(key) if key is not None else await self.free_key(actor.workspace, tree["name"], taken)
            id, changes, audit = self.changes(actor, tree, chosen, folder, tags)
            try:
                await self._shelf.records.commit(changes, [audit])
            except RecordTaken as error:
                if key is not None:
                    raise key_taken(key) from error
                taken.append(chosen)
                continue
            return await self._shelf.workflows.need(actor.workspace, id)
        raise key_taken(key_for(tree["name"]))

    async def free_key(self, workspace: str, name: str, taken: Sequence[str] = ()) -> str:
        """A key from a name that no workflow has, nor is among ``taken``."""
        used = list(taken)
        while True:
            key = key_for(name, used)
            if await self._shelf.workflows.by_key(workspace, key) is None:
                return key
            used.append(key)

    def changes(
        self,
        actor: Actor,
        tree: dict[str, Any],
        key: str,
        folder: str,
        tags: Sequence[str],
        *,
        sample: str = "",
        published: str = "",
    ) -> tuple[str, list[Change], AuditDraft]:
        """Id, changes and audit entry of a new workflow; ``published`` is the hash of a first version made with it."""
        id = new_id()
        head = WorkflowHead(
            name=tree["name"], key=key, folder=folder, tags=check_tags(tags), owner=actor.id,
            description=tree.get("description") or "", created_by=actor.id, updated_by=actor.id, sample=sample,
            published=1 if published else 0, versions=1 if published else 0, published_hash=published,
        )  # fmt: skip
        workspace = actor.workspace
        changes: list[Change] = [self._shelf.workflows.put(workspace, id, head, expected=0)]
        changes += self._drafts.first(workspace, id, tree, by=actor.id)
        audit = entry(
            actor, "workflow.created", kind="workflow", id=id, name=head.name,
            after={"name": head.name, "key": key, "folder": folder, "tags": list(head.tags)},
        )  # fmt: skip
        return id, changes, audit


def key_taken(key: str) -> Conflict:
    """The error for a key that another workflow has."""
    found = Conflict("workflow.key_taken", "There is another workflow with the key {key}.", key=key)
    found.at(param="key")
    return found


def _copy_of(name: str) -> str:
    return f"{name[:196]} (2)"
