"""Making accounts and members without a person in front: for identity providers, and under the other services.

Nothing here asks for a permission: whoever calls has. What must hold whoever asks does hold: addresses are unique, a
workspace keeps an active Admin and the instance an operator, and every change is in the audit log.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from studio.contracts.records import Change, Drop
from studio.domain.access import Actor
from studio.domain.errors import Conflict, NotFound, RecordTaken, StudioError
from studio.domain.ids import INSTANCE, new_id
from studio.services._collection import Kept
from studio.services.auditing import entry
from studio.services.people.checks import check_email, check_text
from studio.services.people.guards import keep_an_admin, need_member, without_doubles
from studio.services.people.model import Account, Member, People, member_id
from studio.services.people.remaining import keep_everything
from studio.services.people.rights import permissions_of_role


class Provisioning:
    """Makes, ends and revives accounts; adds and removes members."""

    def __init__(self, people: People) -> None:
        self._people = people

    async def account_by_email(self, email: str) -> Kept[Account] | None:
        """The account with an address."""
        return await self._people.accounts.by_key(INSTANCE, f"mail:{await self._people.mail_key(email)}")

    async def account_by_subject(self, subject: str) -> Kept[Account] | None:
        """The account that an identity provider knows as this: issuer and subject, as one text."""
        return await self._people.accounts.by_key(
            INSTANCE, f"subject:{await self._people.records.digest(INSTANCE, subject)}"
        )

    async def create_account(
        self,
        actor: Actor,
        *,
        email: str,
        name: str,
        subject: str | None = None,
        external_id: str | None = None,
        active: bool = True,
        lang: str = "en",
        verified: bool = False,
    ) -> Kept[Account]:
        """Make an account without a password.

        Raises:
            UserError: The address is none, or the name is empty or too long.
            Conflict: There is one with this address, subject or external id.
        """
        email = check_email(email)
        made = Account(
            email=email, mail_key=await self._people.mail_key(email), name=check_text(name), subject=subject,
            subject_key=None if subject is None else await self._people.records.digest(INSTANCE, subject),
            external_id=external_id, active=active, lang=lang, verified=verified,
        )  # fmt: skip
        id = new_id()
        try:
            await self._people.records.commit(
                [self._people.accounts.put(INSTANCE, id, made, expected=0)],
                [entry(actor, "account.created", kind="account", id=id, name=made.name, workspace=INSTANCE,
                       after={"email": email, "name": made.name, "active": active})],
            )  # fmt: skip
        except RecordTaken as error:
            raise account_exists() from error
        return await self._people.accounts.need(INSTANCE, id)

    async def change_account(
        self,
        actor: Actor,
        account: str,
        *,
        name: str | None = None,
        email: str | None = None,
        subject: str | None = None,
        external_id: str | None = None,
        verified: bool | None = None,
        expected: int | None = None,
    ) -> Kept[Account]:
        """Change what others know of a person. None leaves a thing as it is.

        Raises:
            NotFound: There is no such account.
            Conflict: Address, subject or external id belongs to another account.
        """
        found = await self._people.accounts.need(INSTANCE, account)
        old = found.value
        address = old.email if email is None else check_email(email)
        changed = msgspec.structs.replace(
            old,
            name=old.name if name is None else check_text(name),
            email=address,
            mail_key=await self._people.mail_key(address) if address else "",
            verified=verified if verified is not None else old.verified and address == old.email,
            external_id=old.external_id if external_id is None else external_id,
            subject=old.subject if subject is None else subject,
            subject_key=old.subject_key if subject is None else await self._people.records.digest(INSTANCE, subject),
        )
        audit = entry(
            actor, "account.changed", kind="account", id=account, name=changed.name, workspace=INSTANCE,
            before={"name": old.name, "email": old.email}, after={"name": changed.name, "email": changed.email},
        )  # fmt: skip
        revision = found.revision if expected is None else expected
        try:
            await self._people.records.commit(
                [self._people.accounts.put(INSTANCE, account, changed, expected=revision)], [audit]
            )
        except RecordTaken as error:
            raise account_exists() from error
        return await self._people.accounts.need(INSTANCE, account)

    async def deactivate_account(self, actor: Actor, account: str, *, expected: int | None = None) -> Kept[Account]:
        """Let somebody in no more: from their next request on. Their sessions and links end; what they own stays.

        Raises:
            NotFound: There is no such account.
            Conflict: It is the last operator's, the last Admin's of a workspace, or the last that a password lets in
                while a provider is enforced.
        """
        found = await self._people.accounts.need(INSTANCE, account)
        if not found.value.active:
            return found
        changes = await self.deactivation(found, expected=expected)
        audit = entry(
            actor, "account.deactivated", kind="account", id=account, name=found.value.name, workspace=INSTANCE
        )
        await self._people.records.commit(without_doubles(changes), [audit])
        return await self._people.accounts.need(INSTANCE, account)

    async def deactivation(self, found: Kept[Account], *, expected: int | None = None) -> list[Change]:
        """The changes that deactivate an account.

        Raises:
            Conflict: As for ``deactivate_account``.
        """
        changed = msgspec.structs.replace(found.value, active=False)
        revision = found.revision if expected is None else expected
        return [
            self._people.accounts.put(INSTANCE, found.id, changed, expected=revision),
            *await keep_everything(self._people, found),
            *await self.sessions_ended(found.id),
            *await self.links_ended(found.id),
            *[
                self._people.devices.drop(INSTANCE, one.id)
                for one in await self._people.devices.all(INSTANCE, parent=found.id)
            ],
        ]

    async def reactivate_account(self, actor: Actor, account: str, *, expected: int | None = None) -> Kept[Account]:
        """Let somebody in again.

        Raises:
            NotFound: There is no such account.
        """
        found = await self._people.accounts.need(INSTANCE, account)
        if found.value.active:
            return found
        changed = msgspec.structs.replace(found.value, active=True)
        revision = found.revision if expected is None else expected
        await self._people.records.commit(
            [self._people.accounts.put(INSTANCE, account, changed, expected=revision)],
            [entry(
                actor, "account.reactivated", kind="account", id=account, name=found.value.name, workspace=INSTANCE
            )],
        )  # fmt: skip
        return await self._people.accounts.need(INSTANCE, account)

    async def add_member(
        self, actor: Actor, workspace: str, account: str, role: str, groups: Sequence[str] = ()
    ) -> Kept[Member]:
        """Make somebody a member of a workspace.

        Raises:
            NotFound: There is no such workspace, account, role or group.
            Conflict: They are a member already.
        """
        found = await self._people.accounts.need(INSTANCE, account)
        place = await self._people.workspaces.get(INSTANCE, workspace)
        if place is None or not place.value.active:
            raise no_workspace(workspace)
        await permissions_of_role(self._people, workspace, role)
        if await self._people.members.get(INSTANCE, member_id(workspace, account)) is not None:
            raise Conflict("member.exists", "They are a member already.")
        member = Member(workspace=workspace, account=account, role=role, groups=await self._known(workspace, groups))
        await self._people.records.commit(
            [
                self._people.members.put(INSTANCE, member_id(workspace, account), member, expected=0),
                self._people.accounts.check(INSTANCE, account, found.revision),
            ],
            [entry(actor, "member.added", kind="member", id=account, name=found.value.name, workspace=workspace,
                   after={"role": role, "groups": member.groups})],
        )  # fmt: skip
        return await need_member(self._people, workspace, account)

    async def remove_member(self, actor: Actor, workspace: str, account: str) -> None:
        """End a membership.

        Raises:
            NotFound: They are no member.
            Conflict: They are the last active Admin.
        """
        found = await need_member(self._people, workspace, account)
        person = await self._people.accounts.get(INSTANCE, account)
        held = await keep_an_admin(self._people, workspace, members={account: None})
        audit = entry(
            actor, "member.removed", kind="member", id=account, name=person.value.name if person else "",
            workspace=workspace, before={"role": found.value.role, "groups": found.value.groups},
        )  # fmt: skip
        await self._people.records.commit(
            without_doubles([self._people.members.drop(INSTANCE, found.id, expected=found.revision), *held]), [audit]
        )

    async def change_member(
        self,
        actor: Actor,
        workspace: str,
        account: str,
        member: Member,
        *,
        expected: int | None = None,
        held: Sequence[Change] = (),
    ) -> Kept[Member]:
        """Put another membership in the place of one.

        Args:
            actor: Who asks.
            workspace: Where.
            account: Whose.
            member: As it is to be.
            expected: The revision it must have.
            held: Conditions under which the caller allows it.

        Raises:
            NotFound: They are no member.
            Conflict: They are the last active Admin.
        """
        found = await need_member(self._people, workspace, account)
        person = await self._people.accounts.need(INSTANCE, account)
        changed = msgspec.structs.replace(
            found.value, role=member.role, folders=member.folders, groups=await self._known(workspace, member.groups)
        )
        kept = await keep_an_admin(self._people, workspace, members={account: changed})
        revision = found.revision if expected is None else expected
        audit = entry(
            actor, "member.changed", kind="member", id=account, name=person.value.name, workspace=workspace,
            before=_shown(found.value), after=_shown(changed),
        )  # fmt: skip
        await self._people.records.commit(
            without_doubles([self._people.members.put(INSTANCE, found.id, changed, expected=revision), *kept, *held]),
            [audit],
        )
        return await need_member(self._people, workspace, account)

    async def set_role(self, actor: Actor, workspace: str, account: str, role: str) -> Kept[Member]:
        """Give a member another role.

        Raises:
            NotFound: They are no member, or there is no such role.
            Conflict: They are the last active Admin.
        """
        await permissions_of_role(self._people, workspace, role)
        found = await need_member(self._people, workspace, account)
        changed = msgspec.structs.replace(found.value, role=role)
        return await self.change_member(actor, workspace, account, changed, expected=found.revision)

    async def set_groups(self, actor: Actor, workspace: str, account: str, groups: Sequence[str]) -> Kept[Member]:
        """Make these the groups of a member.

        Raises:
            NotFound: They are no member, or there is no such group.
            Conflict: They are the last active Admin.
        """
        found = await need_member(self._people, workspace, account)
        changed = msgspec.structs.replace(found.value, groups=list(groups))
        return await self.change_member(actor, workspace, account, changed, expected=found.revision)

    async def sessions_ended(self, account: str, *, but: str | None = None) -> list[Change]:
        """The changes that end all sessions of an account, but one."""
        found = await self._people.sessions.all(INSTANCE, parent=account)
        return [self._people.sessions.drop(INSTANCE, one.id) for one in found if one.id != but]

    async def links_ended(self, account: str, purpose: str | None = None) -> list[Drop]:
        """The changes that make the links and second steps of an account void."""
        found = await self._people.tickets.all(INSTANCE, parent=account)
        return [self._people.tickets.drop(INSTANCE, one.id) for one in found if purpose in (None, one.value.purpose)]

    async def _known(self, workspace: str, groups: Sequence[str]) -> list[str]:
        wanted = list(dict.fromkeys(groups))
        found = await self._people.groups.get_many(workspace, wanted)
        for id in wanted:
            if id not in found:
                raise NotFound("group.not_found", "There is no group {id}.", id=id).at(param="groups")
        return wanted


def _shown(member: Member) -> dict[str, object]:
    return {"role": member.role, "folders": dict(member.folders), "groups": list(member.groups)}


def account_exists() -> StudioError:
    """The error for an address that has an account."""
    return Conflict("account.exists", "There is an account with this address already.").at(param="email")


def no_workspace(id: str) -> NotFound:
    """The error for a workspace that is not there."""
    return NotFound("workspace.not_found", "There is no workspace {id}.", id=id)
