"""Who owns a workflow: giving it to somebody else, and what they say to that.

Whoever is made the owner is told, and may hand it back. Until they have accepted it nothing runs with their right.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

import msgspec

from studio.contracts.records import Change
from studio.domain.access import Actor, Permission
from studio.domain.errors import AccessRefused, Conflict, NotFound
from studio.domain.ids import INSTANCE
from studio.services._collection import Kept
from studio.services.auditing import entry
from studio.services.people.model import People, member_id
from studio.services.workflows.changing import differing
from studio.services.workflows.finding import Finder
from studio.services.workflows.model import Shelf, WorkflowHead

Tell: TypeAlias = Callable[[Actor, Kept[WorkflowHead], WorkflowHead], Awaitable[list[Change]]]
"""The changes that tell the new owner of a workflow; given who acts, the workflow before, and as it becomes."""


class Owning:
    """Changes the owners of workflows."""

    def __init__(self, shelf: Shelf, finder: Finder, people: People, tell: Tell) -> None:
        self._shelf = shelf
        self._finder = finder
        self._people = people
        self._tell = tell

    async def transfer(
        self, actor: Actor, reference: str, owner: str, expected: int | None = None
    ) -> Kept[WorkflowHead]:
        """Make another member the owner. The owner may do that, and whoever manages members.

        Raises:
            NotFound: There is no such workflow or member.
            AccessRefused: The actor is neither.
        """
        head = await self._finder.find(actor, reference, Permission.WORKFLOW_EDIT)
        if head.value.owner != actor.id and not actor.may(Permission.MEMBER_MANAGE):
            raise AccessRefused(
                "workflow.not_owner", "Only its owner and an Admin can give this workflow to somebody else."
            )
        if not await self._belongs(actor.workspace, owner):
            raise NotFound("member.not_found", "There is no member {id}.", id=owner).at(param="owner")
        # What was not accepted goes back to who owned it last.
        before = head.value.handed_from or head.value.owner
        handed_from = "" if owner in (actor.id, before) else before
        changed = msgspec.structs.replace(head.value, owner=owner, handed_from=handed_from, updated_by=actor.id)
        return await self._commit(actor, "workflow.transferred", head, changed, expected)

    async def accept(self, actor: Actor, reference: str, expected: int | None = None) -> Kept[WorkflowHead]:
        """Accept a workflow that somebody else handed to the actor: what it runs may run with their right.

        Raises:
            NotFound: There is no such workflow.
            Conflict: It was not handed to the actor, or they have accepted it already.
        """
        head = await self._handed(actor, reference)
        changed = msgspec.structs.replace(head.value, handed_from="", updated_by=actor.id)
        return await self._commit(actor, "workflow.accepted", head, changed, expected)

    async def decline(self, actor: Actor, reference: str, expected: int | None = None) -> Kept[WorkflowHead]:
        """Hand a workflow back to who owned it before, who is told.

        Raises:
            NotFound: There is no such workflow.
            Conflict: It was not handed to the actor, they have accepted it, or who owned it before has left.
        """
        head = await self._handed(actor, reference)
        before = head.value.handed_from
        if not await self._belongs(actor.workspace, before):
            raise Conflict(
                "workflow.nobody_to_hand_back",
                "Whoever owned this workflow before has left. Ask an Admin to give it to somebody else.",
            )
        changed = msgspec.structs.replace(head.value, owner=before, handed_from="", updated_by=actor.id)
        return await self._commit(actor, "workflow.declined", head, changed, expected)

    async def transfer_all(self, actor: Actor, old: str, new: str) -> int:
        """Give everything that an account owns to another one; how many workflows that were. Asks no permission."""
        owned = await self._shelf.workflows.all(actor.workspace, field="owner", value=old)
        for head in owned:
            changed = msgspec.structs.replace(head.value, owner=new, handed_from="")
            await self._commit(actor, "workflow.transferred", head, changed, None, expires_at=head.record.expires_at)
        return len(owned)

    async def _handed(self, actor: Actor, reference: str) -> Kept[WorkflowHead]:
        head = await self._finder.find(actor, reference, Permission.WORKFLOW_VIEW)
        if head.value.owner != actor.id or not head.value.handed_from:
            raise Conflict(
                "workflow.not_handed", "This workflow was not handed to you, or you have accepted it already."
            )
        return head

    async def _belongs(self, workspace: str, account: str) -> bool:
        return await self._people.members.get(INSTANCE, member_id(workspace, account)) is not None

    async def _commit(
        self,
        actor: Actor,
        action: str,
        head: Kept[WorkflowHead],
        changed: WorkflowHead,
        expected: int | None,
        *,
        expires_at: int | None = None,
    ) -> Kept[WorkflowHead]:
        revision = head.revision if expected is None else expected
        put = self._shelf.workflows.put(actor.workspace, head.id, changed, expected=revision, expires_at=expires_at)
        before, after = differing(head.value, changed)
        told = [] if changed.owner in (head.value.owner, actor.id) else await self._tell(actor, head, changed)
        audit = entry(actor, action, kind="workflow", id=head.id, name=changed.name, before=before, after=after)
        await self._shelf.records.commit([put, *told], [audit])
        return await self._shelf.workflows.need(actor.workspace, head.id)
