"""Keeping a worker's lease up from within the worker."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from studio.contracts.lease import LeaseTerms

Beat = Callable[[], Awaitable[bool]]
"""Renews once through the store; False where the lease had run out before."""


class Keeper:
    """Renews on the worker's own event loop.

    That is enough where a lock proves the owner alive (SQLite): nobody takes anything from it whatever its lease says.
    """

    def __init__(
        self, terms: LeaseTerms, beat: Beat, lapsed: Callable[[], None], failed: Callable[[BaseException], None]
    ) -> None:
        self.terms = terms
        self.every = terms.lease / 3
        self.renewed = time.monotonic()
        self._beat = beat
        self._lapsed = lapsed
        self._failed = failed
        self._task = asyncio.get_running_loop().create_task(self._keep(), name="studio-lease")

    def abandon(self) -> None:
        """Renew it no more."""
        self._task.cancel()

    async def close(self) -> None:
        """Renew it no more, and let what is under way end."""
        self.abandon()
        await asyncio.wait([self._task])

    def kept(self) -> None:
        """The lease was renewed just now."""
        self.renewed = time.monotonic()

    def lost(self) -> None:
        """The lease was renewed just now, but had run out: others may have taken what was ours."""
        self.kept()
        self._lapsed()

    async def renew(self) -> None:
        """Renew it from here."""
        if await self._beat():
            self.kept()
        else:
            self.lost()

    async def work(self) -> None:
        """Keep it up for ever."""
        while True:
            await asyncio.sleep(self.every)
            await self.renew()

    async def _keep(self) -> None:
        try:
            await self.work()
        except Exception as error:  # noqa: BLE001 - the worker must not go on without a lease and not know it
            self._failed(error)
