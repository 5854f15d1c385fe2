"""Making accounts and changing one's own."""

from __future__ import annotations

import re

import msgspec

from studio.contracts.records import Change
from studio.crypto.passwords import Passwords, new_secret, same_secret, secret_digest
from studio.domain.access import Actor, ActorKind, Role
from studio.domain.errors import Conflict, NotFound, UserError
from studio.domain.ids import DEFAULT_WORKSPACE, INSTANCE, new_id
from studio.services._clock import Clock
from studio.services._collection import Kept
from studio.services.auditing import MASKED, entry
from studio.services.people.model import Account, Member, People, Ticket, Workspace, member_id
from studio.services.people.sessions import DAY, Sessions

MIN_PASSWORD = 12
MAX_PASSWORD = 1024
_EMAIL = re.compile(r"[^\s@]{1,64}@[^\s@]{1,255}")
_SETUP = "setup"


def check_password(password: str, *about: str) -> None:
    """Make sure that a password is worth being one.

    Raises:
        UserError: It is too short or too long, or is what stands around it.
    """
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise UserError(
            "account.password_length", "A password has from {least} to {most} characters.",
            least=MIN_PASSWORD, most=MAX_PASSWORD,
        ).at(param="password")  # fmt: skip
    if len(set(password)) < 4 or password.casefold() in {text.casefold() for text in about}:
        raise UserError("account.password_weak", "This password is too easy to guess.").at(param="password")


def check_email(email: str) -> str:
    """The address without blanks around it.

    Raises:
        UserError: It is none.
    """
    email = email.strip()
    if not _EMAIL.fullmatch(email):
        raise UserError("account.email", "{email} is no mail address.", email=email[:80]).at(param="email")
    return email


class Accounts:
    """Makes accounts, and lets their owners change them."""

    def __init__(self, people: People, passwords: Passwords, sessions: Sessions, clock: Clock) -> None:
        self._people = people
        self._passwords = passwords
        self._sessions = sessions
        self._clock = clock

    async def is_set_up(self) -> bool:
        """Whether there is an account."""
        return await self._people.accounts.count(INSTANCE) > 0

    async def setup_secret(self) -> str | None:
        """A new secret for the set-up link, which makes earlier ones void; None where there is an account already."""
        if await self.is_set_up():
            return None
        secret = new_secret()
        ticket = Ticket(purpose=_SETUP, account=secret_digest(secret))
        await self._people.records.commit(
            [self._people.tickets.put(INSTANCE, _SETUP, ticket, expires_at=self._clock() + 7 * DAY)]
        )
        return secret

    async def set_up(self, secret: str, *, email: str, name: str, password: str, asking: Actor) -> Kept[Account]:
        """Make the first account with the secret of the set-up link: operator, and Admin of the default workspace.

        Raises:
            NotFound: The secret is not right, or was used already.
            UserError: Address or password will not do.
        """
        ticket = await self._people.tickets.get(INSTANCE, _SETUP)
        if ticket is None or not same_secret(ticket.value.account or "", secret):
            raise NotFound("setup.link", "This set-up link is not valid any more. Restart Studio to get a new one.")
        made, changes = await self._new(email, name, password, operator=True)
        id = changes[0].id
        member = Member(workspace=DEFAULT_WORKSPACE, account=id, role=Role.ADMIN)
        who = msgspec.structs.replace(asking, kind=ActorKind.PERSON, id=id, name=made.name, workspace=DEFAULT_WORKSPACE)
        await self._people.records.commit(
            [
                self._people.tickets.drop(INSTANCE, _SETUP, expected=ticket.revision),
                *changes,
                self._people.workspaces.put(INSTANCE, DEFAULT_WORKSPACE, Workspace(name="Default", created_by=id)),
                self._people.members.put(INSTANCE, member_id(DEFAULT_WORKSPACE, id), member),
            ],
            [entry(who, "instance.set_up", kind="account", id=id, name=made.name, workspace=INSTANCE)],
        )
        return await self._people.accounts.need(INSTANCE, id)

    async def _new(self, email: str, name: str, password: str | None, *, operator: bool = False):
        """A new account, and the change that makes it."""
        email = check_email(email)
        name = name.strip()
        if not 1 <= len(name) <= 200:
            raise UserError("account.name", "A name has from 1 to 200 characters.").at(param="name")
        hashed = None
        if password is not None:
            check_password(password, email, name)
            hashed = await self._passwords.hash(password)
        mail_key = await self._people.mail_key(email)
        if await self._people.accounts.by_key(INSTANCE, f"mail:{mail_key}") is not None:
            raise Conflict("account.exists", "There is an account with this address already.").at(param="email")
        made = Account(email=email, mail_key=mail_key, name=name, password=hashed, operator=operator)
        return made, [self._people.accounts.put(INSTANCE, new_id(), made, expected=0)]

    async def change_password(self, actor: Actor, old: str, new: str) -> None:
        """Change one's own password; every other session ends.

        Raises:
            UserError: The old one is not right, or the new one will not do.
        """
        account = await self._people.accounts.need(INSTANCE, actor.id)
        if not await self._passwords.verify(account.value.password, old):
            raise UserError("account.old_password", "The present password is not right.").at(param="old_password")
        check_password(new, account.value.email, account.value.name)
        changed = msgspec.structs.replace(account.value, password=await self._passwords.hash(new))
        ended: list[Change] = await self._sessions.ended_with(actor.id, but=actor.session)
        await self._people.records.commit(
            [self._people.accounts.put(INSTANCE, account.id, changed, expected=account.revision), *ended],
            [
                entry(
                    actor,
                    "account.password_changed",
                    kind="account",
                    id=account.id,
                    after={"password": MASKED},
                    workspace=INSTANCE,
                )
            ],
        )

    async def change(
        self, actor: Actor, *, name: str | None = None, lang: str | None = None, expected: int | None = None
    ):
        """Change one's own name or language; gives the account as it is then."""
        account = await self._people.accounts.need(INSTANCE, actor.id)
        changed = msgspec.structs.replace(
            account.value, name=(name or account.value.name).strip()[:200], lang=lang or account.value.lang
        )
        await self._people.records.commit(
            [
                self._people.accounts.put(
                    INSTANCE, account.id, changed, expected=account.revision if expected is None else expected
                )
            ],
            [
                entry(
                    actor, "account.changed", kind="account", id=account.id, workspace=INSTANCE,
                    before={"name": account.value.name, "lang": account.value.lang},
                    after={"name": changed.name, "lang": changed.lang},
                )
            ],
        )  # fmt: skip
        return await self._people.accounts.need(INSTANCE, account.id)
