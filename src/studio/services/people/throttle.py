"""Holding back who guesses: attempts are counted before they are looked at, so that many at once gain nothing."""

from __future__ import annotations

import asyncio

from studio.contracts.records import Change
from studio.domain.errors import RecordChanged, StudioError
from studio.domain.ids import INSTANCE
from studio.services._clock import Clock
from studio.services.people.model import LoginFailures, People

MINUTE = 60_000_000
DAY = 24 * 60 * MINUTE
FAILURES_ALLOWED = 10
"""So many failed sign-ins for one address, or ten times as many from one place, in a quarter of an hour."""
WINDOW = 15 * MINUTE
"""How long attempts are remembered, from the first one on."""
_ROUNDS = 20
"""How often another server may be quicker to count before an attempt is refused."""


class TooManyAttempts(StudioError):
    """Somebody has to wait before trying again. ``retry_after`` in seconds."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(
            "login.too_many", "Too many failed attempts. Try again in {seconds} seconds.", seconds=round(retry_after)
        )
        self.retry_after = retry_after


class Throttle:
    """Counts attempts by what they aim at or where they come from."""

    def __init__(self, people: People, clock: Clock) -> None:
        self._people = people
        self._clock = clock
        self._turn = asyncio.Lock()

    async def take(self, key: str, allowed: int) -> None:
        """Count an attempt.

        Raises:
            TooManyAttempts: There were ``allowed`` of them lately.
        """
        async with self._turn:
            for _ in range(_ROUNDS):
                found = await self._people.failures.get(INSTANCE, key)
                count = found.value.count if found is not None else 0
                expires = (found.record.expires_at if found is not None else None) or self._clock() + WINDOW
                if count >= allowed:
                    raise TooManyAttempts(max(1.0, (expires - self._clock()) / 1e6))
                if await self._set(key, count + 1, found.revision if found is not None else 0, expires):
                    return
        raise TooManyAttempts(1.0)

    async def give_back(self, key: str) -> None:
        """Take back the counting of an attempt that was none, as far as nobody else counts at this moment."""
        found = await self._people.failures.get(INSTANCE, key)
        if found is not None and found.value.count > 0:
            await self._set(key, found.value.count - 1, found.revision, found.record.expires_at or self._clock())

    def forget(self, key: str) -> Change:
        """The change that forgets all attempts."""
        return self._people.failures.drop(INSTANCE, key)

    async def _set(self, key: str, count: int, revision: int, expires: int) -> bool:
        put = self._people.failures.put(
            INSTANCE, key, LoginFailures(count=count), expected=revision, expires_at=expires
        )
        try:
            await self._people.records.commit([put])
        except RecordChanged:
            return False
        return True
