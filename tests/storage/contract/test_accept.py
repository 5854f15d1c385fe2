"""Accepting executions."""

from __future__ import annotations

import asyncio

from studio.contracts.store import Accepted, Cursor, ExecutionFilter, Idempotency, Slot
from studio.domain.errors import Conflict
from studio.domain.ids import new_id
from studio.domain.status import ExecutionStatus
from studio.storage import SqlStore
from tests.storage.kit import SECOND, WORKSPACE, Place, accept, claim_one, finished, new, running


async def test_keeps_the_execution_and_its_input(store: SqlStore) -> None:
    item = new(tags=("red", "blue"), priority=3, mode="test", trigger="webhook", parent_id="p", root_id="r", depth=2)
    assert await store.accept([item]) == [Accepted(item.id)]
    row = await store.execution(item.id)
    assert row is not None
    assert (row.status, row.tags, row.priority, row.mode) == (ExecutionStatus.QUEUED, ("red", "blue"), 3, "test")
    assert (row.trigger, row.parent_id, row.root_id, row.depth, row.generation) == ("webhook", "p", "r", 2, 1)
    assert (row.owner, row.epoch, row.next_seq, row.held, row.started_at) == (None, 0, 1, False, None)
    (first,) = await store.read(item.id)
    assert (first.seq, first.payload, first.snapshot) == (0, b"first", False)
    assert abs(row.accepted_at - await store.now()) < 60 * SECOND


async def test_accepts_as_claimed(store: SqlStore) -> None:
    item = new(owner="w")
    assert await store.accept([item]) == [Accepted(item.id, claimed=True)]
    row = await store.execution(item.id)
    assert row is not None
    assert (row.status, row.owner, row.epoch, row.next_seq) == (ExecutionStatus.RUNNING, "w", 1, 1)
    assert row.started_at is not None
    assert await store.claim("other", 10) == []


async def test_due_later_stays_queued_until_then(store: SqlStore) -> None:
    now = await store.now()
    item = new(owner="w", due_at=now + 3600 * SECOND)
    assert await store.accept([item]) == [Accepted(item.id)]
    assert await store.claim("w", 10) == []
    assert await store.next_wake("w") == now + 3600 * SECOND
    (past,) = await accept(store, due_at=now - SECOND)
    claim = await claim_one(store)
    assert (claim.id, claim.was) == (past, ExecutionStatus.QUEUED)


async def test_same_id_twice_is_refused_alone(store: SqlStore) -> None:
    first, other = new(), new()
    await accept(store, first)
    again, fine = await store.accept([new(id=first.id, payload=b"other"), other])
    assert isinstance(again, Conflict)
    assert again.code == "storage.execution_exists"
    assert fine == Accepted(other.id)
    assert (await store.read(first.id))[0].payload == b"first"


async def test_idempotency_key_gives_the_same_execution(store: SqlStore) -> None:
    def keyed(body: bytes = b"digest", key: str = "key", window: int = 3600 * SECOND, **fields: object):
        return new(idempotency=Idempotency(key, body, window), **fields)

    first, twin, other = keyed(), keyed(), keyed(key="another")
    # Twice in one call, and once more afterwards.
    assert await store.accept([first, twin, other]) == [
        Accepted(first.id),
        Accepted(first.id, existing=True),
        Accepted(other.id),
    ]
    assert await store.accept([keyed()]) == [Accepted(first.id, existing=True)]
    (refused, fine) = await store.accept([keyed(b"changed"), new()])
    assert isinstance(refused, Conflict)
    assert refused.code == "storage.idempotency_conflict"
    assert isinstance(fine, Accepted)
    assert await store.execution(twin.id) is None
    # Keys of another workspace are other keys.
    elsewhere = keyed(workspace="other")
    assert await store.accept([elsewhere]) == [Accepted(elsewhere.id)]


async def test_idempotency_key_ends_with_its_window(store: SqlStore, place: Place) -> None:
    first = new(idempotency=Idempotency("key", b"one", 3600 * SECOND))
    await accept(store, first)
    await place.sql("UPDATE idempotency SET expires_at = 1")
    second = new(idempotency=Idempotency("key", b"two", 3600 * SECOND))
    assert await store.accept([second]) == [Accepted(second.id)]


async def test_idempotency_holds_between_processes(place: Place) -> None:
    stores = [(await place.open()).store for _ in range(3)]
    items = [[new(idempotency=Idempotency(f"k{number}", b"d", SECOND * 900)) for number in range(8)] for _ in stores]
    answers = await asyncio.gather(*(store.accept(batch) for store, batch in zip(stores, items, strict=True)))
    for number in range(8):
        outcomes = [answer[number] for answer in answers]
        assert all(isinstance(outcome, Accepted) for outcome in outcomes)
        assert len({outcome.id for outcome in outcomes if isinstance(outcome, Accepted)}) == 1
        assert [outcome.existing for outcome in outcomes if isinstance(outcome, Accepted)].count(False) == 1


async def test_idempotency_outlives_the_execution(store: SqlStore) -> None:
    item = new(owner="w", retain_until=1, idempotency=Idempotency("key", b"d", 3600 * SECOND))
    id = await finished(store, id=item.id, retain_until=1, idempotency=item.idempotency)
    assert await store.delete_expired(10) == 1
    again = new(idempotency=item.idempotency)
    assert await store.accept([again]) == [Accepted(id, existing=True)]


async def test_schedule_cursor_moves_with_the_acceptance(store: SqlStore) -> None:
    assert await store.cursor(WORKSPACE, "daily") is None
    await accept(store, cursor=Cursor("daily", 100))
    assert await store.cursor(WORKSPACE, "daily") == 100
    await accept(store, cursor=Cursor("daily", 200, before=100))
    for late in (Cursor("daily", 200, before=100), Cursor("daily", 100), Cursor("unknown", 5, before=4)):
        item = new(cursor=late)
        (outcome,) = await store.accept([item])
        assert isinstance(outcome, Conflict)
        assert outcome.code == "storage.schedule_moved"
        assert await store.execution(item.id) is None
    assert await store.cursor(WORKSPACE, "daily") == 200
    assert await store.cursor("other", "daily") is None


async def test_one_execution_per_due_time_however_many_schedulers(place: Place) -> None:
    stores = [(await place.open()).store for _ in range(3)]
    answers = await asyncio.gather(*(store.accept([new(cursor=Cursor("hourly", 7))]) for store in stores))
    assert [isinstance(answer[0], Accepted) for answer in answers].count(True) == 1


async def test_slot_that_is_taken_leaves_it_queued(store: SqlStore) -> None:
    slot = Slot("one", 1)
    first, second = new(owner="w", slot=slot), new(owner="w", slot=slot)
    assert await store.accept([first, second]) == [Accepted(first.id, claimed=True), Accepted(second.id)]
    row = await store.execution(second.id)
    assert row is not None
    assert (row.status, row.owner) == (ExecutionStatus.QUEUED, None)
    assert await store.next_wake("w") is None


async def test_every_row_belongs_to_its_workspace(store: SqlStore) -> None:
    mine, theirs = await running(store), await running(store, workspace="other")
    assert await store.execution(theirs, WORKSPACE) is None
    assert (await store.execution(theirs, "other")) is not None
    assert [row.id for row in await store.executions(ExecutionFilter(workspace=WORKSPACE))] == [mine]
    assert await store.execution(new_id()) is None
