"""Changing what stands around a document: name, key, folder, tags, archive, deletion."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple, TypeAlias

import msgspec

from studio.contracts.records import Change
from studio.domain.access import Actor, Permission
from studio.domain.errors import RecordTaken, StudioError
from studio.services._clock import Clock
from studio.services._collection import Kept
from studio.services.auditing import entry
from studio.services.policy import require_no_gain
from studio.services.workflows.drafts import Drafts
from studio.services.workflows.ending import Endings, again
from studio.services.workflows.finding import Finder
from studio.services.workflows.folders import Folders
from studio.services.workflows.making import Making, key_taken
from studio.services.workflows.model import ROOT, Shelf, WorkflowHead
from studio.services.workflows.naming import check_key, check_tags
from studio.services.workflows.reading import read

DAY = 24 * 3600 * 1_000_000
KEPT = 30 * DAY
"""How long a deleted workflow can be brought back, microseconds."""

Action: TypeAlias = Literal["move", "tag", "untag", "archive", "unarchive", "delete"]
_LOG = logging.getLogger("studio.workflows")


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What is to change; None leaves a thing as it is."""

    name: str | None = None
    description: str | None = None
    key: str | None = None
    folder: str | None = None
    tags: list[str] | None = None


class Outcome(NamedTuple):
    """What became of one of several workflows."""

    workflow: str
    error: StudioError | None


