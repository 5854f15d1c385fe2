"""Accounts as operators see them: all of the instance."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from studio.domain.access import Actor
from studio.domain.errors import Conflict, NotFound
from studio.domain.ids import INSTANCE
from studio.services._collection import Kept
from studio.services.auditing import entry
from studio.services.people.guards import without_doubles
from studio.services.people.members import fits
from studio.services.people.model import Account, Member, People, Workspace
from studio.services.people.provisioning import Provisioning
from studio.services.people.remaining import keep_operation
from studio.services.people.resets import Resets


class AccountsPage(NamedTuple):
    """A page of accounts, by name."""

    items: list[Kept[Account]]
    after: tuple[str, str] | None


class Belonging(NamedTuple):
    """A membership and its workspace."""

    member: Member
    workspace: Kept[Workspace]


class Operating:
    """What operators do with accounts. Asks no permission: the routes have."""

    def __init__(self, people: People, provisioning: Provisioning, resets: Resets) -> None:
        self._people = people
        self._provisioning = provisioning
        self._resets = resets

    async def listed(
        self,
        *,
        text: str = "",
        active: bool | None = None,
        operator: bool | None = None,
        after: tuple[str, str] | None = None,
        limit: int = 50,
    ) -> AccountsPage:
        """A page of persons, by name. Names are sealed, so all are read and looked through here."""
        wanted = text.strip().casefold()
        found = [
            one
            for one in await self._people.accounts.all(INSTANCE, field="person")
            if (not wanted or fits(one.value, wanted))
            and active in (None, one.value.active)
            and operator in (None, one.value.operator)
        ]
        found.sort(key=_place)
        later = [one for one in found if after is None or _place(one) > after]
        return AccountsPage(later[:limit], _place(later[limit - 1]) if len(later) > limit else None)

    async def show(self, account: str) -> Kept[Account]:
        """One account.

        Raises:
            NotFound: There is none such.
        """
        found = await self._people.accounts.get(INSTANCE, account)
        if found is None:
            raise NotFound("account.not_found", "There is no account {id}.", id=account)
        return found

    async def belongings(self, account: str) -> list[Belonging]:
        """The workspaces an account belongs to, archived ones too."""
        members = await self._people.members.all(INSTANCE, field="account", value=account)
        places = await self._people.workspaces.get_many(INSTANCE, [one.value.workspace for one in members])
        return [Belonging(one.value, places[one.value.workspace]) for one in members if one.value.workspace in places]

    async def create(self, actor: Actor, email: str, name: str) -> tuple[Kept[Account], str]:
        """Make an account; gives it with the link by which its owner chooses a password, shown once.

        Raises:
            UserError: Address or name will not do.
            Conflict: The address has an account.
        """
        made = await self._provisioning.create_account(actor, email=email, name=name)
        return made, await self._resets.link_for(actor, made.id)

    async def change(
        self,
        actor: Actor,
        account: str,
        *,
        name: str | None = None,
        email: str | None = None,
        active: bool | None = None,
        operator: bool | None = None,
        expected: int | None = None,
    ) -> Kept[Account]:
        """Change an account. Whoever becomes or ceases to be an operator signs in again.

        Raises:
            NotFound: There is no such account.
            Conflict: It is the last one that can do something (see ``remaining``), or the address is taken, or a
                service account's.
            RecordChanged: It has another revision than expected.
        """
        found = await self.show(account)
        if found.value.service_of is not None:
            raise Conflict("account.service", "A service account is changed in its workspace.")
        if expected is not None:
            await self._people.records.commit([self._people.accounts.check(INSTANCE, account, expected)])
        if name is not None or email is not None:
            await self._provisioning.change_account(
                actor, account, name=name, email=email, verified=None, expected=found.revision
            )
            if email is not None and email.strip() != found.value.email:
                await self._people.records.commit(await self._provisioning.links_ended(account))
        if operator is not None and operator != found.value.operator:
            await self._make_operator(actor, account, operator)
        if active is not None and active != found.value.active:
            if active:
                await self._provisioning.reactivate_account(actor, account)
            else:
                await self._provisioning.deactivate_account(actor, account)
        return await self.show(account)

    async def _make_operator(self, actor: Actor, account: str, operator: bool) -> None:
        found = await self.show(account)
        held = [] if operator else await keep_operation(self._people, found)
        changed = msgspec.structs.replace(found.value, operator=operator)
        await self._people.records.commit(
            without_doubles(
                [
                    self._people.accounts.put(INSTANCE, account, changed, expected=found.revision),
                    *await self._provisioning.sessions_ended(account, but=actor.session),
                    *held,
                ]
            ),
            [entry(
                actor, "account.operator_made" if operator else "account.operator_unmade", kind="account", id=account,
                name=found.value.name, workspace=INSTANCE,
            )],
        )  # fmt: skip


def _place(one: Kept[Account]) -> tuple[str, str]:
    return one.value.name.casefold(), one.id
