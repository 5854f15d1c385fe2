"""Workspaces: making them, renaming them, putting them away."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from studio.domain.access import Actor, Permission, Role
from studio.domain.errors import AccessRefused, Conflict, NotFound
from studio.domain.ids import INSTANCE, new_id
from studio.services._collection import Kept
from studio.services.auditing import entry
from studio.services.people.checks import check_text
from studio.services.people.guards import own_permissions, require_person
from studio.services.people.model import BY_PROVIDER, Account, Member, People, Workspace, member_id
from studio.services.people.provisioning import no_workspace

MOST_OWN = 20
"""Workspaces that a person who is no operator may make."""


class WorkspaceShown(NamedTuple):
    """A workspace, and the caller's own role in it."""

    workspace: Kept[Workspace]
    role: str | None


class Workspaces:
    """The workspaces of the instance.

    Args:
        people: Where they are kept.
        open: Whether anybody may make one, and not just operators.
    """

    def __init__(self, people: People, *, open: bool) -> None:
        self._people = people
        self._open = open

    async def own(self, actor: Actor) -> list[WorkspaceShown]:
        """Those in use that the actor belongs to, by name."""
        members = await self._people.members.all(INSTANCE, field="account", value=actor.id)
        found = await self._people.workspaces.get_many(INSTANCE, [one.value.workspace for one in members])
        roles = {one.value.workspace: one.value.role for one in members}
        return _sorted([WorkspaceShown(one, roles[id]) for id, one in found.items() if one.value.active])

    async def all(self, actor: Actor) -> list[WorkspaceShown]:
        """Every one, archived ones too, by name. For operators."""
        members = await self._people.members.all(INSTANCE, field="account", value=actor.id)
        roles = {one.value.workspace: one.value.role for one in members}
        return _sorted([WorkspaceShown(one, roles.get(one.id)) for one in await self._people.workspaces.all(INSTANCE)])

    async def show(self, actor: Actor, workspace: str) -> WorkspaceShown:
        """One that the actor belongs to; any for an operator.

        Raises:
            NotFound: There is none such for them.
        """
        found = await self._people.workspaces.get(INSTANCE, workspace)
        member = await self._people.members.get(INSTANCE, member_id(workspace, actor.id))
        if found is None or (not actor.operator and (member is None or not found.value.active)):
            raise no_workspace(workspace)
        return WorkspaceShown(found, None if member is None else member.value.role)

    async def create(self, actor: Actor, name: str) -> WorkspaceShown:
        """Make one; the actor is its first Admin.

        Raises:
            AccessRefused: Only operators make workspaces here.
            Conflict: The actor has made many already.
        """
        require_person(actor)
        if not actor.operator:
            if not self._open:
                raise AccessRefused("workspace.operators_only", "Only operators make workspaces here. Ask one.")
            made = [one for one in await self._people.workspaces.all(INSTANCE) if one.value.created_by == actor.id]
            if len(made) >= MOST_OWN:
                raise Conflict("workspace.too_many", "You have made {most} workspaces already.", most=MOST_OWN)
        name, id = check_text(name, most=100), new_id()
        member = Member(workspace=id, account=actor.id, role=Role.ADMIN)
        await self._people.records.commit(
            [
                self._people.workspaces.put(INSTANCE, id, Workspace(name=name, created_by=actor.id), expected=0),
                self._people.members.put(INSTANCE, member_id(id, actor.id), member, expected=0),
            ],
            [
                entry(actor, "workspace.created", kind="workspace", id=id, name=name, workspace=INSTANCE),
                entry(actor, "workspace.created", kind="workspace", id=id, name=name, workspace=id),
            ],
        )
        return await self.show(actor, id)

    async def change(
        self,
        actor: Actor,
        workspace: str,
        *,
        name: str | None = None,
        second_factor: bool | None = None,
        active: bool | None = None,
        expected: int | None = None,
    ) -> WorkspaceShown:
        """Rename one, ask a second factor of its members, archive it. An Admin of it may, or an operator.

        Out of the archive only an operator brings it, since nobody has rights in an archived one.

        Raises:
            NotFound: There is none such for the actor.
            AccessRefused: They may not change its settings.
            RecordChanged: It has another revision than expected.
        """
        found = (await self.show(actor, workspace)).workspace
        await self._require_settings(actor, workspace)
        old = found.value
        if second_factor and not old.second_factor:
            await self._require_own_factor(actor)
        changed = msgspec.structs.replace(
            old,
            name=old.name if name is None else check_text(name, most=100),
            second_factor=old.second_factor if second_factor is None else second_factor,
            active=old.active if active is None else active,
        )
        action = "workspace.changed"
        if changed.active != old.active:
            action = "workspace.unarchived" if changed.active else "workspace.archived"
        revision = found.revision if expected is None else expected
        before, after = _shown(old), _shown(changed)
        await self._people.records.commit(
            [self._people.workspaces.put(INSTANCE, workspace, changed, expected=revision)],
            [
                entry(
                    actor, action, kind="workspace", id=workspace, name=changed.name, before=before, after=after,
                    workspace=log,
                )
                for log in (INSTANCE, workspace)
            ],
        )  # fmt: skip
        kept = await self._people.workspaces.need(INSTANCE, workspace)
        member = await self._people.members.get(INSTANCE, member_id(workspace, actor.id))
        return WorkspaceShown(kept, None if member is None else member.value.role)

    async def appoint(self, actor: Actor, workspace: str, account: str) -> None:
        """Make somebody an Admin of a workspace, for an operator: so that one which has lost its Admins gets another.

        Raises:
            NotFound: There is no such workspace or account.
            Conflict: It is no active person.
        """
        place = await self._people.workspaces.get(INSTANCE, workspace)
        if place is None:
            raise no_workspace(workspace)
        found = await self._people.accounts.get(INSTANCE, account)
        if found is None:
            raise NotFound("account.not_found", "There is no account {id}.", id=account).at(param="account")
        _require_person(found)
        id = member_id(workspace, account)
        member = await self._people.members.get(INSTANCE, id)
        before = None if member is None else member.value
        after = Member(workspace=workspace, account=account, role=Role.ADMIN)
        if before is not None:
            after = msgspec.structs.replace(before, role=Role.ADMIN)
        await self._people.records.commit(
            [
                self._people.members.put(INSTANCE, id, after, expected=member.revision if member else 0),
                self._people.accounts.check(INSTANCE, account, found.revision),
            ],
            [
                entry(
                    actor, "member.appointed", kind="member", id=account, name=found.value.name, workspace=log,
                    before=None if before is None else {"role": before.role},
                    after={"role": after.role, "workspace": workspace},
                )
                for log in (INSTANCE, workspace)
            ],
        )  # fmt: skip

    async def _require_own_factor(self, actor: Actor) -> None:
        """Whoever asks it of others has it, so that there is somebody who can still turn it off."""
        account = await self._people.accounts.get(INSTANCE, actor.id)
        session = await self._people.sessions.get(INSTANCE, actor.session or "")
        by_provider = session is not None and session.value.way in BY_PROVIDER
        if account is not None and account.value.totp is None and not by_provider:
            raise Conflict("workspace.own_factor_first", "Set up a second factor of your own first.")

    async def _require_settings(self, actor: Actor, workspace: str) -> None:
        if actor.operator:
            return
        if Permission.SETTINGS_MANAGE not in await own_permissions(self._people, actor, workspace):
            raise AccessRefused(
                "access.missing_permission", "This needs the permission {permission}.",
                permission=Permission.SETTINGS_MANAGE,
            )  # fmt: skip


def _require_person(found: Kept[Account]) -> None:
    if not found.value.active or found.value.service_of is not None:
        raise Conflict("account.not_active", "{name} is no active person.", name=found.value.name)


def _sorted(found: list[WorkspaceShown]) -> list[WorkspaceShown]:
    return sorted(found, key=lambda one: (one.workspace.value.name.casefold(), one.workspace.id))


def _shown(one: Workspace) -> dict[str, object]:
    return {"name": one.name, "active": one.active, "second_factor": one.second_factor}
