"""Claiming, leases, slots, fairness."""

from __future__ import annotations

import asyncio

from studio.contracts.store import ExecutionUpdate, Message, Slot
from studio.domain.ids import new_id
from studio.domain.status import ExecutionStatus
from studio.storage import SqlStore
from tests.storage.kit import (
    SECOND,
    WORKSPACE,
    Place,
    accept,
    claim_one,
    ending,
    finished,
    fresh_id,
    ids_of,
    new,
    running,
    segment,
    sleeping,
)


async def test_takes_what_is_queued_and_leaves_a_mark(store: SqlStore) -> None:
    (id,) = await accept(store)
    (claim,) = await store.claim("w", 5)
    assert (claim.id, claim.workspace, claim.workflow_hash) == (id, WORKSPACE, "hash")
    assert (claim.epoch, claim.next_seq, claim.recoveries) == (1, 2, 0)
    assert (claim.was, claim.cancel_requested) == (ExecutionStatus.QUEUED, False)
    assert [(part.seq, part.epoch, part.payload) for part in await store.read(id)] == [(0, 0, b"first"), (1, 1, b"")]
    assert await store.claim("w", 5) == []
    assert await store.claim("w", 0) == []


async def test_oldest_first_within_a_lane(store: SqlStore) -> None:
    ids = [fresh_id() for _ in range(12)]
    await accept(store, *(new(id=id) for id in ids))
    assert ids_of(await store.claim("w", 5)) == ids[:5]
    assert ids_of(await store.claim("w", 50)) == ids[5:]


async def test_priority_comes_first(store: SqlStore) -> None:
    low, normal, high = [(await accept(store, priority=priority))[0] for priority in (-5, 0, 9)]
    assert ids_of(await store.claim("w", 2)) == [high, normal]
    assert ids_of(await store.claim("w", 2)) == [low]


async def test_fair_between_keys_and_workspaces(store: SqlStore) -> None:
    loud = await accept(store, *(new(fairness_key="loud") for _ in range(20)))
    quiet = await accept(store, *(new(fairness_key="quiet") for _ in range(2)))
    other = await accept(store, *(new(workspace="other") for _ in range(2)))
    first = ids_of(await store.claim("w", 6))
    assert sorted(first) == sorted([*loud[:2], *quiet, *other])
    assert ids_of(await store.claim("w", 3)) == loud[2:5]


async def test_fair_over_single_claims_too(store: SqlStore) -> None:
    """A late-comer does not wait for the hundred before it."""
    loud = await accept(store, *(new(fairness_key="loud") for _ in range(100)))
    quiet = await accept(store, *(new(fairness_key="quiet") for _ in range(3)))
    order = [(await claim_one(store)).id for _ in range(8)]
    assert [id for id in order if id in quiet] == quiet
    assert [id for id in order if id in loud] == loud[:5]
    assert {order[0] in loud, order[1] in loud} == {True, False}


async def test_more_lanes_than_asked_for(store: SqlStore) -> None:
    ids = await accept(store, *(new(fairness_key=f"k{number % 10}") for number in range(30)))
    assert ids_of(await store.claim("w", 10)) == ids[:10]
    assert ids_of(await store.claim("w", 4)) == ids[10:14]
    assert ids_of(await store.claim("w", 4)) == ids[14:18]
    assert sorted(ids_of(await store.claim("w", 50))) == sorted(ids[18:])


async def test_only_the_ids_asked_for(store: SqlStore) -> None:
    first, second, third = await accept(store, new(), new(), new())
    assert ids_of(await store.claim("w", 5, ids=[third, first, new_id()])) == [first, third]
    assert ids_of(await store.claim("w", 5)) == [second]
    held = await running(store)
    assert await store.claim("v", 5, ids=[held]) == []
    assert ids_of(await store.claim("v", 5, ids=[held], gone=["w"])) == [held]


async def test_waiting_is_taken_when_due(store: SqlStore) -> None:
    now = await store.now()
    early, late, never = [await running(store) for _ in range(3)]
    await store.append(sleeping(early, 1, wake_at=now - SECOND))
    await store.append(sleeping(late, 1, wake_at=now + 3600 * SECOND))
    await store.append(sleeping(never, 1))
    (claim,) = await store.claim("w", 5)
    assert (claim.id, claim.was, claim.epoch, claim.recoveries) == (early, ExecutionStatus.WAITING, 2, 0)
    row = await store.execution(early)
    assert row is not None
    assert (row.status, row.reason, row.wake_at) == (ExecutionStatus.RUNNING, None, None)
    assert await store.next_wake("w") == now + 3600 * SECOND


async def test_waiting_that_is_not_released_is_left_alone(store: SqlStore) -> None:
    id = await running(store)
    update = ExecutionUpdate(status=ExecutionStatus.WAITING, wake_at=1)
    await store.append(segment(id, 1, update=update))
    assert await store.claim("v", 5) == []
    assert ids_of(await store.claim("v", 5, gone=["w"])) == [id]


