"""Signing in and out, and who a request comes from."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import msgspec

from studio.contracts.records import AuditDraft, Change
from studio.crypto.passwords import Passwords, new_secret, secret_digest
from studio.domain.access import Actor, ActorKind, Permission
from studio.domain.errors import NotFound, RecordChanged
from studio.domain.ids import INSTANCE
from studio.services._clock import Clock
from studio.services._collection import Kept
from studio.services.auditing import entry
from studio.services.people.guessing import Counted, Guessing
from studio.services.people.model import BY_PROVIDER, Account, People, Session, Ticket
from studio.services.people.rights import Rights, rights_of
from studio.services.people.second_factor import SecondFactor, spent
from studio.services.people.throttle import DAY, MINUTE, TooManyAttempts
from studio.services.policy import NotSignedIn
from studio.services.sso.enforcing import by_password, provider_instead

__all__ = ["DAY", "Challenge", "Sessions", "SignedIn", "TooManyAttempts"]

LIFETIME = 30 * DAY
"""How long a session lasts, however much it is used."""
IDLE = 7 * DAY
"""How long a session lasts without being used."""
_SEEN_EVERY = 5 * MINUTE
CHALLENGE = 5 * MINUTE
"""How long the second step of a sign-in may take."""
_TRIES = 3
"""Codes that may be tried before the password is asked for again."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session: the token for the cookie or the command line, what changes must bring back, and who it is.

    ``device`` is the secret by which the browser is known at the next sign-in.
    """

    token: str
    csrf: str | None
    account: str
    expires_at: int
    device: str | None = None


@dataclass(frozen=True, slots=True)
class Challenge:
    """The password was right, and a second factor is asked for: ``secret`` comes back with the code."""

    secret: str
    expires_at: int


class Sessions:
    """Signs people in and out."""

    def __init__(
        self, people: People, passwords: Passwords, clock: Clock, guessing: Guessing, factors: SecondFactor
    ) -> None:
        self._people = people
        self._passwords = passwords
        self._clock = clock
        self._guessing = guessing
        self._factors = factors

    async def sign_in(
        self,
        email: str,
        password: str,
        *,
        asking: Actor,
        browser: bool,
        old: str | None = None,
        device: str | None = None,
    ) -> SignedIn | Challenge:
        """Check address and password, and begin a session or ask for the second factor.

        One answer, after the same work, for a wrong address and a wrong password.

        Args:
            email: The address.
            password: The password.
            asking: Where from.
            browser: Whether it is a browser, which gets a cookie.
            old: Token of a session that the caller brought along; it ends.
            device: What says that somebody has signed in with this browser before.

        Raises:
            NotSignedIn: They do not belong together, or the account is not active.
            AccessRefused: Everybody must sign in with an identity provider.
            TooManyAttempts: There were too many failures lately.
        """
        mail_key = await self._people.mail_key(email)
        found = await self._people.accounts.by_key(INSTANCE, f"mail:{mail_key}")
        counted = await self._guessing.password(mail_key, found, asking.ip, device)
        stored = found.value.password if found is not None else None
        right = await self._passwords.verify(stored, password)
        glass = found if right else None
        if (instead := await provider_instead(self._people.records, glass)) is not None:
            await self._refused(found, asking, instead.code)
            raise instead
        if found is None or not right or not found.value.active or found.value.service_of is not None:
            await self._refused(found, asking, _why(found, right))
            raise NotSignedIn("login.refused", "The address or the password is not right.")
        await self._guessing.right(counted)
        if found.value.totp is not None:
            return await self._challenge(found, counted, asking, browser)
        if stored is not None and self._passwords.outdated(stored):
            found = await self._rehashed(found, password)
        return await self.begin(
            found, asking=asking, browser=browser, device=device,
            also=[*self._guessing.forget(counted), *self._ended(old)],
        )  # fmt: skip

    async def _rehashed(self, found: Kept[Account], password: str) -> Kept[Account]:
        changed = msgspec.structs.replace(found.value, password=await self._passwords.hash(password))
        await self._people.records.commit(
            [self._people.accounts.put(INSTANCE, found.id, changed, expected=found.revision)]
        )
        return await self._people.accounts.need(INSTANCE, found.id)

    async def _challenge(self, found: Kept[Account], counted: Counted, asking: Actor, browser: bool) -> Challenge:
        secret, expires = new_secret(), self._clock() + CHALLENGE
        ticket = Ticket(
            purpose="challenge", account=found.id, browser=browser, agent=asking.agent, counters=list(counted.keys),
            stamp=secret_digest(found.value.password or ""),
        )  # fmt: skip
        await self._people.records.commit(
            [self._people.tickets.put(INSTANCE, secret_digest(secret), ticket, expected=0, expires_at=expires)],
            [entry(
                asking, "session.challenged", kind="account", id=found.id, name=found.value.name, workspace=INSTANCE
            )],
        )  # fmt: skip
        return Challenge(secret, expires)

    async def second_step(
        self, secret: str, code: str, *, asking: Actor, old: str | None = None, device: str | None = None
    ) -> SignedIn:
        """Begin the session that was asked for in the first step, with a code of the second factor.

        Raises:
            NotSignedIn: The code is not right or was used; or the first step is too long ago, was somebody else's, or
                the account has changed since.
            TooManyAttempts: There were too many wrong codes lately.
        """
        ticket = await self._people.tickets.get(INSTANCE, secret_digest(secret))
        found = None
        if ticket is not None and ticket.value.purpose == "challenge" and ticket.value.agent == asking.agent:
            found = await self._people.accounts.get(INSTANCE, ticket.value.account or "")
        if ticket is None or found is None or not self._same(found.value, ticket.value):
            raise NotSignedIn("login.challenge", "Sign in again: address and password were given too long ago.")
        if ticket.value.tries >= _TRIES:
            await self._people.records.commit([self._people.tickets.drop(INSTANCE, ticket.id)])
            raise NotSignedIn("login.challenge", "Sign in again: address and password were given too long ago.")
        counted = await self._guessing.code(found, device)
        changed = self._factors.accepted(found.value, code)
        if changed is None:
            await self._refused(found, asking, "code")
            await self._tried(ticket)
            raise NotSignedIn("login.code", "The code is not right, or was used already.")
        try:
            return await self.begin(
                found, asking=asking, browser=ticket.value.browser, factor=True, device=device,
                also=[
                    self._people.accounts.put(INSTANCE, found.id, changed, expected=found.revision),
                    self._people.tickets.drop(INSTANCE, ticket.id, expected=ticket.revision),
                    *self._guessing.forget(Counted(tuple(ticket.value.counters), None)),
                    *self._guessing.forget(counted),
                    *self._ended(old),
                ],
                audit=spent(found, changed, asking),
            )  # fmt: skip
        except RecordChanged as error:
            raise NotSignedIn("login.code", "The code is not right, or was used already.") from error

    async def _tried(self, ticket: Kept[Ticket]) -> None:
        """Count a code that was tried. Of several at once one is counted here, and all of them by the throttle."""
        tried = msgspec.structs.replace(ticket.value, tries=ticket.value.tries + 1)
        put = self._people.tickets.put(
            INSTANCE, ticket.id, tried, expected=ticket.revision, expires_at=ticket.record.expires_at
        )
        with suppress(RecordChanged):
            await self._people.records.commit([put])

    @staticmethod
    def _same(account: Account, ticket: Ticket) -> bool:
        return account.active and account.totp is not None and ticket.stamp == secret_digest(account.password or "")

    def _ended(self, token: str | None) -> list[Change]:
        return [self._people.sessions.drop(INSTANCE, secret_digest(token))] if token else []

    async def begin(
        self,
        account: Kept[Account],
        *,
        asking: Actor,
        browser: bool,
        way: str = "password",
        also: Sequence[Change] = (),
        factor: bool = False,
        audit: Sequence[AuditDraft] = (),
        provider: str = "",
        provider_session: str = "",
        device: str | None = None,
    ) -> SignedIn:
        """Begin a session for somebody who has shown who they are.

        Args:
            account: Who.
            asking: Where from.
            browser: Whether it is a browser, which gets a cookie.
            way: How they have shown it.
            also: Changes of the same transaction.
            factor: Whether a second factor was shown.
            audit: Entries of the same transaction.
            provider: The identity provider that has shown it.
            provider_session: What that calls its own session.
            device: What says that somebody has signed in with this browser before.

        Raises:
            AccessRefused: They have shown it by a password, and everybody must sign in with a provider.
        """
        if way == "password":
            audit = [*audit, *await by_password(self._people.records, account, asking)]
        token, now = new_secret(), self._clock()
        csrf = new_secret() if browser else None
        session = Session(
            account=account.id, csrf=csrf, ip=asking.ip, agent=asking.agent, signed_in_at=now, seen_at=now, way=way,
            workspace=await self._first_workspace(account.id), factor=factor, provider=provider,
            provider_session=provider_session,
        )  # fmt: skip
        fresh, known = None, list[Change]()
        if browser and way not in BY_PROVIDER:
            fresh, known = await self._guessing.remember(account.id, device)
        id = secret_digest(token)
        who = msgspec.structs.replace(asking, kind=ActorKind.PERSON, id=account.id, name=account.value.name, session=id)
        await self._people.records.commit(
            [self._people.sessions.put(INSTANCE, id, session, expected=0, expires_at=now + IDLE), *known, *also],
            [
                entry(
                    who,
                    "session.began",
                    kind="account",
                    id=account.id,
                    workspace=INSTANCE,
                    after={"way": way, "second_factor": factor},
                ),
                *audit,
            ],
        )
        return SignedIn(token, csrf, account.id, now + IDLE, fresh)

    async def _first_workspace(self, account: str) -> str:
        members = await self._people.members.all(INSTANCE, field="account", value=account)
        known = await self._people.workspaces.get_many(INSTANCE, [one.value.workspace for one in members])
        active = [id for id, one in known.items() if one.value.active]
        return next((one.value.workspace for one in members if one.value.workspace in active), "")

    async def _refused(self, account: Kept[Account] | None, asking: Actor, reason: str) -> None:
        name = account.value.name if account is not None else ""
        id = account.id if account is not None else ""
        await self._people.records.commit(
            [],
            [entry(
                asking, "session.refused", kind="account", id=id, name=name, outcome="refused", workspace=INSTANCE,
                after={"reason": reason},
            )],
        )  # fmt: skip

    async def actor(self, token: str, workspace: str, *, asking: Actor) -> tuple[Actor, Kept[Session]] | None:
        """Who holds a token, with their rights in a workspace ("" for the one they chose last).

        None where the token is of no session, or the account is not active any more.

        Raises:
            NotFound: They do not belong to that workspace, or there is none such.
        """
        session = await self._people.sessions.get(INSTANCE, secret_digest(token))
        if session is None or session.value.signed_in_at + LIFETIME < self._clock():
            return None
        account = await self._people.accounts.get(INSTANCE, session.value.account)
        if account is None or not account.value.active:
            return None
        if not await self._seen(session):
            return None
        chosen = workspace or session.value.workspace
        rights = await rights_of(self._people, chosen, account.id) if chosen else None
        if rights is None and workspace:
            raise NotFound("workspace.not_found", "There is no workspace {id}.", id=workspace)
        return await self._who(account, session, chosen, rights, asking), session

    async def _who(
        self, account: Kept[Account], session: Kept[Session], workspace: str, rights: Rights | None, asking: Actor
    ) -> Actor:
        everywhere, folders = rights or (frozenset[Permission](), dict[str, frozenset[Permission]]())
        lacking = False
        if rights is not None and account.value.totp is None and session.value.way not in BY_PROVIDER:
            place = await self._people.workspaces.get(INSTANCE, workspace)
            lacking = place is not None and place.value.second_factor
        if lacking:
            everywhere, folders = frozenset[Permission](), dict[str, frozenset[Permission]]()
        return msgspec.structs.replace(
            asking, kind=ActorKind.PERSON, id=account.id, name=account.value.name, operator=account.value.operator,
            workspace=workspace if rights is not None else "", permissions=everywhere, folders=folders,
            session=session.id, lacks_factor=lacking,
        )  # fmt: skip

    async def _seen(self, session: Kept[Session]) -> bool:
        """Write down that a session is used, once in a while; whether it is still there."""
        now = self._clock()
        if now - session.value.seen_at < _SEEN_EVERY:
            return True
        seen = msgspec.structs.replace(session.value, seen_at=now)
        put = self._people.sessions.put(
            INSTANCE, session.id, seen, expected=session.revision, expires_at=now + IDLE
        )  # fmt: skip
        try:
            await self._people.records.commit([put])
        except RecordChanged:
            # Another request of the same session was first; or the session has ended at this moment.
            return await self._people.sessions.get(INSTANCE, session.id) is not None
        return True

    async def choose(self, actor: Actor, workspace: str) -> Actor:
        """Make another workspace the one that requests are about; gives the actor as they are in it.

        Raises:
            NotFound: They do not belong to it.
        """
        rights = await rights_of(self._people, workspace, actor.id)
        if rights is None:
            raise NotFound("workspace.not_found", "There is no workspace {id}.", id=workspace)
        session = await self._people.sessions.need(INSTANCE, actor.session or "")
        chosen = msgspec.structs.replace(session.value, workspace=workspace)
        # Under its revision, so that a session which ends at this moment does not come back.
        put = self._people.sessions.put(
            INSTANCE, session.id, chosen, expected=session.revision, expires_at=session.record.expires_at
        )
        await self._people.records.commit([put])
        account = await self._people.accounts.need(INSTANCE, actor.id)
        return await self._who(account, session, workspace, rights, actor)

    async def sign_out(self, actor: Actor) -> None:
        """End the actor's own session."""
        if actor.session is not None:
            await self._people.records.commit(
                [self._people.sessions.drop(INSTANCE, actor.session)],
                [entry(actor, "session.ended", kind="account", id=actor.id, workspace=INSTANCE)],
            )

    async def rotate(self, actor: Actor) -> str | None:
        """Give the actor's session of a browser another token, which voids the one it had; None for other sessions.

        What a page must bring back with changes stays the same.
        """
        session = await self._people.sessions.get(INSTANCE, actor.session or "")
        if session is None or session.value.csrf is None:
            return None
        token = new_secret()
        await self._people.records.commit(
            [
                self._people.sessions.drop(INSTANCE, session.id, expected=session.revision),
                self._people.sessions.put(
                    INSTANCE, secret_digest(token), session.value, expected=0, expires_at=session.record.expires_at
                ),
            ]
        )
        return token

    async def ended_with(self, account: str, *, but: str | None = None) -> list[Change]:
        """The changes that end all sessions of an account, but one."""
        found = await self._people.sessions.all(INSTANCE, parent=account)
        return [self._people.sessions.drop(INSTANCE, one.id) for one in found if one.id != but]


def _why(found: Kept[Account] | None, right: bool) -> str:
    """Why somebody is refused, for the log alone."""
    if found is None:
        return "unknown"
    return "inactive" if right else "password"
