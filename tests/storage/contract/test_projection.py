"""Node runs as projected rows."""

from __future__ import annotations

import asyncio

import pytest

from studio.contracts.store import Projection
from studio.domain.errors import StorageCorrupt
from studio.domain.ids import new_id
from studio.domain.status import NodeStatus
from studio.storage import SqlStore
from tests.storage.kit import WORKSPACE, Place, finished, run_row, running, segment


def projection(id: str, seq: int, *paths: str, workspace: str = WORKSPACE) -> Projection:
    """Node runs at these paths."""
    return Projection(execution_id=id, workspace=workspace, seq=seq, rows=[run_row(path) for path in paths])


async def test_rows_come_back_in_path_order(store: SqlStore) -> None:
    id = await running(store)
    full = run_row(
        "b", status=NodeStatus.FAILED, started_at=None, waited=3, attempts=2, input_bytes=4, output_bytes=5,
        error_code="x.y", first=6, count=7,
    )  # fmt: skip
    await store.project([Projection(execution_id=id, workspace=WORKSPACE, seq=1, rows=[run_row("c"), full])])
    await store.project([projection(id, 2, "a")])
    assert await store.node_runs(id) == [run_row("a"), full, run_row("c")]
    row = await store.execution(id)
    assert row is not None
    assert row.projected_seq == 2
    await store.project([])
    assert await store.node_runs(new_id()) == []


async def test_later_projection_of_a_run_wins(store: SqlStore) -> None:
    id = await running(store)
    waiting = run_row("a", status=NodeStatus.WAITING)
    await store.project([Projection(execution_id=id, workspace=WORKSPACE, seq=1, rows=[waiting])])
    assert await store.node_runs(id) == [waiting]
    await asyncio.gather(store.project([projection(id, 2, "a")]), store.project([projection(id, 3, "a", "b")]))
    assert await store.node_runs(id) == [run_row("a"), run_row("b")]
    # Done again after a crash, it is the same.
    await store.project([projection(id, 3, "a", "b"), projection(id, 3, "a", "b")])
    assert await store.node_runs(id) == [run_row("a"), run_row("b")]


async def test_projected_sequence_never_goes_back(store: SqlStore) -> None:
    id = await running(store)
    await store.project([projection(id, 5, "e"), projection(id, 3, "c")])
    await store.project([projection(id, 2, "b")])
    row = await store.execution(id)
    assert row is not None
    assert row.projected_seq == 5
    assert [run.path for run in await store.node_runs(id)] == ["b", "c", "e"]


async def test_pages_end_between_paths(store: SqlStore) -> None:
    id = await running(store)
    chunks = [run_row("each", first=number * 10, count=10) for number in range(7)]
    plain = [run_row(f"n{number}") for number in range(5)]
    await store.project([Projection(execution_id=id, workspace=WORKSPACE, seq=1, rows=[*reversed(chunks), *plain])])
    assert await store.node_runs(id, limit=3) == chunks
    assert await store.node_runs(id, after="each", limit=3) == plain[:3]
    assert await store.node_runs(id, after="n2", limit=3) == plain[3:]
    assert await store.node_runs(id, after="n4") == []


async def test_thousands_of_runs(store: SqlStore) -> None:
    id = await running(store)
    rows = [run_row(f"loop[{number:05}]/step") for number in range(4000)]
    await store.project([Projection(execution_id=id, workspace=WORKSPACE, seq=1, rows=rows)])
    assert await store.node_runs(id, limit=10_000) == rows
    assert await store.node_runs(id, after=rows[3990].path, limit=100) == rows[3991:]


async def test_unprojected_is_behind_and_undriven(store: SqlStore) -> None:
    driven, done = await running(store), await finished(store)
    await store.append(segment(driven, 1))
    assert [row.id for row in await store.unprojected(10)] == [done]
    assert await store.unprojected(0) == []
    await store.project([projection(done, 1, "a")])
    assert await store.unprojected(10) == []


async def test_other_workspaces_executions_are_not_touched(store: SqlStore) -> None:
    id = await finished(store)
    await store.project([projection(id, 1, "a", workspace="other"), projection(new_id(), 1, "a")])
    assert await store.node_runs(id) == []
    assert [row.id for row in await store.unprojected(10)] == [id]


@pytest.mark.parametrize("data", [b"", b"\x00\xff\xff", b"\x01zstd", b"\x00\x91\x91\xa1x"])
async def test_damaged_rows_are_noticed(store: SqlStore, place: Place, data: bytes) -> None:
    id = await running(store)
    await store.project([projection(id, 1, "a")])
    await place.sql("UPDATE node_runs SET data = $1", data)
    with pytest.raises(StorageCorrupt) as caught:
        await store.node_runs(id)
    assert caught.value.arguments == {"id": id}
