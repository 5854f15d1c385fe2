"""Roles: those built in, and those that a workspace makes of the same permissions."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from studio.domain.access import GRANTABLE, Actor, Permission, Role
from studio.domain.errors import Conflict, NotFound, RecordTaken, UserError
from studio.domain.ids import INSTANCE, new_id
from studio.services._collection import Kept
from studio.services.auditing import entry
from studio.services.people.checks import check_text
from studio.services.people.members import accounts_of
from studio.services.people.model import CustomRole, People
from studio.services.policy import require_grantable

MAX_ROLES = 100
"""Roles that one workspace can make."""
_NAMED = 5


class Roles:
    """The roles of the actor's workspace."""

    def __init__(self, people: People) -> None:
        self._people = people

    async def custom(self, actor: Actor) -> list[Kept[CustomRole]]:
        """Those that the workspace made, by name."""
        found = await self._people.roles.all(actor.workspace)
        return sorted(found, key=lambda one: (one.value.name.casefold(), one.id))

    async def show(self, actor: Actor, role: str) -> Kept[CustomRole]:
        """One that the workspace made.

        Raises:
            NotFound: There is none such.
        """
        found = await self._people.roles.get(actor.workspace, role)
        if found is None:
            raise NotFound("role.not_found", "There is no role {role}.", role=role)
        return found

    async def create(self, actor: Actor, name: str, permissions: Sequence[str]) -> Kept[CustomRole]:
        """Make a role.

        Raises:
            UserError: The name will not do, or a permission is none.
            AccessRefused: It would allow more than the actor may.
            Conflict: There is one of that name, or there are too many.
        """
        made = CustomRole(name=_name(name), permissions=_checked(actor, permissions))
        if await self._people.roles.count(actor.workspace) >= MAX_ROLES:
            raise Conflict("role.too_many", "A workspace has at most {most} roles of its own.", most=MAX_ROLES)
        id = new_id()
        await self._store(actor, "role.created", id, made, 0)
        return await self.show(actor, id)

    async def change(
        self,
        actor: Actor,
        role: str,
        *,
        name: str | None = None,
        permissions: Sequence[str] | None = None,
        expected: int | None = None,
    ) -> Kept[CustomRole]:
        """Change a role, at once for everybody who has it.

        Raises:
            NotFound: There is none such; those built in cannot be changed.
            AccessRefused: It allows, or would allow, more than the actor may.
            RecordChanged: It has another revision than expected.
        """
        found = await self.show(actor, role)
        _require_covered(actor, found.value)
        changed = msgspec.structs.replace(
            found.value,
            name=found.value.name if name is None else _name(name),
            permissions=found.value.permissions if permissions is None else _checked(actor, permissions),
        )
        revision = found.revision if expected is None else expected
        await self._store(actor, "role.changed", role, changed, revision, found.value)
        return await self.show(actor, role)

    async def delete(self, actor: Actor, role: str, *, expected: int | None = None) -> None:
        """Delete a role that nobody has.

        Raises:
            NotFound: There is none such.
            AccessRefused: It allows more than the actor may.
            Conflict: Somebody has it; names who.
        """
        found = await self.show(actor, role)
        _require_covered(actor, found.value)
        users = await self.users(actor.workspace, role)
        if users:
            raise Conflict(
                "role.in_use", "The role {name} is in use by {count}: {users}.", name=found.value.name,
                count=len(users), users=", ".join(users[:_NAMED]) + (" …" if len(users) > _NAMED else ""),
            )  # fmt: skip
        revision = found.revision if expected is None else expected
        await self._people.records.commit(
            [self._people.roles.drop(actor.workspace, role, expected=revision)],
            [entry(actor, "role.deleted", kind="role", id=role, name=found.value.name,
                   before={"permissions": found.value.permissions})],
        )  # fmt: skip

    async def users(self, workspace: str, role: str) -> list[str]:
        """Names of the groups, members and invited addresses that have a role, in the workspace or in a folder."""
        groups = [
            one.value.name
            for one in await self._people.groups.all(workspace)
            if role == one.value.role or role in one.value.folders.values()
        ]
        members = [
            one.value.account
            for one in await self._people.members.all(INSTANCE, parent=workspace)
            if role == one.value.role or role in one.value.folders.values()
        ]
        invited = [
            one.value.email or one.id
            for one in await self._people.tickets.all(INSTANCE, field="invited_to", value=workspace)
            if one.value.role == role
        ]
        accounts = await accounts_of(self._people, members)
        return sorted(groups) + sorted(one.value.name for one in accounts.values()) + sorted(invited)

    async def _store(
        self, actor: Actor, action: str, id: str, role: CustomRole, revision: int, before: CustomRole | None = None
    ) -> None:
        audit = entry(
            actor, action, kind="role", id=id, name=role.name,
            before=None if before is None else msgspec.structs.asdict(before), after=msgspec.structs.asdict(role),
        )  # fmt: skip
        try:
            await self._people.records.commit(
                [self._people.roles.put(actor.workspace, id, role, expected=revision)], [audit]
            )
        except RecordTaken as error:
            raise _taken(role.name) from error


def _taken(name: str) -> Conflict:
    error = Conflict("role.name_taken", "There is a role {name} already.", name=name)
    error.at(param="name")
    return error


def _name(name: str) -> str:
    name = check_text(name, most=100)
    if name.casefold() in tuple(Role):
        raise _taken(name)
    return name


def _checked(actor: Actor, permissions: Sequence[str]) -> list[str]:
    wanted: list[Permission] = []
    for one in sorted(set(permissions)):
        if one not in {known.value for known in GRANTABLE}:
            raise UserError("role.permission", "{permission} is no permission.", permission=one[:80]).at(
                param="permissions"
            )
        wanted.append(Permission(one))
    require_grantable(actor, frozenset(wanted))
    return [one.value for one in wanted]


def _require_covered(actor: Actor, role: CustomRole) -> None:
    """A role that allows more than the actor may is not theirs to change either."""
    require_grantable(actor, frozenset(one for one in GRANTABLE if one.value in role.permissions))
