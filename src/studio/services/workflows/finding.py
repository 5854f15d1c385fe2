"""Finding a workflow for somebody: by id or key, as far as they may."""

from __future__ import annotations

from studio.domain.access import Actor, Permission
from studio.domain.errors import AccessRefused, Conflict, NotFound
from studio.services._collection import Kept
from studio.services.policy import allows_in, require_in, require_workflow
from studio.services.workflows.folders import Folders
from studio.services.workflows.model import Shelf, WorkflowHead
from studio.services.workflows.naming import is_id, is_key


class Finder:
    """Finds workflows of the actor's workspace."""

    def __init__(self, shelf: Shelf, folders: Folders) -> None:
        self._shelf = shelf
        self._folders = folders

    async def find(
        self,
        actor: Actor,
        reference: str,
        permission: Permission = Permission.WORKFLOW_VIEW,
        *,
        deleted: bool = False,
    ) -> Kept[WorkflowHead]:
        """A workflow by id or key, for which the actor has a permission.

        Args:
            actor: Who asks.
            reference: Id or key.
            permission: What they want to do with it.
            deleted: Find one that was deleted, and only such a one.

        Raises:
            NotFound: There is none, or the actor may not even see it.
            AccessRefused: They may see it, but not do that; or their key is for other workflows.
        """
        found = await self.any(actor.workspace, reference)
        if found is None or (found.value.deleted_at is not None) != deleted:
            raise no_workflow(reference)
        require_workflow(actor, found.id)
        if not await self.allows(actor, permission, found.value):
            if not await self.allows(actor, Permission.WORKFLOW_VIEW, found.value):
                raise no_workflow(reference)
            require_in(actor, permission, await self._folders.path(actor.workspace, found.value.folder))
        return found

    async def editable(
        self, actor: Actor, reference: str, permission: Permission = Permission.WORKFLOW_EDIT
    ) -> Kept[WorkflowHead]:
        """A workflow that the actor may change, and that is not put away.

        Raises:
            Conflict: It is archived.
        """
        found = await self.find(actor, reference, permission)
        if found.value.archived_at is not None:
            raise archived(found.value)
        return found

    async def any(self, workspace: str, reference: str) -> Kept[WorkflowHead] | None:
        """A workflow by id or key, whoever asks; one that was deleted only by its id."""
        if is_id(reference):
            return await self._shelf.workflows.get(workspace, reference)
        return await self._shelf.workflows.by_key(workspace, reference) if is_key(reference) else None

    async def allows(self, actor: Actor, permission: Permission, head: WorkflowHead) -> bool:
        """Whether the actor has a permission for a workflow, by role or by folder."""
        if actor.may(permission):
            return True
        if not actor.folders:
            return False
        return allows_in(actor, permission, await self._folders.path(actor.workspace, head.folder))


def require_unscoped(actor: Actor) -> None:
    """Keep a key that is for certain workflows from making others.

    Raises:
        AccessRefused: It is such a key.
    """
    if actor.workflows is not None:
        raise AccessRefused("access.key_scope_new", "This key is for certain workflows, and cannot make others.")


def no_workflow(reference: str) -> NotFound:
    """The error for a workflow that is not there."""
    return NotFound("workflow.not_found", "There is no workflow {id}.", id=reference)


def archived(head: WorkflowHead) -> Conflict:
    """The error for a workflow that is put away."""
    return Conflict("workflow.archived", "{name} is archived. Take it out of the archive first.", name=head.name)
