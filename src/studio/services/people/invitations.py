"""Invitations: a link that makes somebody a member of a workspace, once."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from studio.contracts.records import Change, Put
from studio.crypto.passwords import new_secret, secret_digest
from studio.domain.access import Actor, ActorKind, Permission, Role
from studio.domain.errors import Conflict, NotFound, RecordChanged, RecordTaken, StudioError
from studio.domain.ids import INSTANCE
from studio.services._clock import Clock
from studio.services._collection import Kept
from studio.services.auditing import entry
from studio.services.people.accounts import Accounts
from studio.services.people.checks import check_email
from studio.services.people.guards import require_person, require_roles
from studio.services.people.letters import Letters
from studio.services.people.model import Account, Member, People, Ticket, Workspace, member_id
from studio.services.people.provisioning import account_exists
from studio.services.people.rights import permissions_of_role, rights_of
from studio.services.people.throttle import DAY
from studio.services.policy import require_grantable

LIFETIME = 7 * DAY
MOST = 1000
"""Invitations of one workspace that wait for an answer."""
PURPOSE = "invitation"


@dataclass(frozen=True, slots=True)
class Invited:
    """A new invitation. ``link`` is shown once; None where it was sent by mail."""

    invitation: Kept[Ticket]
    link: str | None


@dataclass(frozen=True, slots=True)
class Offer:
    """What an invitation offers to whoever has its link."""

    workspace: str
    name: str
    email: str
    role: str


class Invitations:
    """Invites people to the actor's workspace, and takes in those who come."""

    def __init__(self, people: People, accounts: Accounts, letters: Letters, clock: Clock) -> None:
        self._people = people
        self._accounts = accounts
        self._letters = letters
        self._clock = clock

    async def waiting(self, actor: Actor) -> list[Kept[Ticket]]:
        """Those that wait for an answer, newest first."""
        found = await self._people.tickets.all(INSTANCE, field="invited_to", value=actor.workspace)
        return sorted(found, key=lambda one: one.record.created_at, reverse=True)

    async def invite(self, actor: Actor, email: str, role: str) -> Invited:
        """Invite somebody; an earlier invitation of the same address is void.

        Raises:
            UserError: The address is none.
            NotFound: There is no such role.
            AccessRefused: The role allows more than the actor may.
            Conflict: They are a member already, or too many invitations wait.
            ProviderError: The mail server does not take the mail; then there is no invitation.
        """
        email = check_email(email)
        held = await require_roles(self._people, actor, actor.workspace, role, {})
        mail_key = await self._people.mail_key(email)
        account = await self._people.accounts.by_key(INSTANCE, f"mail:{mail_key}")
        if account is not None and await self._is_member(actor.workspace, account.id):
            raise Conflict("member.exists", "They are a member already.")
        earlier = await self._people.tickets.by_key(INSTANCE, f"invitation:{actor.workspace}:{mail_key}")
        if earlier is None and len(await self.waiting(actor)) >= MOST:
            raise Conflict("invitation.too_many", "At most {most} invitations can wait for an answer.", most=MOST)
        place = await self._people.workspaces.need(INSTANCE, actor.workspace)
        secret = new_secret()
        id = secret_digest(secret)
        ticket = Ticket(
            purpose=PURPOSE, workspace=actor.workspace, role=role, email=email, mail_key=mail_key, made_by=actor.id,
            mailed=self._letters.can_send,
        )  # fmt: skip
        void: list[Change] = [] if earlier is None else [self._people.tickets.drop(INSTANCE, earlier.id)]
        expires = self._clock() + LIFETIME
        put = self._people.tickets.put(INSTANCE, id, ticket, expected=0, expires_at=expires)
        audit = entry(
            actor, "invitation.made", kind="invitation", id=id, name=email,
            after={"email": email, "role": role, "mailed": ticket.mailed},
        )  # fmt: skip
        try:
            await self._people.records.commit([*void, put, *held], [audit])
        except RecordTaken as error:
            raise Conflict("invitation.twice", "Somebody else has just invited this address.") from error
        invited = await self._people.tickets.need(INSTANCE, id)
        if not self._letters.can_send:
            return Invited(invited, self._letters.link("invitation", secret))
        lang = account.value.lang if account is not None else actor.lang
        try:
            await self._letters.invite(email, lang, workspace=place.value.name, by=actor.name, secret=secret)
        except StudioError:
            await self._people.records.commit([self._people.tickets.drop(INSTANCE, id)])
            raise
        return Invited(invited, None)

    async def revoke(self, actor: Actor, invitation: str) -> None:
        """Make an invitation void.

        Raises:
            NotFound: There is none such in the workspace.
        """
        found = await self._people.tickets.get(INSTANCE, invitation)
        if found is None or found.value.purpose != PURPOSE or found.value.workspace != actor.workspace:
            raise NotFound("invitation.not_found", "There is no invitation {id}.", id=invitation)
        audit = entry(actor, "invitation.revoked", kind="invitation", id=invitation, name=found.value.email or "")
        await self._people.records.commit(
            [self._people.tickets.drop(INSTANCE, invitation, expected=found.revision)], [audit]
        )

    async def look(self, secret: str) -> Offer:
        """What an invitation offers.

        Raises:
            NotFound: It is not valid any more.
        """
        ticket, place = await self._valid(secret)
        role = ticket.value.role or ""
        custom = None if role in tuple(Role) else await self._people.roles.get(ticket.value.workspace or "", role)
        return Offer(
            place.id, place.value.name, ticket.value.email or "", role if custom is None else custom.value.name
        )

    async def accept_anew(self, secret: str, *, name: str, password: str, asking: Actor) -> Kept[Account]:
        """Make an account with the invited address, and take the invitation.

        Raises:
            NotFound: It is not valid any more.
            UserError: Name or password will not do.
            Conflict: The address has an account already: sign in and accept then.
        """
        ticket, place = await self._valid(secret)
        made, put = await self._accounts.new(ticket.value.email or "", name, password, verified=ticket.value.mailed)
        who = msgspec.structs.replace(asking, kind=ActorKind.PERSON, id=put.id, name=made.name, workspace=place.id)
        await self._take(who, ticket, place, put.id, [put], new=True)
        return await self._people.accounts.need(INSTANCE, put.id)

    async def accept(self, actor: Actor, secret: str) -> str:
        """Take an invitation with the account that has the invited address; the workspace's id.

        Raises:
            NotFound: It is not valid any more, or is for another address.
        """
        require_person(actor)
        ticket, place = await self._valid(secret)
        account = await self._people.accounts.need(INSTANCE, actor.id)
        if account.value.mail_key != ticket.value.mail_key:
            raise NotFound("invitation.other", "This invitation is for another address than that of your account.")
        changes: list[Change] = [self._people.accounts.check(INSTANCE, account.id, account.revision)]
        if ticket.value.mailed and not account.value.verified:
            verified = msgspec.structs.replace(account.value, verified=True)
            changes = [self._people.accounts.put(INSTANCE, account.id, verified, expected=account.revision)]
        who = msgspec.structs.replace(actor, workspace=place.id)
        await self._take(who, ticket, place, account.id, changes, new=False)
        return place.id

    async def _valid(self, secret: str) -> tuple[Kept[Ticket], Kept[Workspace]]:
        """An invitation that still holds: who made it may still give what it gives."""
        ticket = await self._people.tickets.get(INSTANCE, secret_digest(secret))
        if ticket is None or ticket.value.purpose != PURPOSE or ticket.value.workspace is None:
            raise _void()
        place = await self._people.workspaces.get(INSTANCE, ticket.value.workspace)
        if place is None or not place.value.active or not await self._still_given(ticket.value):
            raise _void()
        return ticket, place

    async def _still_given(self, ticket: Ticket) -> bool:
        host = await self._people.accounts.get(INSTANCE, ticket.made_by)
        workspace = ticket.workspace or ""
        if host is None or not host.value.active:
            return False
        rights = await rights_of(self._people, workspace, host.id)
        if rights is None or Permission.MEMBER_MANAGE not in rights[0]:
            return False
        by = Actor(id=host.id, workspace=workspace, permissions=rights[0])
        try:
            require_grantable(by, await permissions_of_role(self._people, workspace, ticket.role or ""))
        except StudioError:
            return False
        return True

    async def _take(
        self,
        who: Actor,
        ticket: Kept[Ticket],
        place: Kept[Workspace],
        account: str,
        changes: list[Change] | list[Put],
        *,
        new: bool,
    ) -> None:
        member = Member(workspace=place.id, account=account, role=ticket.value.role or "")
        taken: list[Change] = [self._people.tickets.drop(INSTANCE, ticket.id, expected=ticket.revision), *changes]
        if not await self._is_member(place.id, account):
            taken.append(self._people.members.put(INSTANCE, member_id(place.id, account), member, expected=0))
        audit = [
            entry(who, "invitation.accepted", kind="invitation", id=ticket.id, name=who.name,
                  after={"account": account, "role": member.role, "made_by": ticket.value.made_by},
                  workspace=place.id)
        ]  # fmt: skip
        if new:
            audit.append(
                entry(who, "account.created", kind="account", id=account, name=who.name, workspace=INSTANCE,
                      after={"email": ticket.value.email or "", "invited_to": place.id})
            )  # fmt: skip
        try:
            await self._people.records.commit(taken, audit)
        except RecordTaken as error:
            raise account_exists() from error
        except RecordChanged as error:
            raise _void() from error

    async def _is_member(self, workspace: str, account: str) -> bool:
        return await self._people.members.get(INSTANCE, member_id(workspace, account)) is not None


def _void() -> NotFound:
    return NotFound("invitation.link", "This invitation is not valid any more. Ask for another one.")
