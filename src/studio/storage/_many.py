"""Reading what many executions need at once. What is damaged concerns the execution it belongs to, and no other."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar

from studio.contracts.stored import Message, StoredSegment
from studio.domain.errors import NotFound, RecordCorrupt, StorageCorrupt, StudioError
from studio.storage._codec import Codec
from studio.storage._damaged import execution_corrupt
from studio.storage._driver import Driver
from studio.storage._keys import KeyKeeper
from studio.storage._plans import inbox, listing

_T = TypeVar("_T")
_R = TypeVar("_R")


class Reader:
    """Reads journals and inboxes, of one execution or of many."""

    def __init__(self, driver: Driver, keys: KeyKeeper, codec: Codec) -> None:
        self._driver = driver
        self._keys = keys
        self._codec = codec

    async def journal(self, execution_id: str, after: int, from_snapshot: bool) -> list[StoredSegment]:
        """Segments above ``after``, in order."""
        raw = await self._driver.read(listing.journal(execution_id, after, from_snapshot))
        return await self._keys.opened(
            lambda: self._segments(execution_id, raw), sum(len(part.payload) for part in raw)
        )

    async def window(self, execution_id: str, first: int, last: int) -> list[StoredSegment]:
        """Segments from ``first`` to ``last``."""
        raw = await self._driver.read(listing.window(execution_id, first, last))
        return await self._keys.opened(
            lambda: self._segments(execution_id, raw), sum(len(part.payload) for part in raw)
        )

    async def journals(self, ids: Sequence[str]) -> dict[str, list[StoredSegment] | StudioError]:
        """Per execution its segments from the last snapshot on, or what is wrong with them."""
        try:
            raw = await self._driver.read(listing.journals(ids))
            size = sum(len(part.payload) for found in raw.values() if isinstance(found, list) for part in found)
            return await self._keys.opened(lambda: _each(raw, self._segments), size)
        except StorageCorrupt:
            return {id: await _outcome(id, self.journal(id, -1, True)) for id in ids}

    async def inbox(self, ids: Sequence[str]) -> list[Message]:
        """Messages that are not taken yet, oldest first."""
        raw = await self._driver.read(inbox.open_messages(ids))
        return await self._keys.opened(lambda: self._messages("", raw), sum(len(one.payload) for one in raw))

    async def inboxes(self, ids: Sequence[str]) -> dict[str, list[Message] | StudioError]:
        """Per execution its messages that are not taken yet, oldest first, or what is wrong with them."""
        try:
            raw = await self._driver.read(inbox.open_of_many(ids))
            size = sum(len(one.payload) for found in raw.values() if isinstance(found, list) for one in found)
            return await self._keys.opened(lambda: _each(raw, self._messages), size)
        except StorageCorrupt:
            return {id: await _outcome(id, self.inbox([id])) for id in ids}

    def _segments(self, id: str, raw: Sequence[listing.RawSegment]) -> list[StoredSegment]:
        return [
            StoredSegment(
                part.seq, part.epoch, self._codec.open_segment(id, part), bool(part.snapshot), part.written_at
            )
            for part in raw
        ]

    def _messages(self, _id: str, raw: Sequence[inbox.RawMessage]) -> list[Message]:
        opened = self._codec.open_message
        return [
            Message(one.execution_id, one.id, one.kind,
                    opened(one.workspace, one.execution_id, one.id, one.payload), one.created_at)
            for one in raw
        ]  # fmt: skip


def _each(
    raw: Mapping[str, list[_R] | StudioError], opened: Callable[[str, list[_R]], list[_T]]
) -> dict[str, list[_T] | StudioError]:
    out: dict[str, list[_T] | StudioError] = {}
    for id, found in raw.items():
        try:
            out[id] = opened(id, found) if isinstance(found, list) else found
        except RecordCorrupt as error:
            out[id] = error
    return out


async def _outcome(id: str, reading: Awaitable[list[_T]]) -> list[_T] | StudioError:
    try:
        return await reading
    except (RecordCorrupt, NotFound) as error:
        return error
    except StorageCorrupt as error:
        if isinstance(error.__cause__, UnicodeDecodeError):
            return execution_corrupt(id)  # a text that is none, in one of its rows
        raise
