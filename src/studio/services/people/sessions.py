"""Signing in and out, and who a request comes from."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from studio.contracts.records import Change
from studio.crypto.passwords import Passwords, new_secret, secret_digest
from studio.domain.access import Actor, ActorKind
from studio.domain.errors import NotFound, StudioError
from studio.domain.ids import INSTANCE
from studio.services._clock import Clock
from studio.services._collection import Kept
from studio.services.auditing import entry
from studio.services.people.model import Account, LoginFailures, People, Session
from studio.services.people.rights import rights_of
from studio.services.policy import NotSignedIn

MINUTE = 60_000_000
DAY = 24 * 60 * MINUTE
LIFETIME = 30 * DAY
"""How long a session lasts, however much it is used."""
IDLE = 7 * DAY
"""How long a session lasts without being used."""
_SEEN_EVERY = 5 * MINUTE
FAILURES_ALLOWED = 10
"""So many failed sign-ins for one address, or ten times as many from one place, in a quarter of an hour."""
_FAILURES_WINDOW = 15 * MINUTE


class TooManyAttempts(StudioError):
    """Somebody has to wait before trying again. ``retry_after`` in seconds."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(
            "login.too_many", "Too many failed attempts. Try again in {seconds} seconds.", seconds=round(retry_after)
        )
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session: the token for the cookie or the command line, what changes must bring back, and who it is."""

    token: str
    csrf: str | None
    account: str
    expires_at: int


class Sessions:
    """Signs people in and out."""

    def __init__(self, people: People, passwords: Passwords, clock: Clock) -> None:
        self._people = people
        self._passwords = passwords
        self._clock = clock

    async def sign_in(self, email: str, password: str, *, asking: Actor, browser: bool) -> SignedIn:
        """Check address and password, and begin a session. One answer for a wrong address and a wrong password.

        Raises:
            NotSignedIn: They do not belong together, or the account is not active.
            TooManyAttempts: There were too many failures lately.
        """
        mail_key = await self._people.mail_key(email)
        await self._hold_back(f"mail:{mail_key}", FAILURES_ALLOWED)
        await self._hold_back(f"ip:{asking.ip}", 10 * FAILURES_ALLOWED)
        found = await self._people.accounts.by_key(INSTANCE, f"mail:{mail_key}")
        stored = found.value.password if found is not None else None
        right = await self._passwords.verify(stored, password)
        if found is None or not right or not found.value.active:
            await self._failed(mail_key, found, asking)
            raise NotSignedIn("login.refused", "The address or the password is not right.")
        return await self.begin(found, asking=asking, browser=browser, also=[
            self._people.failures.drop(INSTANCE, f"mail:{mail_key}")
        ])  # fmt: skip

    async def begin(
        self,
        account: Kept[Account],
        *,
        asking: Actor,
        browser: bool,
        way: str = "password",
        also: list[Change] | None = None,
    ) -> SignedIn:
        """Begin a session for somebody who has shown who they are."""
        token, now = new_secret(), self._clock()
        csrf = new_secret() if browser else None
        session = Session(
            account=account.id, csrf=csrf, ip=asking.ip, agent=asking.agent, signed_in_at=now, seen_at=now, way=way,
            workspace=await self._first_workspace(account.id),
        )  # fmt: skip
        id = secret_digest(token)
        who = msgspec.structs.replace(asking, kind=ActorKind.PERSON, id=account.id, name=account.value.name, session=id)
        await self._people.records.commit(
            [self._people.sessions.put(INSTANCE, id, session, expected=0, expires_at=now + IDLE), *(also or [])],
            [entry(who, "session.began", kind="account", id=account.id, after={"way": way}, workspace=INSTANCE)],
        )
        return SignedIn(token, csrf, account.id, now + IDLE)

    async def _first_workspace(self, account: str) -> str:
        page = await self._people.members.page(INSTANCE, field="account", value=account, limit=1)
        return page.items[0].value.workspace if page.items else ""

    async def _hold_back(self, key: str, allowed: int) -> None:
        found = await self._people.failures.get(INSTANCE, key)
        if found is not None and found.value.count >= allowed:
            expires = found.record.expires_at or self._clock()
            raise TooManyAttempts(max(1.0, (expires - self._clock()) / 1e6))

    async def _failed(self, mail_key: str, account: Kept[Account] | None, asking: Actor) -> None:
        changes: list[Change] = []
        for key in (f"mail:{mail_key}", f"ip:{asking.ip}"):
            before = await self._people.failures.get(INSTANCE, key)
            count = before.value.count if before is not None else 0
            expires = before.record.expires_at if before is not None else self._clock() + _FAILURES_WINDOW
            changes.append(self._people.failures.put(INSTANCE, key, LoginFailures(count=count + 1), expires_at=expires))
        name = account.value.name if account is not None else ""
        id = account.id if account is not None else ""
        await self._people.records.commit(
            changes,
            [entry(asking, "session.refused", kind="account", id=id, name=name, outcome="refused", workspace=INSTANCE)],
        )

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
        await self._seen(session)
        chosen = workspace or session.value.workspace
        rights = await rights_of(self._people, chosen, account.id) if chosen else None
        if rights is None and workspace:
            raise NotFound("workspace.not_found", "There is no workspace {id}.", id=workspace)
        everywhere, folders = rights or (frozenset(), {})
        who = msgspec.structs.replace(
            asking, kind=ActorKind.PERSON, id=account.id, name=account.value.name, operator=account.value.operator,
            workspace=chosen if rights is not None else "", permissions=everywhere, folders=folders,
            session=session.id,
        )  # fmt: skip
        return who, session

    async def _seen(self, session: Kept[Session]) -> None:
        now = self._clock()
        if now - session.value.seen_at < _SEEN_EVERY:
            return
        seen = msgspec.structs.replace(session.value, seen_at=now)
        # Without an expected revision: of two requests at once either may be the later one.
        put = self._people.sessions.put(INSTANCE, session.id, seen, expires_at=now + IDLE)
        await self._people.records.commit([self._people.sessions.check(INSTANCE, session.id, session.revision), put])

    async def choose(self, actor: Actor, workspace: str) -> None:
        """Make another workspace the one that requests are about.

        Raises:
            NotFound: They do not belong to it.
        """
        if await rights_of(self._people, workspace, actor.id) is None:
            raise NotFound("workspace.not_found", "There is no workspace {id}.", id=workspace)
        session = await self._people.sessions.need(INSTANCE, actor.session or "")
        chosen = msgspec.structs.replace(session.value, workspace=workspace)
        await self._people.records.commit(
            [self._people.sessions.put(INSTANCE, session.id, chosen, expires_at=session.record.expires_at)]
        )

    async def sign_out(self, actor: Actor) -> None:
        """End the actor's own session."""
        if actor.session is not None:
            await self._people.records.commit(
                [self._people.sessions.drop(INSTANCE, actor.session)],
                [entry(actor, "session.ended", kind="account", id=actor.id, workspace=INSTANCE)],
            )

    async def ended_with(self, account: str, *, but: str | None = None) -> list[Change]:
        """The changes that end all sessions of an account, but one."""
        found = await self._people.sessions.all(INSTANCE, parent=account)
        return [self._people.sessions.drop(INSTANCE, one.id) for one in found if one.id != but]
