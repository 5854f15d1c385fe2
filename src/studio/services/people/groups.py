"""Groups of members, with a role and folder roles for all in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from studio.contracts.records import Change
from studio.domain.access import Actor
from studio.domain.errors import Conflict, NotFound, RecordTaken
from studio.domain.ids import INSTANCE, new_id
from studio.services._collection import Kept
from studio.services.auditing import entry
from studio.services.people.checks import check_text
from studio.services.people.guards import (
    keep_an_admin,
    need_member,
    require_groups,
    require_roles,
    without_doubles,
)
from studio.services.people.model import Group, Member, People

MAX_GROUPS = 500
"""Groups of one workspace."""


class Groups:
    """The groups of the actor's workspace."""

    def __init__(self, people: People) -> None:
        self._people = people

    async def all(self, actor: Actor) -> list[Kept[Group]]:
        """Every group, by name."""
        found = await self._people.groups.all(actor.workspace)
        return sorted(found, key=lambda one: (one.value.name.casefold(), one.id))

    async def sizes(self, actor: Actor) -> dict[str, int]:
        """How many members each group has."""
        counts: dict[str, int] = {}
        for member in await self._people.members.all(INSTANCE, parent=actor.workspace):
            for group in member.value.groups:
                counts[group] = counts.get(group, 0) + 1
        return counts

    async def show(self, actor: Actor, group: str) -> Kept[Group]:
        """One group.

        Raises:
            NotFound: There is none such in the workspace.
        """
        found = await self._people.groups.get(actor.workspace, group)
        if found is None:
            raise NotFound("group.not_found", "There is no group {id}.", id=group)
        return found

    async def create(
        self, actor: Actor, name: str, *, role: str | None = None, folders: Mapping[str, str] | None = None
    ) -> Kept[Group]:
        """Make a group.

        Raises:
            NotFound: There is no such role or folder.
            AccessRefused: It would give more than the actor has.
            Conflict: There is one of that name, or there are too many.
        """
        made = Group(name=check_text(name), role=role, folders=dict(folders or {}))
        held = await require_roles(self._people, actor, actor.workspace, made.role, made.folders)
        if await self._people.groups.count(actor.workspace) >= MAX_GROUPS:
            raise Conflict("group.too_many", "A workspace has at most {most} groups.", most=MAX_GROUPS)
        id = new_id()
        await self._store(actor, "group.created", id, made, 0, None, held)
        return await self.show(actor, id)

    async def change(
        self,
        actor: Actor,
        group: str,
        *,
        name: str | None = None,
        role: str | msgspec.UnsetType | None = msgspec.UNSET,
        folders: Mapping[str, str] | None = None,
        expected: int | None = None,
    ) -> Kept[Group]:
        """Change a group, at once for everybody in it. ``role`` None takes the group's role away.

        Raises:
            NotFound: There is no such group, role or folder.
            AccessRefused: It gives, or would give, more than the actor has.
            Conflict: The workspace would be without an Admin, or the name is taken.
            RecordChanged: It has another revision than expected.
        """
        found = await self.show(actor, group)
        old = found.value
        held = await require_groups(self._people, actor, actor.workspace, [group])
        changed = msgspec.structs.replace(
            old,
            name=old.name if name is None else check_text(name),
            role=old.role if role is msgspec.UNSET else role,
            folders=old.folders if folders is None else dict(folders),
        )
        given = {one: how for one, how in changed.folders.items() if old.folders.get(one) != how}
        held += await require_roles(
            self._people, actor, actor.workspace, changed.role if changed.role != old.role else None, given
        )
        held += await keep_an_admin(self._people, actor.workspace, groups={group: changed})
        revision = found.revision if expected is None else expected
        await self._store(actor, "group.changed", group, changed, revision, old, held)
        return await self.show(actor, group)

    async def delete(self, actor: Actor, group: str, *, expected: int | None = None) -> None:
        """Delete a group. Its members stay members of the workspace, and lose what it gave.

        Raises:
            NotFound: There is none such.
            AccessRefused: It gives more than the actor has.
            Conflict: The workspace would be without an Admin.
        """
        found = await self.show(actor, group)
        await require_groups(self._people, actor, actor.workspace, [group])
        held = await keep_an_admin(self._people, actor.workspace, groups={group: None})
        left: list[Change] = []
        for member in await self._people.members.all(INSTANCE, parent=actor.workspace):
            if group in member.value.groups:
                rest = msgspec.structs.replace(
                    member.value, groups=[one for one in member.value.groups if one != group]
                )
                left.append(self._people.members.put(INSTANCE, member.id, rest, expected=member.revision))
        revision = found.revision if expected is None else expected
        await self._people.records.commit(
            without_doubles(
                [self._people.groups.drop(actor.workspace, group, expected=revision), *left, *held]
            ),
            [entry(actor, "group.deleted", kind="group", id=group, name=found.value.name,
                   before={**_shown(found.value), "members": len(left)})],
        )  # fmt: skip

    async def set_members(self, actor: Actor, group: str, add: Sequence[str], remove: Sequence[str]) -> int:
        """Add members to a group and take others out, all or none; how many changed.

        Raises:
            NotFound: There is no such group, or one of them is no member of the workspace.
            AccessRefused: The group gives more than the actor has.
            Conflict: The workspace would be without an Admin.
        """
        found = await self.show(actor, group)
        held = await require_groups(self._people, actor, actor.workspace, [group])
        puts: list[Change] = []
        after: dict[str, Member | None] = {}
        for account in dict.fromkeys([*remove, *add]):
            member = await need_member(self._people, actor.workspace, account)
            groups = [one for one in member.value.groups if one != group]
            if account in add:
                groups.append(group)
            if set(groups) != set(member.value.groups):
                changed = msgspec.structs.replace(member.value, groups=groups)
                after[account] = changed
                puts.append(self._people.members.put(INSTANCE, member.id, changed, expected=member.revision))
        if not puts:
            return 0
        held += await keep_an_admin(self._people, actor.workspace, members=after)
        await self._people.records.commit(
            without_doubles([*puts, *held]),
            [entry(actor, "group.members_changed", kind="group", id=group, name=found.value.name,
                   after={"added": [one for one in add if one in after],
                          "removed": [one for one in remove if one in after and one not in add]})],
        )  # fmt: skip
        return len(puts)

    async def _store(
        self,
        actor: Actor,
        action: str,
        id: str,
        group: Group,
        revision: int,
        before: Group | None,
        held: Sequence[Change],
    ) -> None:
        audit = entry(
            actor, action, kind="group", id=id, name=group.name, before=None if before is None else _shown(before),
            after=_shown(group),
        )  # fmt: skip
        put = self._people.groups.put(actor.workspace, id, group, expected=revision)
        try:
            await self._people.records.commit(without_doubles([put, *held]), [audit])
        except RecordTaken as error:
            raise Conflict("group.name_taken", "There is a group {name} already.", name=group.name).at(
                param="name"
            ) from error


def _shown(group: Group) -> dict[str, object]:
    return {"name": group.name, "role": group.role, "folders": dict(group.folders)}
