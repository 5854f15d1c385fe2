"""Service accounts: members without a password or a session, for whom API keys act."""

from __future__ import annotations

import msgspec

from studio.domain.access import Actor, Role
from studio.domain.errors import Conflict, NotFound
from studio.domain.ids import INSTANCE, new_id
from studio.services._collection import Kept
from studio.services.auditing import entry
from studio.services.people.checks import check_text
from studio.services.people.guards import need_member, require_power_over, require_roles, without_doubles
from studio.services.people.members import MemberShown
from studio.services.people.model import Account, Member, People, member_id

MAX_SERVICE_ACCOUNTS = 500
"""Of one workspace."""


class ServiceAccounts:
    """The service accounts of the actor's workspace. Role, folders and groups are changed as those of any member."""

    def __init__(self, people: People) -> None:
        self._people = people

    async def all(self, actor: Actor) -> list[MemberShown]:
        """Every one, by name."""
        accounts = await self._people.accounts.all(INSTANCE, field="service_of", value=actor.workspace)
        members = await self._people.members.get_many(
            INSTANCE, [member_id(actor.workspace, one.id) for one in accounts]
        )
        shown = [
            MemberShown(members[member_id(actor.workspace, one.id)], one)
            for one in accounts
            if member_id(actor.workspace, one.id) in members
        ]
        return sorted(shown, key=lambda one: (one.account.value.name.casefold(), one.account.id))

    async def show(self, actor: Actor, account: str) -> MemberShown:
        """One.

        Raises:
            NotFound: There is none such in the workspace.
        """
        found = await self._people.accounts.get(INSTANCE, account)
        if found is None or found.value.service_of != actor.workspace:
            raise NotFound("service_account.not_found", "There is no service account {id}.", id=account)
        return MemberShown(await need_member(self._people, actor.workspace, account), found)

    async def create(self, actor: Actor, name: str, role: str = Role.SERVICE) -> MemberShown:
        """Make one.

        Raises:
            NotFound: There is no such role.
            AccessRefused: The role allows more than the actor may.
            Conflict: There are too many.
        """
        held = await require_roles(self._people, actor, actor.workspace, role, {})
        if len(await self.all(actor)) >= MAX_SERVICE_ACCOUNTS:
            raise Conflict(
                "service_account.too_many", "A workspace has at most {most} service accounts.",
                most=MAX_SERVICE_ACCOUNTS,
            )  # fmt: skip
        made = Account(email="", mail_key="", name=check_text(name), service_of=actor.workspace)
        id = new_id()
        member = Member(workspace=actor.workspace, account=id, role=role)
        await self._people.records.commit(
            without_doubles([
                self._people.accounts.put(INSTANCE, id, made, expected=0),
                self._people.members.put(INSTANCE, member_id(actor.workspace, id), member, expected=0),
                *held,
            ]),
            [entry(actor, "service_account.created", kind="account", id=id, name=made.name, after={"role": role})],
        )  # fmt: skip
        return await self.show(actor, id)

    async def change(
        self, actor: Actor, account: str, *, name: str | None = None, active: bool | None = None,
        expected: int | None = None,
    ) -> MemberShown:  # fmt: skip
        """Rename one, or turn it off or on. Keys of one that is off do nothing.

        Raises:
            NotFound: There is none such.
            AccessRefused: It may more than the actor.
        """
        found = await self.show(actor, account)
        await require_power_over(self._people, actor, actor.workspace, account)
        old = found.account.value
        changed = msgspec.structs.replace(
            old, name=old.name if name is None else check_text(name), active=old.active if active is None else active
        )
        await self._store(
            actor, "service_account.changed", found.account, changed,
            found.account.revision if expected is None else expected,
        )  # fmt: skip
        return await self.show(actor, account)

    async def delete(self, actor: Actor, account: str) -> None:
        """Delete one for good. Its keys do nothing from then on.

        Raises:
            NotFound: There is none such.
            AccessRefused: It may more than the actor.
        """
        found = await self.show(actor, account)
        await require_power_over(self._people, actor, actor.workspace, account)
        await self._people.records.commit(
            [
                self._people.members.drop(INSTANCE, found.member.id, expected=found.member.revision),
                self._people.accounts.drop(INSTANCE, account, expected=found.account.revision),
            ],
            [entry(actor, "service_account.deleted", kind="account", id=account, name=found.account.value.name,
                   before={"role": found.member.value.role})],
        )  # fmt: skip

    async def _store(self, actor: Actor, action: str, found: Kept[Account], changed: Account, revision: int) -> None:
        await self._people.records.commit(
            [self._people.accounts.put(INSTANCE, found.id, changed, expected=revision)],
            [entry(
                actor, action, kind="account", id=found.id, name=changed.name,
                before={"name": found.value.name, "active": found.value.active},
                after={"name": changed.name, "active": changed.active},
            )],
        )  # fmt: skip
