"""Groups of a workspace, as its directory sees and writes them: who is in one has its role."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
from scim2_models import Meta, Reference
from scim2_models.exceptions import InvalidValueException, UniquenessException

from studio.contracts.records import Change
from studio.domain.access import Actor
from studio.domain.errors import NotFound, RecordTaken
from studio.domain.ids import INSTANCE, new_id
from studio.services._collection import Kept
from studio.services.auditing import entry
from studio.services.people.checks import check_text
from studio.services.people.groups import MAX_GROUPS
from studio.services.people.guards import keep_an_admin, without_doubles
from studio.services.people.model import Group, Member, People, member_id
from studio.services.scim.model import DirectoryGroup, DirectoryMember, version_of
from studio.services.scim.shelf import DirectoryToken, ScimShelf


class DirectoryGroups:
    """Groups of a directory's workspace."""

    def __init__(self, people: People, shelf: ScimShelf) -> None:
        self._people = people
        self._shelf = shelf

    async def all(self, token: DirectoryToken, base: str) -> list[DirectoryGroup]:
        """Every group of the workspace."""
        members = await self._people.members.all(INSTANCE, parent=token.workspace)
        return [
            self._shown(one, [m.value.account for m in members if one.id in m.value.groups], base)
            for one in await self._people.groups.all(token.workspace)
        ]

    async def show(self, token: DirectoryToken, id: str, base: str) -> DirectoryGroup:
        """One group.

        Raises:
            NotFound: There is none such in the workspace.
        """
        found = await self._need(token, id)
        members = await self._members(token, id)
        return self._shown(found, list(members), base)

    async def create(self, actor: Actor, token: DirectoryToken, group: DirectoryGroup, base: str) -> DirectoryGroup:
        """Make a group. It gives nothing until an Admin gives it a role.

        Raises:
            UniquenessException: There is one of that name.
            InvalidValueException: A member is nobody here, or there are too many groups.
        """
        if await self._people.groups.count(token.workspace) >= MAX_GROUPS:
            raise InvalidValueException(detail="There are too many groups.")
        id = new_id()
        await self._write(actor, token, id, None, group)
        return await self.show(token, id, base)

    async def replace(
        self, actor: Actor, token: DirectoryToken, id: str, group: DirectoryGroup, base: str
    ) -> DirectoryGroup:
        """Put what a directory says now in the place of a group.

        Raises:
            NotFound: There is none such in the workspace.
            UniquenessException: There is another of that name.
            InvalidValueException: A member is nobody here.
        """
        await self._write(actor, token, id, await self._need(token, id), group)
        return await self.show(token, id, base)

    async def delete(self, actor: Actor, token: DirectoryToken, id: str) -> None:
        """Delete a group; its members lose what it gave.

        Raises:
            NotFound: There is none such in the workspace.
        """
        found = await self._need(token, id)
        members = await self._members(token, id)
        changes: list[Change] = [self._people.groups.drop(token.workspace, id, expected=found.revision)]
        left = [self._without(one, id) for one in members.values()]
        changes += await keep_an_admin(
            self._people, token.workspace, members=dict(zip(members, left, strict=True)), groups={id: None}
        )
        changes += [self._put(members[account], member) for account, member in zip(members, left, strict=True)]
        audit = entry(
            actor, "group.deleted", kind="group", id=id, name=found.value.name, workspace=token.workspace,
            before={"role": found.value.role, "members": len(members)},
        )  # fmt: skip
        await self._people.records.commit(without_doubles(changes), [audit])

    async def _write(
        self, actor: Actor, token: DirectoryToken, id: str, found: Kept[Group] | None, group: DirectoryGroup
    ) -> None:
        old = found.value if found is not None else Group(name="")
        changed = msgspec.structs.replace(
            old, name=check_text(group.display_name or "", "displayName"), external_id=group.external_id
        )
        wanted = list(dict.fromkeys(one.value for one in group.members or [] if one.value))
        present = await self._members(token, id) if found is not None else {}
        changes: list[Change] = [
            self._people.groups.put(token.workspace, id, changed, expected=found.revision if found is not None else 0)
        ]
        added = [one for one in wanted if one not in present]
        removed = [one for one in present if one not in wanted]
        left = {account: self._without(present[account], id) for account in removed}
        changes += await keep_an_admin(self._people, token.workspace, members=left)
        changes += [self._put(present[account], member) for account, member in left.items()]
        changes += [await self._with(token, account, id) for account in added]
        audit = entry(
            actor, "group.created" if found is None else "group.changed", kind="group", id=id, name=changed.name,
            workspace=token.workspace, before=None if found is None else {"name": old.name},
            after={"name": changed.name, "added": added[:100], "removed": removed[:100]},
        )  # fmt: skip
        try:
            await self._people.records.commit(without_doubles(changes), [audit])
        except RecordTaken as error:
            raise UniquenessException(detail="There is a group of this name already.") from error

    async def _with(self, token: DirectoryToken, account: str, group: str) -> Change:
        member = await self._people.members.get(INSTANCE, member_id(token.workspace, account))
        if member is not None:
            joined = msgspec.structs.replace(member.value, groups=[*member.value.groups, group])
            return self._people.members.put(INSTANCE, member.id, joined, expected=member.revision)
        # Somebody who is not let in at present has it when they come back.
        person = await self._shelf.persons.get(token.workspace, account)
        if person is None or person.value.deleted or person.value.left is None:
            raise InvalidValueException(detail=f"There is nobody with the id {account[:64]}.")
        left = person.value.left
        kept = msgspec.structs.replace(left, groups=list(dict.fromkeys([*left.groups, group])))
        changed = msgspec.structs.replace(person.value, left=kept)
        return self._shelf.persons.put(token.workspace, account, changed, expected=person.revision)

    @staticmethod
    def _without(member: Kept[Member], group: str) -> Member:
        return msgspec.structs.replace(member.value, groups=[one for one in member.value.groups if one != group])

    def _put(self, member: Kept[Member], changed: Member) -> Change:
        return self._people.members.put(INSTANCE, member.id, changed, expected=member.revision)

    async def _members(self, token: DirectoryToken, group: str) -> dict[str, Kept[Member]]:
        found = await self._people.members.all(INSTANCE, parent=token.workspace)
        return {one.value.account: one for one in found if group in one.value.groups}

    async def _need(self, token: DirectoryToken, id: str) -> Kept[Group]:
        found = await self._people.groups.get(token.workspace, id)
        if found is None:
            raise NotFound("group.not_found", "There is no group {id}.", id=id[:64])
        return found

    def _shown(self, found: Kept[Group], members: list[str], base: str) -> DirectoryGroup:
        group = DirectoryGroup(
            id=found.id, external_id=found.value.external_id, display_name=found.value.name,
            members=[
                DirectoryMember(value=one, ref=Reference(f"{base}/Users/{one}"), type="User")
                for one in members
            ] or None,
        )  # fmt: skip
        group.meta = Meta(
            resource_type="Group", location=f"{base}/Groups/{found.id}", version=version_of(group),
            created=_moment(found.record.created_at), last_modified=_moment(found.record.updated_at),
        )  # fmt: skip
        return group


def _moment(microseconds: int) -> datetime:
    return datetime.fromtimestamp(microseconds / 1e6, UTC)
