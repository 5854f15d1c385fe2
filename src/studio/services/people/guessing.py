"""Holding back who guesses at sign-in, so that nobody can lock somebody else out for good.

Attempts at a password are counted by where they come from, by address and place together, and by address alone. A
browser in which somebody has signed in before holds a cookie that says so: for that person it has an allowance of its
own, which nobody else can use up. It lets nobody in; it only keeps the others' attempts from counting against it.
"""

from __future__ import annotations

from typing import NamedTuple

from studio.contracts.records import Change
from studio.crypto.passwords import new_secret, secret_digest
from studio.domain.ids import INSTANCE
from studio.services._clock import Clock
from studio.services._collection import Kept
from studio.services.gateway.addresses import place
from studio.services.people.model import Account, Device, People
from studio.services.people.throttle import DAY, FAILURES_ALLOWED, Throttle

KNOWN_FOR = 180 * DAY
"""How long a browser is known since somebody has signed in there last."""
MOST_DEVICES = 30
"""Browsers that are known of one person; the ones used longest ago are forgotten."""
BY_ADDRESS = 10 * FAILURES_ALLOWED
"""Attempts at one address from places that are not known, all together."""
BY_PLACE = 10 * FAILURES_ALLOWED


class Counted(NamedTuple):
    """An attempt that was counted: which counters are forgotten where it was right."""

    keys: tuple[str, ...]
    place: str | None


class Guessing:
    """Counts attempts to sign in.

    Args:
        people: Where counters and known browsers are kept.
        throttle: Counts.
        clock: The database's.
    """

    def __init__(self, people: People, throttle: Throttle, clock: Clock) -> None:
        self._people = people
        self._throttle = throttle
        self._clock = clock

    async def password(self, mail_key: str, found: Kept[Account] | None, ip: str, device: str | None) -> Counted:
        """Count an attempt at a password.

        Raises:
            TooManyAttempts: There were too many lately.
        """
        known = await self._known(found, device)
        if known is not None:
            await self._throttle.take(f"device:{known}", FAILURES_ALLOWED)
            return Counted((f"device:{known}",), None)
        where = await place_key(self._people, ip)
        await self._throttle.take(f"ip:{where}", BY_PLACE)
        await self._throttle.take(f"pair:{mail_key}:{where}", FAILURES_ALLOWED)
        await self._throttle.take(f"mail:{mail_key}", BY_ADDRESS)
        return Counted((f"pair:{mail_key}:{where}", f"mail:{mail_key}"), where)

    async def right(self, counted: Counted) -> None:
        """Take back that an attempt counts against the place it came from: it was right."""
        if counted.place is not None:
            await self._throttle.give_back(f"ip:{counted.place}")

    async def code(self, account: Kept[Account], device: str | None) -> Counted:
        """Count an attempt at a code of the second factor.

        Raises:
            TooManyAttempts: There were too many lately.
        """
        known = await self._known(account, device)
        key = f"factor:{account.id}" if known is None else f"factor-device:{known}"
        await self._throttle.take(key, FAILURES_ALLOWED)
        return Counted((key,), None)

    def forget(self, counted: Counted) -> list[Change]:
        """The changes that forget the attempts, after one that was right."""
        return [self._throttle.forget(key) for key in counted.keys]

    async def remember(self, account: str, device: str | None) -> tuple[str, list[Change]]:
        """The secret of the cookie by which a browser is known from now on, and the changes that make it so.

        The cookie that it brought along is void.
        """
        secret, old = new_secret(), secret_digest(device) if device else ""
        put = self._people.devices.put(
            INSTANCE, secret_digest(secret), Device(account=account), expected=0, expires_at=self._clock() + KNOWN_FOR
        )
        known = await self._people.devices.all(INSTANCE, parent=account)
        known.sort(key=lambda one: one.record.created_at)
        gone = [one for one in known if one.id == old] + known[: max(0, len(known) + 1 - MOST_DEVICES)]
        ids = dict.fromkeys(one.id for one in gone)
        return secret, [put, *[self._people.devices.drop(INSTANCE, id) for id in ids]]

    async def _known(self, account: Kept[Account] | None, device: str | None) -> str | None:
        """The id of a browser that is known of this account."""
        if not device or len(device) > 200:
            return None
        found = await self._people.devices.get(INSTANCE, secret_digest(device))
        fits = found is not None and account is not None and found.value.account == account.id
        return found.id if found is not None and fits else None


async def place_key(people: People, ip: str) -> str:
    """Where somebody asks from, as counters name it: a keyed digest of the address, of IPv6 of its network."""
    return await people.records.digest(INSTANCE, f"place:{place(ip)}")