class Changing:
    """Changes workflows."""

    def __init__(
        self,
        shelf: Shelf,
        folders: Folders,
        finder: Finder,
        drafts: Drafts,
        making: Making,
        clock: Clock,
        endings: Endings,
    ) -> None:
        self._shelf = shelf
        self._folders = folders
        self._finder = finder
        self._drafts = drafts
        self._making = making
        self._clock = clock
        self._endings = endings

    async def change(
        self, actor: Actor, reference: str, given: Given, expected: int | None = None
    ) -> Kept[WorkflowHead]:
        """Give a workflow another name, key, description, folder or tags. Name and description change the draft.

        Raises:
            NotFound: There is no such workflow or folder.
            AccessRefused: The actor may not do that, here or in the other folder.
            Conflict: The key belongs to another workflow; or this one is archived.
            RecordChanged: It has another revision than ``expected``.
        """
        head = await self._finder.editable(actor, reference)
        if given.folder is not None and given.folder != head.value.folder:
            path = await self._folders.need(actor, given.folder, Permission.WORKFLOW_EDIT)
            require_no_gain(actor, await self._folders.path(actor.workspace, head.value.folder), path)
        changed = _changed(head.value, given, actor)
        changes: list[Change] = []
        if (changed.name, changed.description) != (head.value.name, head.value.description):
            draft = await self._drafts.load(actor.workspace, head.id)
            tree = {**draft.document, "name": changed.name, "description": changed.description or None}
            tree = (await read(tree)).tree
            changed = msgspec.structs.replace(changed, name=tree["name"], description=tree.get("description") or "")
            renamed = Kept(changed, head.record)
            changes += self._drafts.changes(actor.workspace, renamed, draft.kept, tree, by=actor.id)
        await self._commit(actor, "workflow.changed", head, changed, expected, changes)
        return await self._shelf.workflows.need(actor.workspace, head.id)

    async def archive(self, actor: Actor, reference: str, *, on: bool, expected: int | None = None):
        """Put a workflow away, or take it out again. Nothing starts it while it is archived; what runs goes on.

        Raises:
            NotFound: There is no such workflow.
        """
        head = await self._finder.find(actor, reference, Permission.WORKFLOW_EDIT)
        if (head.value.archived_at is not None) == on:
            return head
        at = self._clock() if on else None
        changed = msgspec.structs.replace(head.value, archived_at=at, updated_by=actor.id)
        await self._commit(actor, "workflow.archived" if on else "workflow.unarchived", head, changed, expected)
        return await self._shelf.workflows.need(actor.workspace, head.id)

    async def delete(self, actor: Actor, reference: str, expected: int | None = None) -> None:
        """Delete a workflow with its versions and comments. It can be brought back for thirty days; what runs goes on.

        Raises:
            NotFound: There is no such workflow.
        """
        head = await self._finder.find(actor, reference, Permission.WORKFLOW_DELETE)
        now = self._clock()
        changed = msgspec.structs.replace(head.value, deleted_at=now, updated_by=actor.id)
        rest = await self._all_of(actor.workspace, head.id, now + KEPT)
        await self._commit(actor, "workflow.deleted", head, changed, expected, rest, expires_at=now + KEPT)
        await self._follow(actor.workspace, head.id)

    async def undelete(self, actor: Actor, reference: str) -> Kept[WorkflowHead]:
        """Bring a deleted workflow back, by its id. It gets another key where its own was taken meanwhile.

        Raises:
            NotFound: There is none such.
        """
        head = await self._finder.find(actor, reference, Permission.WORKFLOW_DELETE, deleted=True)
        key = head.value.key
        if await self._shelf.workflows.by_key(actor.workspace, key) is not None:
            key = await self._making.free_key(actor.workspace, key, [key])
        # Its folder may be gone: only what is deleted may lie in a folder that is deleted.
        folder = head.value.folder if await self._folders.path(actor.workspace, head.value.folder) else ROOT
        changed = msgspec.structs.replace(head.value, key=key, folder=folder, deleted_at=None, updated_by=actor.id)
        rest = await self._all_of(actor.workspace, head.id, None)
        await self._commit(actor, "workflow.undeleted", head, changed, None, rest)
        await self._follow(actor.workspace, head.id)
        return await self._shelf.workflows.need(actor.workspace, head.id)

    async def bulk(
        self, actor: Actor, workflows: Sequence[str], action: Action, *, folder: str = ROOT, tags: Sequence[str] = ()
    ) -> list[Outcome]:
        """Do one thing with several workflows; each by itself, so that one that is refused keeps no other back."""
        outcomes: list[Outcome] = []
        for workflow in dict.fromkeys(workflows):
            try:
                await self._one(actor, workflow, action, folder, tags)
                outcomes.append(Outcome(workflow, None))
            except StudioError as error:
                outcomes.append(Outcome(workflow, error))
        return outcomes

    async def _one(self, actor: Actor, workflow: str, action: Action, folder: str, tags: Sequence[str]) -> None:
        if action == "delete":
            await self.delete(actor, workflow)
        elif action in ("archive", "unarchive"):
            await self.archive(actor, workflow, on=action == "archive")
        elif action == "move":
            await self.change(actor, workflow, Given(folder=folder))
        else:
            head = await self._finder.find(actor, workflow, Permission.WORKFLOW_EDIT)
            old, named = head.value.tags, check_tags(tags)
            kept = [*old, *named] if action == "tag" else [tag for tag in old if tag not in named]
            await self.change(actor, workflow, Given(tags=kept), head.revision)

    async def _follow(self, workspace: str, workflow: str) -> None:
        """Let what stands around it end or stay too. What fails here is done by the next look."""
        try:
            await self._endings.finish(workspace, workflow)
        except StudioError as error:
            _LOG.warning("what belongs to a workflow follows later: %s", error.code, extra={"workflow": workflow})

    async def _all_of(self, workspace: str, workflow: str, expires_at: int | None) -> list[Change]:
        """The changes that let everything but the head of a workflow end at a time, or stay."""
        shelf = self._shelf
        draft = await shelf.drafts.need(workspace, workflow)
        # Even where its end is that already: whoever edits it at this moment must find another revision.
        found: list[Change] = [
            shelf.drafts.put(workspace, workflow, draft.value, expected=draft.revision, expires_at=expires_at)
        ]
        for one in await shelf.parts.all(workspace, parent=workflow):
            found += again(shelf.parts, one, expires_at)
        for one in await shelf.versions.all(workspace, parent=workflow):
            found += again(shelf.versions, one, expires_at)
        for one in await shelf.documents.all(workspace, parent=workflow):
            found += again(shelf.documents, one, expires_at)
        return [*found, *self._endings.begun(workspace, workflow, expires_at)]

    async def _commit(
        self,
        actor: Actor,
        action: str,
        head: Kept[WorkflowHead],
        changed: WorkflowHead,
        expected: int | None,
        more: Sequence[Change] = (),
        *,
        expires_at: int | None = None,
    ) -> None:
        revision = head.revision if expected is None else expected
        put = self._shelf.workflows.put(actor.workspace, head.id, changed, expected=revision, expires_at=expires_at)
        before, after = differing(head.value, changed)
        audit = entry(actor, action, kind="workflow", id=head.id, name=changed.name, before=before, after=after)
        try:
            await self._shelf.records.commit([put, *more], [audit])
        except RecordTaken as error:
            raise key_taken(changed.key) from error


def _changed(head: WorkflowHead, given: Given, actor: Actor) -> WorkflowHead:
    return msgspec.structs.replace(
        head,
        name=head.name if given.name is None else given.name,
        description=head.description if given.description is None else given.description,
        key=head.key if given.key is None else check_key(given.key),
        folder=head.folder if given.folder is None else given.folder,
        tags=head.tags if given.tags is None else check_tags(given.tags),
        updated_by=actor.id,
    )


def differing(before: WorkflowHead, after: WorkflowHead) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The fields that differ, before and after."""
    old, new = msgspec.structs.asdict(before), msgspec.structs.asdict(after)
    names = [name for name in old if old[name] != new[name] and name != "updated_by"]
    return {name: old[name] for name in names}, {name: new[name] for name in names}
