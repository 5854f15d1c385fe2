"""Bringing data keys from the database into the ring."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from studio.crypto import KeyMissing, KeyRing
from studio.domain.errors import RecordCorrupt
from studio.storage._driver import Driver
from studio.storage._plans import upkeep

_T = TypeVar("_T")
_OFF_LOOP = 256 * 1024


class KeyKeeper:
    """The ring together with the table behind it. Other processes may add keys at any time."""

    def __init__(self, driver: Driver, ring: KeyRing) -> None:
        self._driver = driver
        self.ring = ring

    async def need(self, workspace: str) -> None:
        """Make sure that there is a key for new writes of this workspace."""
        if not self.ring.has(workspace):
            await self.add(workspace, again=False)

    async def add(self, workspace: str, *, again: bool) -> None:
        """Store a new key, with ``again`` beside those there are already."""
        key = await asyncio.to_thread(self.ring.make, workspace, 0)
        keys = await self._driver.write(upkeep.ADD_KEY, (key, again), power=True)
        await asyncio.to_thread(self.ring.load, keys)

    async def reload(self) -> None:
        """Take up keys that other processes made."""
        keys = await self._driver.read(upkeep.wrapped_keys())
        await asyncio.to_thread(self.ring.load, keys)

    async def opened(self, decode: Callable[[], _T], size: int) -> _T:
        """Run ``decode``, off the loop where ``size`` bytes are many; once more with fresh keys where one is missing.

        Raises:
            RecordCorrupt: The key is not in the database either.
        """
        try:
            return await self._run(decode, size)
        except KeyMissing:
            await self.reload()
        try:
            return await self._run(decode, size)
        except KeyMissing as error:
            raise RecordCorrupt(
                "storage.key_missing", "The data key {id} is missing from the database.", id=str(error)
            ) from error

    @staticmethod
    async def _run(decode: Callable[[], _T], size: int) -> _T:
        return await asyncio.to_thread(decode) if size > _OFF_LOOP else decode()
