"""What belongs together is written together."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from studio.contracts.store import ExecutionUpdate, Segment
from studio.domain.errors import Conflict
from studio.domain.status import Durability, ExecutionStatus
from studio.engine import records as r
from studio.engine.journal import Journal

DONE = ExecutionUpdate(status=ExecutionStatus.SUCCEEDED, release=True)


class Held:
    """A store whose commits take as long as the test wants."""

    def __init__(self) -> None:
        self.written: list[Segment] = []
        self.may = asyncio.Semaphore(0)
        self.fails: list[Exception] = []

    async def append(self, segment: Segment) -> None:
        await self.may.acquire()
        if self.fails:
            raise self.fails.pop()
        self.written.append(segment)


def journal(store: Any) -> Journal:
    """A journal over it."""
    return Journal(
        store, "e", "w", epoch=1, seq=1, fresh=[], level=Durability.PROCESS, flush_bytes=1000,
        on_commit=lambda seq, records: None, dirty=lambda: None, broken=lambda error: None, snapshot=lambda: None,
    )  # fmt: skip


def kinds(segment: Segment) -> list[int]:
    """The kinds of records in a segment."""
    return [record[0] for record in r.unpack(segment.payload)]


@pytest.mark.parametrize("others", ["prove", "flush", "kick"])
async def test_an_end_and_its_status_are_one_commit_whoever_writes_them(others: str) -> None:
    """Somebody else may wait for the writer that is at work, and wake up first."""
    store = Held()
    one = journal(store)
    one.add((r.TURN, "", "loop", 1))
    one.kick()
    await asyncio.sleep(0)
    waits: list[Any] = []
    if others == "prove":
        waits.append(asyncio.ensure_future(one.prove()))
    elif others == "flush":
        waits.append(asyncio.ensure_future(one.flush(Durability.POWER)))
    await asyncio.sleep(0)
    one.add((r.END, 1, "succeeded", 0, b"null", None, 0, None))
    ending = asyncio.ensure_future(one.flush(Durability.POWER, DONE))
    await asyncio.sleep(0)
    for _ in range(4):
        store.may.release()
        if others == "kick":
            one.kick()
        await asyncio.sleep(0)
    await asyncio.wait_for(asyncio.gather(ending, *waits), 10)
    (end,) = [segment for segment in store.written if r.END in kinds(segment)]
    assert end.update == DONE
    assert end.durability is Durability.POWER
    assert [segment.update for segment in store.written if segment is not end] == [None] * (len(store.written) - 1)


async def test_a_status_that_was_not_written_is_still_owed() -> None:
    store = Held()
    one = journal(store)
    store.fails.append(Conflict("state.changed", "changed"))
    one.add((r.END, 1, "succeeded", 0, b"null", None, 0, None))
    for _ in range(3):
        store.may.release()
    with pytest.raises(Conflict):
        await one.flush(Durability.POWER, DONE)
    assert store.written == []
    await asyncio.wait_for(one.flush(Durability.POWER), 10)
    assert [(kinds(segment), segment.update) for segment in store.written] == [([r.END], DONE)]
