"""Who of several servers does what only one may do: a record with an owner and an end, by the database's clock."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from studio.contracts.records import Records
from studio.domain.errors import RecordChanged
from studio.domain.ids import INSTANCE, new_id
from studio.services._collection import Collection


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody does something, until a time in microseconds."""

    owner: str
    until: int


class Leases:
    """Leases of this process.

    Args:
        records: Where they are kept.
        clock: The database's, microseconds.
    """

    def __init__(self, records: Records, clock: Callable[[], int]) -> None:
        self._records = records
        self._clock = clock
        self._held = Collection(records, "lease", Held)
        self.owner = new_id()

    async def take(self, name: str, seconds: float) -> bool:
        """Be the one who does something for so long, or go on being it; False where another is."""
        known = await self._held.get(INSTANCE, name)
        now = self._clock()
        if known is not None and known.value.until > now and known.value.owner != self.owner:
            return False
        mine = Held(owner=self.owner, until=now + int(seconds * 1e6))
        put = self._held.put(INSTANCE, name, mine, expected=known.revision if known is not None else 0)
        try:
            await self._records.commit([put])
        except RecordChanged:
            return False
        return True

    async def leave(self, name: str) -> None:
        """Let another do it."""
        known = await self._held.get(INSTANCE, name)
        if known is not None and known.value.owner == self.owner:
            try:
                await self._records.commit([self._held.drop(INSTANCE, name, expected=known.revision)])
            except RecordChanged:
                return
