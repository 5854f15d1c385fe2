"""What whoever operates Studio asks, and limits of whole workspaces."""

from __future__ import annotations

from studio.contracts.store import ExecutionUpdate, Slot
from studio.domain.status import Durability, ExecutionStatus
from studio.storage import SqlStore
from tests.storage.kit import WORKSPACE, accept, finished, ids_of, new, running, segment


async def test_a_workspace_runs_no_more_than_its_limit(store: SqlStore) -> None:
    mine = await accept(store, *(new() for _ in range(4)))
    other = await accept(store, *(new(workspace="other") for _ in range(2)))
    assert sorted(ids_of(await store.claim("w", 10, limits={WORKSPACE: 2}))) == sorted([*mine[:2], *other])
    assert await store.claim("w", 10, limits={WORKSPACE: 2}) == []
    assert await store.running([WORKSPACE, "other", "none"]) == {WORKSPACE: 2, "other": 2}
    assert ids_of(await store.claim("w", 10, limits={WORKSPACE: 3})) == mine[2:3]
    assert ids_of(await store.claim("w", 10)) == mine[3:]


async def test_what_is_called_does_not_count(store: SqlStore) -> None:
    (caller,) = await accept(store)
    assert ids_of(await store.claim("w", 10, limits={WORKSPACE: 1})) == [caller]
    called = await accept(store, parent_id=caller, root_id=caller, depth=1)
    assert ids_of(await store.claim("w", 10, limits={WORKSPACE: 1})) == called


async def test_backlog_is_in_the_order_of_its_turn(store: SqlStore) -> None:
    low, normal, high = [(await accept(store, priority=priority))[0] for priority in (-5, 0, 9)]
    await accept(store, workspace="other")
    assert [one.row.id for one in await store.backlog(WORKSPACE, 10)] == [high, normal, low]
    assert [one.row.id for one in await store.backlog(WORKSPACE, 1)] == [high]


async def test_backlog_tells_of_slots(store: SqlStore) -> None:
    slot = Slot("one", 1)
    await running(store, slot=slot)
    (waiting,) = await accept(store, slot=slot)
    (free,) = await accept(store)
    assert [(one.row.id, one.slot_taken) for one in await store.backlog(WORKSPACE, 10)] == [
        (waiting, True), (free, False),
    ]  # fmt: skip


async def test_workers_with_what_they_run(store: SqlStore) -> None:
    await store.heartbeat("w", "home", 60_000_000)
    await running(store)
    (worker,) = await store.workers()
    now = await store.now()
    assert (worker.id, worker.home, worker.running) == ("w", "home", 1)
    assert worker.seen_at <= now < worker.lease_until <= worker.seen_at + 60_000_000


async def test_effects_in_doubt(store: SqlStore) -> None:
    id = await running(store)
    assert await store.in_doubt(WORKSPACE, 10) == []
    update = ExecutionUpdate(status=ExecutionStatus.WAITING, reason='["wait.in_doubt","charge"]', release=True)
    await store.append(segment(id, 1, update=update))
    assert [row.id for row in await store.in_doubt(WORKSPACE, 10)] == [id]
    assert await store.in_doubt("other", 10) == []


async def test_failures_by_their_end(store: SqlStore) -> None:
    first, second = await running(store), await running(store)
    called = await running(store, parent_id=first, depth=1)
    await finished(store)
    for id, status in ((second, ExecutionStatus.FAILED), (first, ExecutionStatus.DEAD), (called, ExecutionStatus.DEAD)):
        update = ExecutionUpdate(status=status, error_code="a.b")
        await store.append(segment(id, 1, b"end", durability=Durability.POWER, update=update))
    until = await store.now()
    found = await store.failures(WORKSPACE, (0, ""), until, 10)
    assert [row.id for row in found] == [second, first]
    after = (found[0].ended_at or 0, found[0].id)
    assert [row.id for row in await store.failures(WORKSPACE, after, until, 10)] == [first]
    assert await store.failures(WORKSPACE, (0, ""), (found[0].ended_at or 0) - 1, 10) == []
    assert await store.failures("other", (0, ""), until, 10) == []
