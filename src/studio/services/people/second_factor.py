"""The second factor: setting it up, its codes, the recovery codes in its place."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass

import msgspec

from studio.contracts.records import AuditDraft
from studio.crypto.passwords import secret_digest
from studio.crypto.totp import new_totp_secret, totp_step, totp_uri
from studio.domain.access import Actor
from studio.domain.errors import Conflict, UserError
from studio.domain.ids import INSTANCE
from studio.services._clock import Clock
from studio.services._collection import Kept
from studio.services.auditing import MASKED, entry
from studio.services.people.accounts import Accounts
from studio.services.people.guards import need_member, require_person, require_power_over_account
from studio.services.people.model import Account, People
from studio.services.people.throttle import FAILURES_ALLOWED, Throttle

RECOVERY_CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What the authenticator app is given."""

    secret: str
    uri: str


class SecondFactor:
    """Sets second factors up and checks their codes."""

    def __init__(self, people: People, accounts: Accounts, clock: Clock, throttle: Throttle) -> None:
        self._people = people
        self._accounts = accounts
        self._clock = clock
        self._throttle = throttle

    async def enrol(self, actor: Actor, password: str) -> Enrolment:
        """Begin to set up a second factor: a new secret, which counts once a first code confirms it.

        Raises:
            UserError: The password is not right.
            Conflict: There is a second factor already.
        """
        account = await self._accounts.confirmed(actor, password)
        if account.value.totp is not None:
            raise Conflict("factor.exists", "There is a second factor already. Turn it off first.")
        secret = new_totp_secret()
        changed = msgspec.structs.replace(account.value, totp_pending=secret)
        await self._people.records.commit(
            [self._people.accounts.put(INSTANCE, account.id, changed, expected=account.revision)],
            [_told(actor, "account.second_factor_begun", account)],
        )
        return Enrolment(secret, totp_uri(secret, account.value.email, "Studio"))

    async def confirm(self, actor: Actor, code: str) -> list[str]:
        """Turn the second factor on with a first code; gives the recovery codes. Every other session ends.

        Raises:
            UserError: The code is not right.
            Conflict: None is being set up.
            TooManyAttempts: There were too many wrong codes lately.
        """
        require_person(actor)
        account = await self._people.accounts.need(INSTANCE, actor.id)
        secret = account.value.totp_pending
        if secret is None or account.value.totp is not None:
            raise Conflict("factor.none_pending", "No second factor is being set up.")
        await self._throttle.take(f"factor-new:{actor.id}", FAILURES_ALLOWED)
        step = totp_step(secret, code, self._clock() / 1e6, 0)
        if step is None:
            raise UserError("factor.code", "The code is not right. Check the clock of the device.").at(param="code")
        codes = _new_codes()
        changed = msgspec.structs.replace(
            account.value, totp=secret, totp_pending=None, totp_last=step, recovery=[_digest(one) for one in codes]
        )
        others = await self._people.sessions.all(INSTANCE, parent=actor.id)
        await self._people.records.commit(
            [
                self._people.accounts.put(INSTANCE, account.id, changed, expected=account.revision),
                *[self._people.sessions.drop(INSTANCE, one.id) for one in others if one.id != actor.session],
                self._throttle.forget(f"factor-new:{actor.id}"),
            ],
            [_told(actor, "account.second_factor_on", account)],
        )
        return codes

    async def new_codes(self, actor: Actor, password: str) -> list[str]:
        """Other recovery codes in place of those that there were.

        Raises:
            UserError: The password is not right.
            Conflict: There is no second factor.
        """
        account = await self._accounts.confirmed(actor, password)
        if account.value.totp is None:
            raise _none()
        codes = _new_codes()
        changed = msgspec.structs.replace(account.value, recovery=[_digest(one) for one in codes])
        await self._people.records.commit(
            [self._people.accounts.put(INSTANCE, account.id, changed, expected=account.revision)],
            [_told(actor, "account.recovery_codes_made", account)],
        )
        return codes

    async def disable(self, actor: Actor, password: str) -> None:
        """Turn one's own second factor off. Every other session ends.

        Raises:
            UserError: The password is not right.
            Conflict: There is none.
        """
        account = await self._accounts.confirmed(actor, password)
        if account.value.totp is None:
            raise _none()
        await self._off(actor, account, but=actor.session)

    async def reset_of_member(self, actor: Actor, account: str) -> None:
        """Turn the second factor of a member off who has lost it.

        Raises:
            NotFound: There is no such member.
            AccessRefused: The member may more than the actor, here or elsewhere.
            Conflict: There is none.
        """
        await need_member(self._people, actor.workspace, account)
        await require_power_over_account(self._people, actor, account)
        await self.reset(actor, account)

    async def reset(self, actor: Actor, account: str) -> None:
        """Turn the second factor of an account off. Asks no permission.

        Raises:
            NotFound: There is no such account.
            Conflict: There is none.
        """
        found = await self._people.accounts.need(INSTANCE, account)
        if found.value.totp is None:
            raise _none()
        await self._off(actor, found, but=None)

    def accepted(self, account: Account, code: str) -> Account | None:
        """The account as it is after a code or recovery code was used; None where it is not right.

        Storing it under the revision that was read is what makes the code count once.
        """
        step = totp_step(account.totp or "", code, self._clock() / 1e6, account.totp_last)
        if step is not None:
            return msgspec.structs.replace(account, totp_last=step)
        given = _digest(code)
        left = [one for one in account.recovery if not hmac.compare_digest(one, given)]
        return None if len(left) == len(account.recovery) else msgspec.structs.replace(account, recovery=left)

    async def _off(self, actor: Actor, account: Kept[Account], *, but: str | None) -> None:
        changed = msgspec.structs.replace(account.value, totp=None, totp_pending=None, recovery=[])
        sessions = await self._people.sessions.all(INSTANCE, parent=account.id)
        await self._people.records.commit(
            [
                self._people.accounts.put(INSTANCE, account.id, changed, expected=account.revision),
                *[self._people.sessions.drop(INSTANCE, one.id) for one in sessions if one.id != but],
            ],
            [_told(actor, "account.second_factor_off", account)],
        )


def spent(account: Kept[Account], after: Account, asking: Actor) -> list[AuditDraft]:
    """What the log says where a recovery code was used."""
    left = len(after.recovery)
    if left == len(account.value.recovery):
        return []
    return [
        entry(
            asking, "account.recovery_code_used", kind="account", id=account.id, name=account.value.name,
            after={"left": left}, workspace=INSTANCE,
        )
    ]  # fmt: skip


def _told(actor: Actor, action: str, account: Kept[Account]) -> AuditDraft:
    return entry(
        actor, action, kind="account", id=account.id, name=account.value.name, after={"second_factor": MASKED},
        workspace=INSTANCE,
    )  # fmt: skip


def _none() -> Conflict:
    return Conflict("factor.none", "There is no second factor.")


def _new_codes() -> list[str]:
    """Recovery codes of 50 bits each."""
    texts = ["".join(secrets.choice(_LETTERS) for _ in range(10)) for _ in range(RECOVERY_CODES)]
    return [f"{text[:5]}-{text[5:]}" for text in texts]


def _digest(code: str) -> str:
    return secret_digest("recovery:" + "".join(one for one in code.lower() if one.isalnum()))
