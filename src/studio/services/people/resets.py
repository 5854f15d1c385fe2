"""Choosing another password by a link, and another address."""

from __future__ import annotations

import msgspec

from studio.contracts.records import Change
from studio.crypto.passwords import Passwords, new_secret, secret_digest
from studio.domain.access import Actor, ActorKind
from studio.domain.errors import Conflict, NotFound, RecordChanged, RecordTaken
from studio.domain.ids import INSTANCE
from studio.services._clock import Clock
from studio.services._collection import Kept
from studio.services.auditing import MASKED, entry
from studio.services.people.accounts import Accounts
from studio.services.people.checks import check_email, check_password
from studio.services.people.guards import need_member, require_power_over_account
from studio.services.people.guessing import Guessing, place_key
from studio.services.people.letters import Letters
from studio.services.people.model import Account, People, Ticket
from studio.services.people.provisioning import Provisioning, account_exists
from studio.services.people.throttle import DAY, MINUTE, Throttle

BY_MAIL = 60 * MINUTE
"""How long a link is valid that was sent by mail."""
BY_HAND = DAY
"""How long one is valid that somebody passes on."""
_ASKED = 5
"""Links that can be asked for one address in a quarter of an hour, and four times as many from one place."""


class Resets:
    """Links that let somebody choose a password, or confirm an address."""

    def __init__(
        self,
        people: People,
        passwords: Passwords,
        accounts: Accounts,
        provisioning: Provisioning,
        letters: Letters,
        throttle: Throttle,
        guessing: Guessing,
        clock: Clock,
    ) -> None:
        self._people = people
        self._passwords = passwords
        self._accounts = accounts
        self._provisioning = provisioning
        self._letters = letters
        self._throttle = throttle
        self._guessing = guessing
        self._clock = clock

    async def ask(self, email: str, *, asking: Actor) -> bool:
        """Send a link to an address, if there is an account with it; whether mail can be sent at all.

        The answer, and the time it takes, are the same for every address: what depends on it happens afterwards.

        Raises:
            TooManyAttempts: It was asked for too often lately.
        """
        mail_key = await self._people.mail_key(email)
        await self._throttle.take(f"reset-ip:{await place_key(self._people, asking.ip)}", 4 * _ASKED)
        await self._throttle.take(f"reset:{mail_key}", _ASKED)
        if not self._letters.can_send:
            return False

        async def send() -> None:
            account = await self._people.accounts.by_key(INSTANCE, f"mail:{mail_key}")
            if account is not None and account.value.active and account.value.service_of is None:
                secret = await self._made(asking, account, BY_MAIL, mailed=True)
                await self._letters.reset(account.value.email, account.value.lang, secret)

        self._letters.outbox.later(send)
        return True

    async def link_for_member(self, actor: Actor, account: str) -> str:
        """A link by which a member can choose a password; shown once, to be passed on.

        It is void once the member may other things than now: it opens no more than the actor has power over.

        Raises:
            NotFound: There is no such member.
            AccessRefused: The member may more than the actor, here or elsewhere.
            Conflict: The account is not active, or is a service account.
        """
        await need_member(self._people, actor.workspace, account)
        rights = await self._rights(account)
        await require_power_over_account(self._people, actor, account)
        return await self.link_for(actor, account, rights)

    async def link_for(self, actor: Actor, account: str, rights: str = "") -> str:
        """The same for any account. Asks no permission."""
        found = await self._people.accounts.need(INSTANCE, account)
        if not found.value.active or found.value.service_of is not None:
            raise Conflict("account.not_active", "{name} is no active person.", name=found.value.name)
        return self._letters.link("reset", await self._made(actor, found, BY_HAND, mailed=False, rights=rights))

    async def _rights(self, account: str) -> str:
        """A digest of what an account may, everywhere."""
        found = await self._people.accounts.need(INSTANCE, account)
        members = await self._people.members.all(INSTANCE, field="account", value=account)
        told = sorted(
            (one.id, one.value.role, sorted(one.value.folders.items()), sorted(one.value.groups)) for one in members
        )
        return secret_digest(f"{found.value.operator} {told}")

    async def _made(
        self, actor: Actor, account: Kept[Account], lifetime: int, *, mailed: bool, rights: str = ""
    ) -> str:
        secret = new_secret()
        ticket = Ticket(
            purpose="reset", account=account.id, made_by=actor.id, mailed=mailed, mail_key=account.value.mail_key,
            stamp=secret_digest(account.value.password or ""), rights=rights,
        )  # fmt: skip
        await self._people.records.commit(
            [
                # Of links by mail several are valid: otherwise anybody could void the one that its owner is opening.
                *([] if mailed else await self._provisioning.links_ended(account.id, "reset")),
                self._people.tickets.put(
                    INSTANCE, secret_digest(secret), ticket, expected=0, expires_at=self._clock() + lifetime
                ),
            ],
            [entry(
                actor, "account.reset_link_made", kind="account", id=account.id, name=account.value.name,
                after={"mailed": mailed}, workspace=INSTANCE,
            )],
        )  # fmt: skip
        return secret

    async def finish(self, secret: str, password: str, *, asking: Actor, device: str | None = None) -> str:
        """Set the password by a link, once. All sessions end, other links are void; a second factor stays.

        Gives the secret by which the browser is known when its owner signs in: whoever keeps failing at their address
        meanwhile does not keep them out.

        Raises:
            NotFound: The link is not valid any more.
            UserError: The password will not do.
        """
        ticket = await self._people.tickets.get(INSTANCE, secret_digest(secret))
        if ticket is None or ticket.value.purpose != "reset":
            raise _void()
        account = await self._people.accounts.get(INSTANCE, ticket.value.account or "")
        if account is None or not account.value.active or not _unchanged(account.value, ticket.value):
            raise _void()
        if ticket.value.rights and ticket.value.rights != await self._rights(account.id):
            raise _void()
        check_password(password, account.value.email, account.value.name)
        changed = msgspec.structs.replace(
            account.value, password=await self._passwords.hash(password),
            verified=account.value.verified or ticket.value.mailed,
        )  # fmt: skip
        who = msgspec.structs.replace(asking, kind=ActorKind.PERSON, id=account.id, name=account.value.name)
        others = await self._provisioning.links_ended(account.id)
        fresh, known = await self._guessing.remember(account.id, device)
        changes: list[Change] = [
            self._people.accounts.put(INSTANCE, account.id, changed, expected=account.revision),
            self._people.tickets.drop(INSTANCE, ticket.id, expected=ticket.revision),
            *[one for one in others if one.id != ticket.id],
            *await self._provisioning.sessions_ended(account.id),
            *known,
        ]
        audit = entry(
            who, "account.password_reset", kind="account", id=account.id, name=account.value.name,
            after={"password": MASKED, "link_of": ticket.value.made_by}, workspace=INSTANCE,
        )  # fmt: skip
        try:
            await self._people.records.commit(changes, [audit])
        except RecordChanged as error:
            raise _void() from error
        return fresh

    async def ask_email(self, actor: Actor, email: str, password: str) -> None:
        """Send a link to a new address that makes it the account's; nothing is sent where it has an account.

        Raises:
            UserError: The address is none, or the password is not right.
            Conflict: No mail can be sent: an operator changes addresses then.
        """
        account = await self._accounts.confirmed(actor, password)
        email = check_email(email)
        if not self._letters.can_send:
            raise Conflict("account.no_mail", "This Studio sends no mail. Ask an operator to change your address.")
        await self._throttle.take(f"email:{actor.id}", _ASKED)
        mail_key, secret = await self._people.mail_key(email), new_secret()
        ticket = Ticket(purpose="email", account=actor.id, email=email, mail_key=mail_key, made_by=actor.id)
        expires = self._clock() + BY_MAIL
        await self._people.records.commit(
            [
                *await self._provisioning.links_ended(actor.id, "email"),
                self._people.tickets.put(INSTANCE, secret_digest(secret), ticket, expected=0, expires_at=expires),
            ],
            [entry(
                actor, "account.email_change_asked", kind="account", id=actor.id, name=actor.name,
                after={"email": email}, workspace=INSTANCE,
            )],
        )  # fmt: skip

        async def send() -> None:
            if await self._people.accounts.by_key(INSTANCE, f"mail:{mail_key}") is None:
                await self._letters.confirm_email(email, account.value.lang, secret)

        self._letters.outbox.later(send)

    async def confirm_email(self, actor: Actor, secret: str) -> Kept[Account]:
        """Make the address of a link the one of the actor's account; links sent to the old one are void.

        Raises:
            NotFound: The link is not valid any more, or is for another account.
            Conflict: The address has an account meanwhile.
        """
        ticket = await self._people.tickets.get(INSTANCE, secret_digest(secret))
        if ticket is None or ticket.value.purpose != "email" or ticket.value.account != actor.id:
            raise _void()
        account = await self._people.accounts.need(INSTANCE, actor.id)
        changed = msgspec.structs.replace(
            account.value, email=ticket.value.email or "", mail_key=ticket.value.mail_key or "", verified=True
        )
        others = await self._provisioning.links_ended(actor.id)
        audit = entry(
            actor, "account.email_changed", kind="account", id=actor.id, name=actor.name, workspace=INSTANCE,
            before={"email": account.value.email}, after={"email": changed.email},
        )  # fmt: skip
        try:
            await self._people.records.commit(
                [
                    self._people.accounts.put(INSTANCE, actor.id, changed, expected=account.revision),
                    self._people.tickets.drop(INSTANCE, ticket.id, expected=ticket.revision),
                    *[one for one in others if one.id != ticket.id],
                ],
                [audit],
            )
        except RecordTaken as error:
            raise account_exists() from error
        old = account.value
        self._letters.outbox.later(lambda: self._letters.email_changed(old.email, old.lang, changed.email))
        return await self._people.accounts.need(INSTANCE, actor.id)


def _unchanged(account: Account, ticket: Ticket) -> bool:
    """Whether the account still has the password and the address for which the link was made."""
    return ticket.stamp == secret_digest(account.password or "") and ticket.mail_key == account.mail_key


def _void() -> NotFound:
    return NotFound("reset.link", "This link is not valid any more. Ask for another one.")