async def test_left_behind_counts_as_recovery(store: SqlStore) -> None:
    ids = [await running(store) for _ in range(3)]
    alive = await running(store, owner="alive")
    claims = await store.claim("v", 10, gone=["w"])
    assert ids_of(claims) == ids
    assert {(claim.recoveries, claim.was, claim.epoch) for claim in claims} == {(1, ExecutionStatus.RUNNING, 2)}
    again = await store.claim("u", 10, gone=["v"])
    assert {claim.recoveries for claim in again} == {2}
    row = await store.execution(alive)
    assert row is not None
    assert row.owner == "alive"


async def test_expired_lease_is_left_behind(store: SqlStore) -> None:
    id = await running(store)
    await store.heartbeat("w", "home", 3600 * SECOND)
    assert await store.claim("v", 5) == []
    wake = await store.next_wake("v")
    assert wake is not None
    assert wake > await store.now() + 3000 * SECOND
    await store.heartbeat("w", "home", -SECOND)
    assert await store.claim("w", 5) == []
    (claim,) = await store.claim("v", 5)
    assert (claim.id, claim.recoveries) == (id, 1)
    # Nothing is left that the dead worker owns, so it is forgotten with the next look.
    assert await store.claim("v", 5) == []
    assert await store.gone_workers("home", "v") == []


async def test_released_is_no_recovery(store: SqlStore) -> None:
    await store.heartbeat("w", "home", SECOND * 60)
    ids = [await running(store) for _ in range(3)]
    asleep = await running(store)
    await store.append(segment(asleep, 1, update=ExecutionUpdate(status=ExecutionStatus.WAITING)))
    assert await store.release("w") == 4
    assert await store.gone_workers("home", "") == []
    claims = await store.claim("v", 10)
    assert ids_of(claims) == ids
    assert {(claim.recoveries, claim.was) for claim in claims} == {(0, ExecutionStatus.QUEUED)}
    row = await store.execution(asleep)
    assert row is not None
    assert (row.status, row.owner) == (ExecutionStatus.WAITING, None)


async def test_workers_of_a_home(store: SqlStore) -> None:
    for worker, home in (("a", "h"), ("b", "h"), ("c", "other")):
        await store.heartbeat(worker, home, SECOND)
    assert await store.gone_workers("h", "a") == ["b"]
    assert await store.gone_workers("h", "") == ["a", "b"]


async def test_held_is_left_alone_until_recovered(store: SqlStore, place: Place) -> None:
    first, second = await accept(store, new(), new())
    await place.sql("UPDATE executions SET held = TRUE")
    assert await store.claim("w", 5) == []
    assert await store.claim("w", 5, ids=[first]) == []
    assert await store.next_wake("w") is None
    assert await store.recover([first, new_id()]) == 1
    assert await store.recover([first]) == 0
    assert ids_of(await store.claim("w", 5)) == [first]
    row = await store.execution(second)
    assert row is not None
    assert row.held


async def test_slots_bound_what_runs(store: SqlStore) -> None:
    slot = Slot("bank", 2)
    ids = await accept(store, *(new(slot=slot) for _ in range(5)))
    free = await accept(store)
    assert ids_of(await store.claim("w", 10)) == [*ids[:2], *free]
    assert await store.claim("w", 10) == []
    assert await store.next_wake("w") is None
    await store.append(ending(ids[0], 2))
    assert (await store.next_wake("w")) is not None
    assert ids_of(await store.claim("w", 10)) == ids[2:3]
    # The same key in another workspace is another slot.
    elsewhere = await accept(store, workspace="other", slot=slot)
    assert ids_of(await store.claim("w", 10)) == elsewhere


async def test_slot_is_given_up_while_waiting(store: SqlStore) -> None:
    slot = Slot("bank", 1)
    first, second = await accept(store, new(slot=slot), new(slot=slot))
    assert ids_of(await store.claim("w", 10)) == [first]
    await store.append(sleeping(first, 2, wake_at=1))
    # Both want it now: the one that came first is as old as it was.
    assert ids_of(await store.claim("w", 10)) == [first]
    await store.append(sleeping(first, 4, epoch=2))
    assert ids_of(await store.claim("w", 10)) == [second]
    await store.post(WORKSPACE, [Message(first, "m", "signal", b"")])
    assert await store.claim("w", 10) == []
    await store.append(ending(second, 2))
    assert ids_of(await store.claim("w", 10)) == [first]


