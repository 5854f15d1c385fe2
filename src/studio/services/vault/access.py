"""Who may see, use and manage which credential."""

from __future__ import annotations

from collections.abc import Sequence

from studio.domain.access import Actor, ActorKind, Permission
from studio.domain.errors import AccessRefused, NotFound
from studio.domain.ids import INSTANCE
from studio.services._collection import Kept
from studio.services.people.model import People, member_id
from studio.services.vault.model import MANAGE, USE, Credential, Vault

_RANK = {"": 0, USE: 1, MANAGE: 2}


class Access:
    """Decides by owner, sharing and role. One is made per call: groups are read as they stand now."""

    def __init__(self, vault: Vault, people: People) -> None:
        self._vault = vault
        self._people = people

    async def groups(self, actor: Actor) -> Sequence[str]:
        """The groups of the actor in their workspace."""
        member = await self._people.members.get(INSTANCE, member_id(actor.workspace, actor.id))
        return member.value.groups if member is not None else ()

    async def need(self, actor: Actor, id: str, level: str = "") -> Kept[Credential]:
        """A credential, where the actor may see it and has this level.

        Raises:
            NotFound: There is none in the workspace, or the actor may not even see it.
            AccessRefused: They may see it, but not do that.
        """
        found = await self._vault.credentials.get(actor.workspace, id)
        given = granted(found.value, actor, await self.groups(actor)) if found is not None else ""
        if found is None or not given:
            raise no_credential(id)
        require_level(actor, found.value, given, level)
        return found


def granted(credential: Credential, actor: Actor, groups: Sequence[str]) -> str:
    """``manage``, ``use`` or "": what owner, sharing and role give. Permissions may still take it away."""
    if actor.kind is ActorKind.SYSTEM or actor.id == credential.owner or administers(actor):
        return MANAGE
    sharing = credential.sharing
    given = [sharing.everyone, sharing.members.get(actor.id, ""), *(sharing.groups.get(one, "") for one in groups)]
    return max(given, key=lambda one: _RANK.get(one, 0))


def allowed(actor: Actor, given: str) -> str:
    """What is left of ``given`` by the actor's permissions: ``manage``, ``use``, or "" for looking only."""
    if given == MANAGE and actor.may(Permission.CREDENTIAL_MANAGE):
        return MANAGE
    return USE if given and actor.may(Permission.CREDENTIAL_USE) else ""


def require_level(actor: Actor, credential: Credential, given: str, level: str) -> None:
    """Let go on who has the level, by sharing and by permission.

    Raises:
        AccessRefused: They have not.
    """
    if _RANK[allowed(actor, given)] < _RANK[level]:
        if level == USE:
            raise AccessRefused(
                "credential.not_yours_to_use", "The credential {name} is not shared with you.", name=credential.name
            )
        raise AccessRefused(
            "credential.not_yours_to_manage", "You may use the credential {name}, but not change it.",
            name=credential.name,
        )  # fmt: skip


def administers(actor: Actor) -> bool:
    """Whether they may do everything with every credential, as Admins do."""
    return actor.may(Permission.CREDENTIAL_MANAGE) and actor.may(Permission.MEMBER_MANAGE)


def no_credential(id: str) -> NotFound:
    """The error for a credential that is not there."""
    return NotFound("credential.none", "There is no credential {name}.", name=id)
