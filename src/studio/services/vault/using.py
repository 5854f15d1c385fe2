"""Who may use the credentials that a workflow names: asked when it is published, and again when it starts."""

from __future__ import annotations

from collections.abc import Sequence

from studio.domain.access import Actor, ActorKind, Permission
from studio.domain.errors import AccessRefused
from studio.domain.ids import INSTANCE
from studio.services.people.model import People
from studio.services.people.rights import rights_of
from studio.services.policy import require
from studio.services.vault.access import Access, granted, require_level
from studio.services.vault.lookup import Lookup
from studio.services.vault.model import USE


class Using:
    """Refuses credentials to those with whom they are not shared."""

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

    async def require_of(self, workspace: str, accounts: Sequence[str], references: Sequence[str]) -> None:
        """The same for the first of these accounts that still belongs to the workspace.

        Raises:
            AccessRefused: A credential is not shared with that account, or none of them belongs here any more.
        """
        if not references:
            return None
        for account in accounts:
            actor = await self._actor(workspace, account)
            if actor is not None:
                try:
                    return await self.require(actor, references)
                except AccessRefused as error:
                    name = error.arguments.get("name", references[0])
                    raise AccessRefused(
                        "credential.publisher_lost",
                        "The credential {name} is not shared any more with who published this version. "
                        "Share it, or have somebody else publish.",
                        name=name,
                    ) from error
        raise AccessRefused(
            "credential.no_publisher",
            "Nobody who published or owns this workflow belongs to the workspace. Give it another owner.",
        )

    async def _actor(self, workspace: str, account: str) -> Actor | None:
        found = await self._people.accounts.get(INSTANCE, account) if account else None
        rights = await rights_of(self._people, workspace, account) if account else None
        if found is None or not found.value.active or rights is None:
            return None
        return Actor(
            kind=ActorKind.PERSON, id=account, name=found.value.name, workspace=workspace, permissions=rights[0],
            folders=rights[1],
        )  # fmt: skip
