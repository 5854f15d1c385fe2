"""Lists of executions."""

from __future__ import annotations

from studio.contracts.store import ExecutionFilter, ExecutionUpdate
from studio.domain.ids import first_id
from studio.domain.status import ExecutionStatus
from studio.storage import SqlStore
from tests.storage.kit import WORKSPACE, accept, ending, finished, new, running, segment


async def ids(store: SqlStore, **fields: object) -> list[str]:
    """The ids of a page."""
    return [row.id for row in await store.executions(ExecutionFilter(**{"workspace": WORKSPACE, **fields}))]


async def test_newest_first_in_pages(store: SqlStore) -> None:
    made = (await accept(store, *(new() for _ in range(7))))[::-1]
    assert await ids(store) == made
    assert await ids(store, limit=3) == made[:3]
    assert await ids(store, limit=3, before=made[2]) == made[3:6]
    assert await ids(store, limit=3, before=made[6]) == []
    assert await ids(store, limit=0) == made[:1]


async def test_from_one_id_to_another(store: SqlStore) -> None:
    made = sorted(await accept(store, *(new() for _ in range(5))))
    assert await ids(store, from_id=made[2]) == made[:1:-1]
    assert await ids(store, from_id=made[1], before=made[3]) == made[2:0:-1]
    assert await ids(store, from_id=made[1], before=made[3], status=(ExecutionStatus.QUEUED,)) == made[2:0:-1]
    assert await ids(store, from_id=first_id(2**60)) == []
    assert await ids(store, from_id=first_id(-5), workflow_name="flow") == made[::-1]


async def test_every_filter(store: SqlStore) -> None:
    done = await finished(store, workflow_name="a", workflow_hash="1", tags=("x", "y"), parent_id="p", root_id="r")
    bad = await running(store, workflow_name="b", workflow_hash="2", tags=("y",))
    await store.append(ending(bad, 1, ExecutionStatus.FAILED))
    (queued,) = await accept(store, workflow_name="b")
    assert await ids(store, workflow_name="b") == [queued, bad]
    assert await ids(store, workflow_hash="1") == [done]
    assert await ids(store, tag="y") == [bad, done]
    assert await ids(store, tag="x", workflow_name="b") == []
    assert await ids(store, parent_id="p") == [done]
    assert await ids(store, root_id="r") == [done]
    assert await ids(store, status=(ExecutionStatus.QUEUED,)) == [queued]
    several = (ExecutionStatus.FAILED, ExecutionStatus.QUEUED, ExecutionStatus.FAILED)
    assert await ids(store, status=several) == [queued, bad]
    assert await ids(store, status=several, limit=1, before=queued) == [bad]
    assert await ids(store, status=()) == []
    row = await store.execution(bad)
    assert row is not None
    assert await ids(store, accepted_from=row.accepted_at) == [queued, bad]
    assert await ids(store, accepted_until=row.accepted_at) == [done]


async def test_a_tag_and_a_status_follow_an_execution(store: SqlStore) -> None:
    async def tagged(*status: ExecutionStatus) -> list[str]:
        return await ids(store, tag="x", status=status)

    (queued,) = await accept(store, tags=("x", "y"))
    await accept(store, tags=("y",))
    assert await tagged(ExecutionStatus.QUEUED) == [queued]
    await store.claim("w", 10)
    assert await tagged(ExecutionStatus.QUEUED) == []
    assert await tagged(ExecutionStatus.RUNNING) == [queued]
    claimed = await running(store, tags=("x",))
    assert await tagged(ExecutionStatus.RUNNING) == [claimed, queued]
    await store.append(ending(claimed, 1, ExecutionStatus.FAILED))
    await store.append(segment(queued, 2, update=ExecutionUpdate(status=ExecutionStatus.WAITING)))
    assert await tagged(ExecutionStatus.RUNNING) == []
    assert await tagged(ExecutionStatus.FAILED) == [claimed]
    assert await tagged(ExecutionStatus.WAITING) == [queued]
    assert await tagged(ExecutionStatus.FAILED, ExecutionStatus.WAITING) == [claimed, queued]
    assert await ids(store, tag="x", status=(ExecutionStatus.FAILED,), workflow_name="other") == []


async def test_other_workspaces_are_not_listed(store: SqlStore) -> None:
    await running(store, workspace="other", tags=("x",), parent_id="p", root_id="r")
    for fields in ({}, {"tag": "x"}, {"parent_id": "p"}, {"root_id": "r"}, {"workflow_name": "flow"}):
        assert await ids(store, **fields) == []
        assert len(await ids(store, **{**fields, "workspace": "other"})) == 1


async def test_error_code(store: SqlStore) -> None:
    id = await running(store)
    await finished(store)
    await store.append(segment(id, 1, update=ExecutionUpdate(status=ExecutionStatus.FAILED, error_code="net.down")))
    assert await ids(store, error_code="net.down") == [id]
    assert await ids(store, error_code="net.up") == []


async def test_an_error_of_a_name_or_a_tag(store: SqlStore) -> None:
    async def fails(id: str, code: str) -> None:
        update = ExecutionUpdate(status=ExecutionStatus.FAILED, error_code=code)
        await store.append(segment(id, 1, update=update))

    made = [await running(store, workflow_name=name, tags=("x", name)) for name in ("a", "b", "a")]
    for id, code in zip(made, ("net.down", "net.down", "other"), strict=True):
        await fails(id, code)
    down = {"error_code": "net.down"}
    assert await ids(store, **down) == [made[1], made[0]]
    assert await ids(store, **down, workflow_name="a") == [made[0]]
    assert await ids(store, **down, tag="x") == [made[1], made[0]]
    assert await ids(store, **down, tag="x", before=made[1]) == [made[0]]
    assert await ids(store, **down, tag="x", from_id=made[1]) == [made[1]]
    assert await ids(store, **down, tag="a") == [made[0]]
    assert await ids(store, **down, tag="x", workflow_name="b") == [made[1]]
    for place in ({"tag": "x"}, {"workflow_name": "a"}):
        assert (await ids(store, **down, **place, status=(ExecutionStatus.FAILED,)))[-1:] == [made[0]]
        assert await ids(store, **down, **place, status=(ExecutionStatus.RUNNING,)) == []
        assert await ids(store, error_code="none", **place) == []
