"""Who may use what a workflow uses: asked when it is published, and again when it starts."""

from __future__ import annotations

from collections.abc import Sequence

from studio.domain.access import Actor, Permission
from studio.domain.errors import AccessRefused
from studio.services.in_charge import for_admins
from studio.services.people.model import People
from studio.services.people.standing import standing_of
from studio.services.policy import require
from studio.services.vault.access import Access, administers, granted, require_level
from studio.services.vault.lookup import Lookup
from studio.services.vault.model import USE
from studio.services.workflows.needs import Needs


class Using:
    """Refuses credentials to those with whom they are not shared, and what else needs a permission."""

    def __init__(self, lookup: Lookup, people: People, access: Access) -> None:
        self._lookup = lookup
        self._people = people
        self._access = access

    async def require(self, actor: Actor, references: Sequence[str]) -> None:
        """Let an actor use all of these names, or not.

        A name that stands for nothing yet passes: there is nothing to protect, and once there is, the start asks again.

        Raises:
            AccessRefused: A credential is not shared with them, or they may use none at all.
        """
        if not references:
            return
        require(actor, Permission.CREDENTIAL_USE)
        groups = await self._access.groups(actor)
        for reference in dict.fromkeys(references):
            shared = self._lookup.outside(actor.workspace, reference)
            if shared is not None:
                if not shared and not administers(actor):
                    raise for_admins(reference)
                continue
            found = await self._lookup.find(actor.workspace, reference)
            if found is None:
                continue
            given = granted(found.value, actor, groups)
            if not given:
                # By the name that the workflow says, which tells nothing that its reader does not see.
                raise AccessRefused(
                    "credential.not_yours_to_use", "The credential {name} is not shared with you.", name=reference
                )
            require_level(actor, found.value, given, USE)

    async def require_all(self, actor: Actor, needs: Needs) -> None:
        """Let an actor use everything that a workflow needs, or not.

        Raises:
            AccessRefused: They lack a permission, or a credential is not shared with them.
        """
        for permission in needs.permissions:
            require(actor, permission)
        await self.require(actor, needs.credentials)

    async def require_of(self, workspace: str, accounts: Sequence[str], needs: Needs) -> None:
        """The same for the first of these accounts that still belongs to the workspace.

        Raises:
            AccessRefused: That account may not use all of it, or none of them belongs here any more.
        """
        for account in accounts if any(needs) else ():
            standing = await standing_of(self._people, workspace, account)
            if standing is not None:
                return await self._require_of(standing.actor, needs)
        if any(needs):
            raise AccessRefused(
                "credential.no_publisher",
                "Nobody who published or owns this workflow belongs to the workspace, or its new owner has not "
                "accepted it yet. Give it another owner.",
            )
        return None

    async def _require_of(self, publisher: Actor, needs: Needs) -> None:
        for permission in needs.permissions:
            if not publisher.may(permission):
                raise AccessRefused(
                    "workflow.publisher_lost",
                    "Who published this version lacks the permission {permission}, which it needs. Give it to them, or "
                    "have somebody else publish.",
                    permission=permission,
                )
        try:
            await self.require(publisher, needs.credentials)
        except AccessRefused as error:
            raise AccessRefused(
                "credential.publisher_lost",
                "The credential {name} is not shared any more with who published this version. "
                "Share it, or have somebody else publish.",
                name=error.arguments.get("name", needs.credentials[0]),
            ) from error
