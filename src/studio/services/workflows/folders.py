"""Folders of workflows: a tree, and what is granted in a folder holds below it too."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import msgspec

from studio.contracts.records import AuditDraft, Change, Check
from studio.domain.access import Actor, Permission
from studio.domain.errors import AccessRefused, Conflict, NotFound, RecordTaken, UserError
from studio.domain.ids import new_id
from studio.services._collection import Kept
from studio.services.auditing import entry
from studio.services.policy import allows_in, require_in, require_no_gain
from studio.services.workflows.model import ROOT, Folder, Shelf
from studio.services.workflows.naming import is_id

MAX_DEPTH = 8
"""How deep folders nest."""
MAX_NAME = 100


class Tree:
    """All folders of a workspace, for what looks at many."""

    def __init__(self, folders: list[Kept[Folder]]) -> None:
        self.folders = {one.id: one for one in folders}

    def path(self, folder: str) -> list[str]:
        """A folder and those it lies in, innermost first. What lies in a folder that is gone lies in none."""
        found: list[str] = []
        while folder in self.folders and folder not in found:
            found.append(folder)
            folder = self.folders[folder].value.parent
        return found

    def below(self, folder: str) -> set[str]:
        """A folder and all in it, at any depth."""
        return {id for id in self.folders if folder in self.path(id)} | {folder}


class Folders:
    """The folders of a workspace."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    async def tree(self, workspace: str) -> Tree:
        """All folders."""
        return Tree(await self._shelf.folders.all(workspace))

    async def path(self, workspace: str, folder: str) -> list[str]:
        """A folder and those it lies in, innermost first."""
        return [one.id for one in await self._chain(workspace, folder)]

    async def _chain(self, workspace: str, folder: str) -> list[Kept[Folder]]:
        found: list[Kept[Folder]] = []
        while is_id(folder) and len(found) <= MAX_DEPTH:
            kept = await self._shelf.folders.get(workspace, folder)
            if kept is None:
                break
            found.append(kept)
            folder = kept.value.parent
        return found

    async def need(self, actor: Actor, folder: str, permission: Permission) -> list[str]:
        """The path of a folder in which the actor may do something; of ``ROOT`` the empty path.

        Raises:
            NotFound: There is no such folder, or the actor may not see it.
            AccessRefused: They may see it, but not do that in it.
        """
        path = await self.path(actor.workspace, folder)
        if folder != ROOT and not path:
            raise no_folder(folder)
        if not allows_in(actor, permission, path):
            if folder != ROOT and not allows_in(actor, Permission.WORKFLOW_VIEW, path):
                raise no_folder(folder)
            require_in(actor, permission, path)
        return path

    async def visible(self, actor: Actor) -> list[Kept[Folder]]:
        """Every folder that the actor may see, by name: where they may see workflows, and those on the way there."""
        tree = await self.tree(actor.workspace)
        seen: set[str] = set()
        for id in tree.folders:
            path = tree.path(id)
            if allows_in(actor, Permission.WORKFLOW_VIEW, path):
                seen.update(path)
        shown = [one for id, one in tree.folders.items() if id in seen]
        return sorted(shown, key=lambda one: (one.value.name.casefold(), one.id))

    async def show(self, actor: Actor, folder: str) -> Kept[Folder]:
        """One folder that the actor may see.

        Raises:
            NotFound: There is none.
        """
        for one in await self.visible(actor):
            if one.id == folder:
                return one
        raise no_folder(folder)

    async def create(self, actor: Actor, name: str, parent: str = ROOT) -> Kept[Folder]:
        """Make a folder.

        Raises:
            NotFound: There is no such parent.
            Conflict: It would lie too deep, or there is one of that name.
        """
        _require_unscoped(actor)
        name = check_name(name)
        path = await self.need(actor, parent, Permission.FOLDER_MANAGE)
        if len(path) >= MAX_DEPTH:
            raise _too_deep()
        id = new_id()
        made = Folder(name=name, parent=parent, created_by=actor.id)
        await self._commit(
            [self._shelf.folders.put(actor.workspace, id, made, expected=0), *await self._held(actor, path)],
            [entry(actor, "folder.created", kind="folder", id=id, name=name, after={"name": name, "parent": parent})],
            name,
        )
        return await self._shelf.folders.need(actor.workspace, id)

    async def change(
        self, actor: Actor, folder: str, *, name: str | None = None, parent: str | None = None, expected: int | None
    ) -> Kept[Folder]:
        """Rename or move a folder with all that is in it.

        Raises:
            NotFound: There is no such folder or parent.
            Conflict: It would lie in itself or too deep, or there is one of that name.
            RecordChanged: It has another revision than expected.
        """
        _require_unscoped(actor)
        before = await self.show(actor, folder)
        await self.need(actor, before.value.parent, Permission.FOLDER_MANAGE)
        changed = msgspec.structs.replace(
            before.value,
            name=before.value.name if name is None else check_name(name),
            parent=before.value.parent if parent is None else parent,
        )
        held: list[Check] = []
        if changed.parent != before.value.parent:
            path = await self.need(actor, changed.parent, Permission.FOLDER_MANAGE)
            require_no_gain(actor, await self.path(actor.workspace, folder), [folder, *path])
            await self._check_move(actor.workspace, folder, path)
            held = await self._held(actor, path)
        revision = before.revision if expected is None else expected
        await self._commit(
            [self._shelf.folders.put(actor.workspace, folder, changed, expected=revision), *held],
            [entry(
                actor, "folder.changed", kind="folder", id=folder, name=changed.name,
                before={"name": before.value.name, "parent": before.value.parent},
                after={"name": changed.name, "parent": changed.parent},
            )],
            changed.name,
        )  # fmt: skip
        return await self._shelf.folders.need(actor.workspace, folder)

    async def delete(self, actor: Actor, folder: str, *, expected: int | None) -> None:
        """Remove an empty folder.

        Raises:
            NotFound: There is no such folder.
            Conflict: Something is in it.
        """
        _require_unscoped(actor)
        before = await self.show(actor, folder)
        await self.need(actor, before.value.parent, Permission.FOLDER_MANAGE)
        inside = await self._shelf.workflows.all(actor.workspace, parent=folder)
        folders = await self._shelf.folders.count(actor.workspace, folder)
        if folders or any(one.value.deleted_at is None for one in inside):
            raise Conflict("folder.not_empty", "The folder {name} is not empty.", name=before.value.name)
        revision = before.revision if expected is None else expected
        await self._commit(
            [self._shelf.folders.drop(actor.workspace, folder, expected=revision)],
            [entry(actor, "folder.deleted", kind="folder", id=folder, name=before.value.name)],
            before.value.name,
        )

    async def _check_move(self, workspace: str, folder: str, path: list[str]) -> None:
        if folder in path:
            raise Conflict("folder.in_itself", "A folder cannot lie in itself.").at(param="parent")
        tree = await self.tree(workspace)
        own = len(tree.path(folder))
        height = max(len(tree.path(one)) - own for one in tree.below(folder))
        if len(path) + 1 + height > MAX_DEPTH:
            raise _too_deep()

    async def _held(self, actor: Actor, path: list[str]) -> list[Check]:
        """Conditions that the folders of a path stay where they are."""
        found = await self._shelf.folders.get_many(actor.workspace, path)
        return [self._shelf.folders.check(actor.workspace, one.id, one.revision) for one in found.values()]

    async def _commit(self, changes: Sequence[Change], audit: Sequence[AuditDraft], name: str) -> None:
        try:
            await self._shelf.records.commit(changes, audit)
        except RecordTaken as error:
            raise Conflict("folder.name_taken", "There is a folder {name} in this place already.", name=name).at(
                param="name"
            ) from error


def _require_unscoped(actor: Actor) -> None:
    """Folders hold what a key for certain workflows may not touch."""
    if actor.workflows is not None:
        raise AccessRefused("access.key_scope_folders", "This key is for certain workflows, and cannot change folders.")


def no_folder(folder: str) -> NotFound:
    """The error for a folder that is not there."""
    return NotFound("folder.not_found", "There is no folder {id}.", id=folder)


def check_name(name: str) -> str:
    """A name of a folder without blanks around it.

    Raises:
        UserError: It is empty or too long, or has control characters.
    """
    name = " ".join(name.split())
    if not 1 <= len(name) <= MAX_NAME or any(unicodedata.category(one) == "Cc" for one in name):
        raise UserError("folder.name", "A folder has a name of 1 to {most} characters.", most=MAX_NAME).at(param="name")
    return name


def _too_deep() -> Conflict:
    return Conflict("folder.too_deep", "Folders nest {most} deep at most.", most=MAX_DEPTH)
