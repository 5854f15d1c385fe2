"""Making accounts and changing one's own."""

from __future__ import annotations

import msgspec

from studio.contracts.records import Put
from studio.crypto.passwords import Passwords, new_secret, same_secret, secret_digest
from studio.domain.access import Actor, ActorKind, Role
from studio.domain.errors import NotFound, UserError
from studio.domain.ids import DEFAULT_WORKSPACE, INSTANCE, new_id
from studio.services._clock import Clock
from studio.services._collection import Kept
from studio.services.auditing import MASKED, entry
from studio.services.people.checks import check_email, check_language, check_password, check_text, check_time_zone
from studio.services.people.guards import require_person
from studio.services.people.model import Account, Member, People, Ticket, Workspace, member_id
from studio.services.people.provisioning import Provisioning, account_exists
from studio.services.people.throttle import DAY, FAILURES_ALLOWED, Throttle

_SETUP = "setup"


class Accounts:
    """Makes accounts, and lets their owners change them."""

    def __init__(
        self, people: People, passwords: Passwords, provisioning: Provisioning, throttle: Throttle, clock: Clock
    ) -> None:
        self._people = people
        self._passwords = passwords
        self._provisioning = provisioning
        self._throttle = throttle
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
        if ticket is None or not same_secret(ticket.value.account or "", secret) or await self.is_set_up():
            raise NotFound("setup.link", "This set-up link is not valid any more. Restart Studio to get a new one.")
        made, put = await self.new(email, name, password, operator=True)
        id = put.id
        member = Member(workspace=DEFAULT_WORKSPACE, account=id, role=Role.ADMIN)
        who = msgspec.structs.replace(asking, kind=ActorKind.PERSON, id=id, name=made.name, workspace=DEFAULT_WORKSPACE)
        await self._people.records.commit(
            [
                self._people.tickets.drop(INSTANCE, _SETUP, expected=ticket.revision),
                put,
                self._people.workspaces.put(INSTANCE, DEFAULT_WORKSPACE, Workspace(name="Default", created_by=id)),
                self._people.members.put(INSTANCE, member_id(DEFAULT_WORKSPACE, id), member),
            ],
            [entry(who, "instance.set_up", kind="account", id=id, name=made.name, workspace=INSTANCE)],
        )
        return await self._people.accounts.need(INSTANCE, id)

    async def new(
        self, email: str, name: str, password: str | None, *, operator: bool = False, verified: bool = False
    ) -> tuple[Account, Put]:
        """A new account, and the change that makes it.

        Raises:
            UserError: Address, name or password will not do.
            Conflict: The address has an account.
        """
        email, name = check_email(email), check_text(name)
        hashed = None
        if password is not None:
            check_password(password, email, name)
            hashed = await self._passwords.hash(password)
        mail_key = await self._people.mail_key(email)
        if await self._people.accounts.by_key(INSTANCE, f"mail:{mail_key}") is not None:
            raise account_exists()
        made = Account(email=email, mail_key=mail_key, name=name, password=hashed, operator=operator, verified=verified)
        return made, self._people.accounts.put(INSTANCE, new_id(), made, expected=0)

    async def change_password(self, actor: Actor, old: str, new: str) -> None:
        """Change one's own password; every other session ends, and links for another one are void.

        Raises:
            UserError: The old one is not right, or the new one will not do.
            TooManyAttempts: It was wrong too often lately.
        """
        account = await self.confirmed(actor, old, param="old_password")
        check_password(new, account.value.email, account.value.name)
        changed = msgspec.structs.replace(account.value, password=await self._passwords.hash(new))
        await self._people.records.commit(
            [
                self._people.accounts.put(INSTANCE, account.id, changed, expected=account.revision),
                *await self._provisioning.sessions_ended(actor.id, but=actor.session),
                *await self._provisioning.links_ended(actor.id),
            ],
            [entry(
                actor, "account.password_changed", kind="account", id=account.id, after={"password": MASKED},
                workspace=INSTANCE,
            )],
        )  # fmt: skip

    async def confirmed(self, actor: Actor, password: str, *, param: str = "password") -> Kept[Account]:
        """The actor's own account, once they have shown again that they know its password.

        Raises:
            UserError: It is not right.
            TooManyAttempts: It was wrong too often lately.
        """
        require_person(actor)
        await self._throttle.take(f"password:{actor.session}", FAILURES_ALLOWED)
        account = await self._people.accounts.need(INSTANCE, actor.id)
        if not await self._passwords.verify(account.value.password, password):
            raise UserError("account.old_password", "The present password is not right.").at(param=param)
        await self._people.records.commit([self._throttle.forget(f"password:{actor.session}")])
        return account

    async def own(self, actor: Actor) -> Kept[Account]:
        """The actor's own account."""
        return await self._people.accounts.need(INSTANCE, actor.id)

    async def change(
        self,
        actor: Actor,
        *,
        name: str | None = None,
        lang: str | None = None,
        time_zone: str | None = None,
        expected: int | None = None,
    ) -> Kept[Account]:
        """Change one's own name, language or time zone; gives the account as it is then.

        Raises:
            UserError: A value will not do.
            RecordChanged: It has another revision than expected.
        """
        require_person(actor)
        account = await self._people.accounts.need(INSTANCE, actor.id)
        old = account.value
        changed = msgspec.structs.replace(
            old,
            name=old.name if name is None else check_text(name),
            lang=old.lang if lang is None else check_language(lang),
            time_zone=old.time_zone if time_zone is None else check_time_zone(time_zone),
        )
        revision = account.revision if expected is None else expected
        await self._people.records.commit(
            [self._people.accounts.put(INSTANCE, account.id, changed, expected=revision)],
            [entry(
                actor, "account.changed", kind="account", id=account.id, name=changed.name, workspace=INSTANCE,
                before={"name": old.name, "lang": old.lang, "time_zone": old.time_zone},
                after={"name": changed.name, "lang": changed.lang, "time_zone": changed.time_zone},
            )],
        )  # fmt: skip
        return await self._people.accounts.need(INSTANCE, account.id)