async def test_slot_may_be_kept_while_waiting(store: SqlStore) -> None:
    slot = Slot("bank", 1, hold_while_waiting=True)
    first, second = await accept(store, new(slot=slot), new(slot=slot))
    assert ids_of(await store.claim("w", 10)) == [first]
    await store.append(sleeping(first, 2))
    assert await store.claim("w", 10) == []
    await store.post(WORKSPACE, [Message(first, "m", "signal", b"")])
    assert ids_of(await store.claim("w", 10)) == [first]
    await store.append(ending(first, 4, epoch=2))
    assert ids_of(await store.claim("w", 10)) == [second]


async def test_no_execution_is_claimed_twice(place: Place) -> None:
    stores = [(await place.open()).store for _ in range(4)]
    ids = await accept(stores[0], *(new(fairness_key=f"k{number % 3}") for number in range(60)))
    taken: list[str] = []

    async def work(number: int) -> None:
        misses = 0
        while misses < 3:
            claims = await stores[number].claim(f"w{number}", 4)
            taken.extend(ids_of(claims))
            misses = 0 if claims else misses + 1

    await asyncio.gather(*(work(number) for number in range(4)))
    while claims := await stores[0].claim("w0", 50):
        taken.extend(ids_of(claims))
    assert sorted(taken) == sorted(ids)


async def test_slots_hold_between_processes(place: Place) -> None:
    stores = [(await place.open()).store for _ in range(4)]
    await accept(stores[0], *(new(slot=Slot("one", 3)) for _ in range(20)))
    claims = await asyncio.gather(*(store.claim(f"w{number}", 5) for number, store in enumerate(stores)))
    accepted = await asyncio.gather(*(store.accept([new(owner="x", slot=Slot("one", 3))]) for store in stores))
    rows = await place.sql("SELECT count(*) FROM executions WHERE slot_held")
    assert rows[0][0] == 3
    assert sum(len(batch) for batch in claims) == 3
    assert all(not getattr(outcome, "claimed", True) for (outcome,) in accepted)


async def test_next_wake_of_nothing(store: SqlStore) -> None:
    assert await store.next_wake("w") is None
    await finished(store)
    assert await store.next_wake("w") is None
    await accept(store)
    assert await store.next_wake("w") == 0


async def test_what_could_not_run_is_left_alone_until_its_time(store: SqlStore) -> None:
    """Even with an urgent message waiting, which a look at it did not take; a new one, or a new driver, is a reason."""
    id = await running(store)
    await store.post(WORKSPACE, [Message(id, new_id(), "resume", b"")])
    later = await store.now() + 600 * SECOND
    update = ExecutionUpdate(status=ExecutionStatus.PAUSED, release=True, wake_at=later)
    await store.append(segment(id, 1, update=update))
    assert await store.next_wake("w") == later
    assert await store.claim("w", 5) == []
    assert await store.retry_paused() == 1
    (claim,) = await store.claim("w", 5)
    assert (claim.was, claim.recoveries) == (ExecutionStatus.PAUSED, 0)
    await store.append(segment(id, claim.next_seq, epoch=claim.epoch, update=update))
    assert await store.claim("w", 5) == []
    await store.post(WORKSPACE, [Message(id, new_id(), "cancel", b"")])
    assert ids_of(await store.claim("w", 5)) == [id]


async def test_what_a_person_paused_is_not_retried(store: SqlStore) -> None:
    id = await running(store)
    await store.append(segment(id, 1, update=ExecutionUpdate(status=ExecutionStatus.PAUSED, release=True)))
    assert await store.retry_paused() == 0
    assert await store.claim("w", 5) == []


async def test_deaths_count_until_something_is_finished(store: SqlStore) -> None:
    id = await running(store)
    for _ in range(2):
        first = await claim_one(store, "v", gone=["w"])
        await store.got_on(id, first.epoch - 1)
        second = await claim_one(store, "w", gone=["v"])
        assert (first.recoveries, second.recoveries) == (1, 2)
        await store.got_on(id, second.epoch)


async def test_a_renewal_tells_whether_the_lease_still_held(store: SqlStore, place: Place) -> None:
    assert not await store.heartbeat("w", "home", 60 * SECOND)
    assert await store.heartbeat("w", "home", 60 * SECOND)
    await place.sql("UPDATE workers SET lease_until = 1")
    assert not await store.heartbeat("w", "home", 60 * SECOND)
    assert await store.heartbeat("w", "home", 60 * SECOND)


async def test_what_is_let_go_is_queued_and_no_recovery(store: SqlStore) -> None:
    first, second, third = [await running(store) for _ in range(3)]
    other = await running(store, owner="v")
    await store.append(sleeping(third, 1))
    assert sorted(await store.owned("w")) == sorted([(first, 1), (second, 1)])
    assert await store.let_go("w", [first, third, other]) == 1
    assert await store.owned("w") == [(second, 1)]
    claim = await claim_one(store, "v")
    assert (claim.id, claim.was, claim.epoch, claim.recoveries) == (first, ExecutionStatus.QUEUED, 2, 0)
