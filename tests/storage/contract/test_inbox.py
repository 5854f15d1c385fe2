"""Messages to executions."""

from __future__ import annotations

import asyncio

import pytest

from studio.contracts.store import ExecutionUpdate, Message, PostResult
from studio.domain.errors import StorageCorrupt
from studio.domain.ids import new_id
from studio.domain.status import ExecutionStatus
from studio.storage import SqlStore
from tests.storage.kit import WORKSPACE, Place, accept, finished, ids_of, running, segment, sleeping


def signal(id: str, name: str = "m", kind: str = "signal", payload: bytes = b"content") -> Message:
    """A message."""
    return Message(id, name, kind, payload)


async def test_open_messages_oldest_first(store: SqlStore) -> None:
    id, other = await running(store), await running(store)
    names = [f"m{number}" for number in (5, 1, 4)]
    results = await store.post(WORKSPACE, [signal(id, name) for name in names])
    assert results == [PostResult("accepted", ExecutionStatus.RUNNING)] * 3
    await store.post(WORKSPACE, [signal(other, "x"), signal(id, "a", payload=b"")])
    found = await store.inbox([id])
    assert [message.id for message in found] == [*names, "a"]
    assert [message.payload for message in found] == [b"content"] * 3 + [b""]
    assert {message.execution_id for message in await store.inbox([id, other])} == {id, other}
    assert all(message.created_at for message in found)
    await store.append(segment(id, 1, taken=("m1", "a")))
    assert [message.id for message in await store.inbox([id])] == ["m5", "m4"]
    assert await store.inbox([]) == []
    assert await store.post(WORKSPACE, []) == []


async def test_same_id_is_a_duplicate_for_ever(store: SqlStore) -> None:
    id, other = await running(store), await running(store)
    first = await store.post(WORKSPACE, [signal(id), signal(id), signal(other)])
    assert [result.outcome for result in first] == ["accepted", "duplicate", "accepted"]
    await store.append(segment(id, 1, taken=("m",)))
    assert [result.outcome for result in await store.post(WORKSPACE, [signal(id)])] == ["duplicate"]
    assert await store.inbox([id]) == []


async def test_late_and_unknown(store: SqlStore) -> None:
    done = await finished(store)
    assert await store.post(WORKSPACE, [signal(done)]) == [PostResult("late", ExecutionStatus.SUCCEEDED)]
    assert await store.post(WORKSPACE, [signal(new_id())]) == [PostResult("late", None)]
    theirs = await running(store, workspace="other")
    assert await store.post(WORKSPACE, [signal(theirs)]) == [PostResult("late", None)]
    assert await store.inbox([done, theirs]) == []


async def test_message_wakes_what_waits(store: SqlStore) -> None:
    id = await running(store)
    await store.append(sleeping(id, 1))
    assert await store.claim("w", 5) == []
    await store.post(WORKSPACE, [signal(id)])
    assert ids_of(await store.claim("w", 5)) == [id]


async def test_message_before_going_to_sleep_is_not_slept_over(store: SqlStore) -> None:
    id = await running(store)
    await store.post(WORKSPACE, [signal(id)])
    await store.append(sleeping(id, 1))
    assert ids_of(await store.claim("w", 5)) == [id]
    # With the message taken in the same segment, there is nothing to wake up for.
    await store.append(segment(id, 3, epoch=2, taken=("m",), update=sleeping(id, 3).update))
    assert await store.claim("w", 5) == []


async def test_message_racing_with_going_to_sleep(place: Place) -> None:
    owner, outside = (await place.open()).store, (await place.open()).store
    ids = [await running(owner) for _ in range(25)]
    for id in ids:
        await asyncio.gather(owner.append(sleeping(id, 1)), outside.post(WORKSPACE, [signal(id)]))
    assert sorted(ids_of(await owner.claim("w", 50))) == sorted(ids)


async def test_cancel_sets_the_flag(store: SqlStore) -> None:
    (queued,) = await accept(store)
    await store.post(WORKSPACE, [signal(queued, kind="cancel")])
    row = await store.execution(queued)
    assert row is not None
    assert (row.cancel_requested, row.status) == (True, ExecutionStatus.QUEUED)
    (claim,) = await store.claim("w", 5)
    assert claim.cancel_requested
    assert [message.kind for message in await store.inbox([queued])] == ["cancel"]


@pytest.mark.parametrize(("kind", "wakes"), [("resume", True), ("cancel", True), ("signal", False)])
async def test_paused_is_woken_by_resume_and_cancel_only(store: SqlStore, kind: str, wakes: bool) -> None:
    before, after = await running(store), await running(store)
    pausing = ExecutionUpdate(status=ExecutionStatus.PAUSED, release=True)
    await store.post(WORKSPACE, [signal(before, kind=kind)])
    await store.append(segment(before, 1, update=pausing))
    await store.append(segment(after, 1, update=pausing))
    await store.post(WORKSPACE, [signal(after, kind=kind)])
    assert ids_of(await store.claim("w", 5)) == ([before, after] if wakes else [])


async def test_damaged_message_is_noticed(store: SqlStore, place: Place) -> None:
    id = await running(store)
    await store.post(WORKSPACE, [signal(id, "a"), signal(id, "b")])
    ((payload,),) = await place.sql("SELECT payload FROM inbox WHERE id = 'a'")
    await place.sql("UPDATE inbox SET payload = $1 WHERE id = 'b'", payload)
    with pytest.raises(StorageCorrupt) as caught:
        await store.inbox([id])
    assert caught.value.arguments == {"message": "b", "id": id}


async def test_another_process_shows_in_changes(place: Place) -> None:
    mine, other = (await place.open()).store, (await place.open()).store
    id = await running(mine)
    async with asyncio.timeout(20):
        before = await mine.changes()
        await other.post(WORKSPACE, [signal(id)])
        while await mine.changes() == before:
            await asyncio.sleep(0.005)
        # What this process writes itself is no news once everything has settled.
        settled = await mine.changes()
        while (again := await mine.changes()) != settled:
            settled = again
    for seq in range(1, 4):
        await mine.append(segment(id, seq))
    assert await mine.changes() == settled
