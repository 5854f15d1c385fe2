"""Appending to the journal and reading it back."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from studio.contracts.store import ExecutionUpdate, Message, NodeState, StateWrite
from studio.domain.errors import Conflict, LeaseLost, NotFound, RecordCorrupt, StorageCorrupt, StorageError
from studio.domain.ids import new_id
from studio.domain.status import Durability, ExecutionStatus
from studio.storage import SqlStore
from tests.storage.kit import WORKSPACE, Place, accept, claim_one, ending, finished, running, segment, sleeping


async def test_segments_come_back_in_order(store: SqlStore) -> None:
    id = await running(store)
    payloads = [b"", b"x", b"long " * 5000, bytes(range(256))]
    for seq, payload in enumerate(payloads, 1):
        await store.append(segment(id, seq, payload, durability=Durability.POWER))
    read = await store.read(id)
    assert [part.seq for part in read] == [0, 1, 2, 3, 4]
    assert [part.payload for part in read] == [b"first", *payloads]
    assert [part.seq for part in await store.read(id, after=2)] == [3, 4]
    assert await store.read(id, after=4) == []
    row = await store.execution(id)
    assert row is not None
    assert row.next_seq == 5
    assert row.journal_bytes > 300


async def test_many_at_once_each_in_its_order(store: SqlStore) -> None:
    ids = [await running(store) for _ in range(5)]
    await asyncio.gather(*(store.append(segment(id, seq, b"%d" % seq)) for seq in range(1, 20) for id in ids))
    for id in ids:
        assert [part.payload for part in await store.read(id)] == [b"first", *(b"%d" % seq for seq in range(1, 20))]


async def test_snapshot_is_where_resuming_starts(store: SqlStore) -> None:
    id = await running(store)
    await store.append(segment(id, 1))
    await store.append(segment(id, 2, b"state", snapshot=True))
    await store.append(segment(id, 3))
    assert [part.seq for part in await store.read(id, from_snapshot=True)] == [2, 3]
    assert [part.snapshot for part in await store.read(id, from_snapshot=True)] == [True, False]
    assert [part.seq for part in await store.read(id, after=2, from_snapshot=True)] == [3]
    other = await running(store)
    assert [part.seq for part in await store.read(other, from_snapshot=True)] == [0]


@pytest.mark.parametrize("change", [{"seq": 3}, {"seq": 1}, {"epoch": 2}, {"epoch": 0}, {"workspace": "other"}])
async def test_wrong_sequence_epoch_or_workspace_is_refused(store: SqlStore, change: dict[str, object]) -> None:
    id = await running(store)
    await store.append(segment(id, 1))
    with pytest.raises(LeaseLost) as caught:
        await store.append(segment(id, **{"seq": 2, **change}))
    assert caught.value.code == "storage.lease_lost"
    assert [part.seq for part in await store.read(id)] == [0, 1]
    await store.append(segment(id, 2))


async def test_stale_worker_loses_at_the_fence(place: Place) -> None:
    """Two processes: the second claims what the first still believes to own."""
    first, second = (await place.open()).store, (await place.open()).store
    id = await running(first)
    await first.append(segment(id, 1))
    claim = await claim_one(second, "v", gone=["w"])
    assert (claim.id, claim.epoch, claim.next_seq, claim.recoveries) == (id, 2, 3, 1)
    for seq in (2, 3):
        with pytest.raises(LeaseLost):
            await first.append(segment(id, seq, b"stale"))
    await second.append(segment(id, 3, b"fresh", epoch=2))
    assert [part.payload for part in await second.read(id)] == [b"first", b"more", b"", b"fresh"]


async def test_only_the_culprit_of_a_batch_is_refused(store: SqlStore) -> None:
    ids = [await running(store) for _ in range(6)]
    stale = ids[2]
    await store.append(segment(stale, 1))
    waits = [store.append(segment(id, 1, b"batch")) for id in ids]
    outcomes = await asyncio.gather(*waits, return_exceptions=True)
    assert [isinstance(outcome, LeaseLost) for outcome in outcomes] == [id == stale for id in ids]
    for id in ids:
        assert [part.seq for part in await store.read(id)] == [0, 1]


async def test_culprit_by_content_is_refused_alone(store: SqlStore, place: Place) -> None:
    ids = [await running(store) for _ in range(4)]
    # A number that no 64-bit column holds.
    bad = segment(ids[0], 1, update=ExecutionUpdate(status=ExecutionStatus.WAITING, wake_at=2**70))
    waits = [store.append(bad), *(store.append(segment(id, 1)) for id in ids[1:])]
    outcomes = await asyncio.gather(*waits, return_exceptions=True)
    assert isinstance(outcomes[0], StorageError)
    assert outcomes[1:] == [None, None, None]
    await store.append(segment(ids[0], 1))


@pytest.mark.parametrize("status", [status for status in ExecutionStatus if status.terminal])
async def test_terminal_status_never_changes(store: SqlStore, status: ExecutionStatus) -> None:
    id = await running(store)
    await store.append(ending(id, 1, status))
    row = await store.execution(id)
    assert row is not None
    assert (row.status, row.owner, row.wake_at) == (status, None, None)
    assert row.ended_at is not None
    with pytest.raises(LeaseLost):
        await store.append(ending(id, 2, ExecutionStatus.FAILED))
    assert await store.claim("w", 10, gone=["w"]) == []
    assert await store.claim("w", 10, ids=[id]) == []
    assert await store.release("w") == 0
    assert (await store.execution(id)) == row


async def test_update_changes_what_is_set_and_leaves_the_rest(store: SqlStore) -> None:
    id = await running(store)
    update = ExecutionUpdate(reason="because", error_code="net.down", wake_at=77)
    await store.append(segment(id, 1, update=update))
    row = await store.execution(id)
    assert row is not None
    assert (row.status, row.reason, row.error_code, row.wake_at, row.owner) == (
        ExecutionStatus.RUNNING, "because", "net.down", 77, "w",
    )  # fmt: skip
    await store.append(segment(id, 2, update=ExecutionUpdate(status=ExecutionStatus.PAUSED)))
    row = await store.execution(id)
    assert row is not None
    assert (row.status, row.reason, row.error_code, row.wake_at) == (
        ExecutionStatus.PAUSED,
        "because",
        "net.down",
        None,
    )
    await store.append(segment(id, 3, update=ExecutionUpdate(reason=None, error_code=None, wake_at=None)))
    row = await store.execution(id)
    assert row is not None
    assert (row.reason, row.error_code, row.wake_at, row.owner) == (None, None, None, "w")


async def test_release_without_status_queues_again(store: SqlStore) -> None:
    id = await running(store)
    await store.append(segment(id, 1, update=ExecutionUpdate(release=True)))
    claim = await claim_one(store, "v")
    assert (claim.id, claim.was, claim.recoveries) == (id, ExecutionStatus.QUEUED, 0)


async def test_unknown_execution_is_not_found(store: SqlStore) -> None:
    with pytest.raises(NotFound):
        await store.read(new_id())
    with pytest.raises(LeaseLost):
        await store.append(segment(new_id(), 1))


async def test_missing_segment_is_noticed(store: SqlStore, place: Place) -> None:
    id = await running(store)
    for seq in (1, 2, 3):
        await store.append(segment(id, seq))
    await place.sql("DELETE FROM journal WHERE execution_id = $1 AND seq = 2", id)
    with pytest.raises(StorageCorrupt) as caught:
        await store.read(id)
    assert caught.value.arguments == {"id": id, "seq": 2}
    await place.sql("DELETE FROM journal WHERE execution_id = $1 AND seq = 3", id)
    with pytest.raises(StorageCorrupt):
        await store.read(id)


@pytest.mark.parametrize("damage", ["flip", "cut", "swap", "epoch", "empty"])
async def test_damaged_segment_is_noticed(store: SqlStore, place: Place, damage: str) -> None:
    id, other = await running(store), await running(store)
    for one in (id, other):
        await store.append(segment(one, 1, b"payload of a segment"))
    ((payload,),) = await place.sql("SELECT payload FROM journal WHERE execution_id = $1 AND seq = 1", id)
    ((foreign,),) = await place.sql("SELECT payload FROM journal WHERE execution_id = $1 AND seq = 1", other)
    flipped = bytearray(payload)
    flipped[-3] ^= 4
    put = {"flip": bytes(flipped), "cut": payload[:-1], "swap": foreign, "epoch": payload, "empty": b"x"}[damage]
    epoch = 9 if damage == "epoch" else 1
    await place.sql("UPDATE journal SET payload = $1, epoch = $2 WHERE execution_id = $3 AND seq = 1", put, epoch, id)
    with pytest.raises(StorageCorrupt) as caught:
        await store.read(id)
    assert caught.value.code == "storage.segment_corrupt"
    assert caught.value.arguments == {"id": id, "seq": 1}
    assert len(await store.read(other)) == 2


@pytest.mark.parametrize("held", ["CAST(x'ff00fe' AS TEXT)", "'text'", "17", "1.5", "x''"])
async def test_a_payload_of_any_type_is_a_damaged_segment(lite: Place, held: str) -> None:
    store = (await lite.open()).store
    id, other = await running(store), await running(store)
    for one in (id, other):
        await store.append(segment(one, 1, b"payload of a segment"))
    await lite.sql(f"UPDATE journal SET payload = {held} WHERE execution_id = $1 AND seq = 1", id)
    if held == "x''":
        assert (await store.read(id))[1].payload == b""
        return
    with pytest.raises(StorageCorrupt) as caught:
        await store.read(id)
    assert (caught.value.code, caught.value.arguments) == ("storage.segment_corrupt", {"id": id, "seq": 1})
    assert len(await store.read(other)) == 2


_HELD = ["CAST(x'ff00fe' AS TEXT)", "'x'", "x'ff'", "1.5", "-7", "9000000000000000000"]


@pytest.mark.parametrize("held", _HELD)
@pytest.mark.parametrize("column", ["workspace", "seq", "epoch", "snapshot", "written_at"])
async def test_a_journal_row_of_any_kind_is_read_or_damaged(lite: Place, column: str, held: str) -> None:
    store = (await lite.open()).store
    id, other = await running(store), await running(store)
    for one in (id, other):
        await store.append(segment(one, 1))
    await lite.sql(f"UPDATE journal SET {column} = {held} WHERE execution_id = $1 AND seq = 1", id)
    if column == "written_at" and held in ("-7", "9000000000000000000"):
        assert len(await store.read(id)) == 2
    elif column != "workspace":  # the journal's workspace is that of its execution
        with pytest.raises(StorageCorrupt):
            await store.read(id)
    assert len(await store.read(other)) == 2


@pytest.mark.parametrize("held", _HELD)
@pytest.mark.parametrize("column", ["status", "tags", "rank", "next_seq", "snapshot_seq", "accepted_at", "mode"])
async def test_an_execution_row_of_any_kind_is_read_or_damaged(lite: Place, column: str, held: str) -> None:
    store = (await lite.open()).store
    id, other = await running(store), await running(store)
    await lite.sql(f"UPDATE executions SET {column} = {held} WHERE id = $1", id)
    for read in (store.execution(id), store.read(id, from_snapshot=True)):
        with suppress(StorageCorrupt):
            await read
    assert await store.execution(other) is not None
    assert len(await store.read(other)) == 1


async def test_cancelled_caller_does_no_harm(store: SqlStore) -> None:
    id = await running(store)
    task = asyncio.ensure_future(store.append(segment(id, 1)))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    row = await store.execution(id)
    assert row is not None
    await store.append(segment(id, row.next_seq if row.next_seq > 1 else 2))


async def test_message_and_segment_are_one(store: SqlStore) -> None:
    """What is taken with a refused segment stays open."""
    id = await running(store)
    await store.post(WORKSPACE, [Message(id, "m", "signal", b"x")])
    with pytest.raises(LeaseLost):
        await store.append(segment(id, 5, taken=("m",)))
    assert [message.id for message in await store.inbox([id])] == ["m"]
    await store.append(segment(id, 1, taken=("m",)))
    assert await store.inbox([id]) == []


async def test_ends_while_others_go_on(store: SqlStore) -> None:
    done, (waiting,) = await finished(store), await accept(store)
    id = await running(store)
    await asyncio.gather(store.append(sleeping(id, 1)), store.heartbeat("w", "home", 10), store.now())
    states = {one: (await store.execution(one)) for one in (done, waiting, id)}
    assert [row.status.value for row in states.values() if row] == ["succeeded", "queued", "waiting"]


async def test_a_state_is_written_with_its_segment_or_not_at_all(store: SqlStore) -> None:
    id = await running(store)
    await store.append(segment(id, 1, b"one", state=StateWrite("k", b"first", 0, ("blob",))))
    assert await store.node_state(WORKSPACE, "k") == NodeState(1, b"first")
    assert await store.live_blobs() == ["blob"]
    with pytest.raises(Conflict):
        await store.append(segment(id, 2, b"two", state=StateWrite("k", b"other", 0)))
    with pytest.raises(LeaseLost):
        await store.append(segment(id, 2, b"two", epoch=3, state=StateWrite("k", b"stale", 1)))
    assert await store.node_state(WORKSPACE, "k") == NodeState(1, b"first")
    assert [part.payload for part in await store.read(id)] == [b"first", b"one"]
    await store.append(segment(id, 2, b"two", state=StateWrite("k", b"second", 1)))
    assert await store.node_state(WORKSPACE, "k") == NodeState(2, b"second")


async def test_of_states_changed_at_once_one_counts(store: SqlStore) -> None:
    ids = [await running(store) for _ in range(6)]
    writes = [segment(id, 1, b"end", state=StateWrite("k", id.encode(), 0)) for id in ids]
    others = [segment(id, 1, b"end", state=StateWrite(f"k{number}", b"x", 0)) for number, id in enumerate(ids)]
    outcomes = await asyncio.gather(*(store.append(write) for write in writes), return_exceptions=True)
    won = [id for id, outcome in zip(ids, outcomes, strict=True) if outcome is None]
    assert len(won) == 1
    assert all(isinstance(outcome, Conflict) for outcome in outcomes if outcome is not None)
    assert (await store.node_state(WORKSPACE, "k")).value == won[0].encode()
    await asyncio.gather(*(store.append(other) for id, other in zip(ids, others, strict=True) if id not in won))
    for id in ids:
        assert [part.seq for part in await store.read(id)] == [0, 1]


async def test_a_window_gives_what_there_is_of_a_range(store: SqlStore) -> None:
    id = await running(store)
    for seq in range(1, 6):
        await store.append(segment(id, seq, b"%d" % seq))
    assert [part.seq for part in await store.window(id, 0, 0)] == [0]
    assert [part.payload for part in await store.window(id, 2, 4)] == [b"2", b"3", b"4"]
    assert [part.seq for part in await store.window(id, 4, 100)] == [4, 5]
    assert await store.window(id, 6, 9) == []
    with pytest.raises(NotFound):
        await store.window("nothing", 0, 1)


async def test_a_window_with_a_gap_is_refused(place: Place) -> None:
    store = (await place.open()).store
    id = await running(store)
    for seq in range(1, 4):
        await store.append(segment(id, seq))
    await place.sql("DELETE FROM journal WHERE seq = 2")
    with pytest.raises(RecordCorrupt):
        await store.window(id, 1, 3)
    assert [part.seq for part in await store.window(id, 3, 3)] == [3]
