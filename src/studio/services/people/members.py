"""The members of a workspace: seeing them, changing what they may, removing them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from studio.domain.access import Actor
from studio.domain.ids import INSTANCE
from studio.services._collection import Kept
from studio.services.people.guards import (
    need_member,
    require_groups,
    require_power_over,
    require_roles,
)
from studio.services.people.model import Account, Member, People
from studio.services.people.provisioning import Provisioning


class MemberShown(NamedTuple):
    """A membership and whose it is."""

    member: Kept[Member]
    account: Kept[Account]


class MembersPage(NamedTuple):
    """A page of members, by name."""

    items: list[MemberShown]
    after: tuple[str, str] | None


class Members:
    """Members of the actor's workspace."""

    def __init__(self, people: People, provisioning: Provisioning) -> None:
        self._people = people
        self._provisioning = provisioning

    async def listed(
        self,
        actor: Actor,
        *,
        text: str = "",
        group: str | None = None,
        role: str | None = None,
        after: tuple[str, str] | None = None,
        limit: int = 50,
    ) -> MembersPage:
        """A page of members, service accounts left out, by name.

        Names and addresses are sealed, so the members of the workspace are read and looked through here.

        Args:
            actor: Who asks.
            text: Only those with this in name or address.
            group: Only members of this group.
            role: Only those with this role of their own.
            after: Where the page before ended.
            limit: How many.
        """
        members = {
            one.value.account: one
            for one in await self._people.members.all(INSTANCE, parent=actor.workspace)
            if (group is None or group in one.value.groups) and (role is None or one.value.role == role)
        }
        accounts = await accounts_of(self._people, list(members))
        wanted = text.strip().casefold()
        found = [
            MemberShown(members[id], account)
            for id, account in accounts.items()
            if account.value.service_of is None and (not wanted or fits(account.value, wanted))
        ]
        found.sort(key=_place)
        later = [one for one in found if after is None or _place(one) > after]
        more = _place(later[limit - 1]) if len(later) > limit else None
        return MembersPage(later[:limit], more)

    async def show(self, actor: Actor, account: str) -> MemberShown:
        """One member.

        Raises:
            NotFound: There is none such in the workspace.
        """
        member = await need_member(self._people, actor.workspace, account)
        return MemberShown(member, await self._people.accounts.need(INSTANCE, account))

    async def change(
        self,
        actor: Actor,
        account: str,
        *,
        role: str | None = None,
        folders: Mapping[str, str] | None = None,
        groups: Sequence[str] | None = None,
        expected: int | None = None,
    ) -> MemberShown:
        """Give a member another role, other folder roles, other groups. None leaves a thing as it is.

        Raises:
            NotFound: There is no such member, role, folder or group in the workspace.
            AccessRefused: It would give more than the actor has, or the member may more than the actor.
            Conflict: They are the last active Admin.
            RecordChanged: It has another revision than expected.
        """
        found = await need_member(self._people, actor.workspace, account)
        await require_power_over(self._people, actor, actor.workspace, account)
        old = found.value
        changed = msgspec.structs.replace(
            old,
            role=old.role if role is None else role,
            folders=old.folders if folders is None else dict(folders),
            groups=old.groups if groups is None else list(groups),
        )
        # Only what is given now is asked about: a folder that is gone meanwhile keeps nobody from another change.
        given = {one: how for one, how in changed.folders.items() if old.folders.get(one) != how}
        held = await require_roles(self._people, actor, actor.workspace, role, given)
        held += await require_groups(
            self._people, actor, actor.workspace, [one for one in changed.groups if one not in old.groups]
        )
        revision = found.revision if expected is None else expected
        await self._provisioning.change_member(actor, actor.workspace, account, changed, expected=revision, held=held)
        return await self.show(actor, account)

    async def remove(self, actor: Actor, account: str) -> None:
        """End a membership. What the member owns stays theirs until it is handed on.

        Raises:
            NotFound: There is no such member in the workspace.
            AccessRefused: The member may more than the actor.
            Conflict: They are the last active Admin.
        """
        await need_member(self._people, actor.workspace, account)
        await require_power_over(self._people, actor, actor.workspace, account)
        await self._provisioning.remove_member(actor, actor.workspace, account)


async def accounts_of(people: People, ids: Sequence[str]) -> dict[str, Kept[Account]]:
    """Accounts by id, some hundreds at a time."""
    found: dict[str, Kept[Account]] = {}
    for begin in range(0, len(ids), 500):
        found.update(await people.accounts.get_many(INSTANCE, ids[begin : begin + 500]))
    return found


def fits(account: Account, wanted: str) -> bool:
    """Whether name or address has this text, which is in folded case."""
    return wanted in account.name.casefold() or wanted in account.email.casefold()


def _place(one: MemberShown) -> tuple[str, str]:
    return one.account.value.name.casefold(), one.account.id
