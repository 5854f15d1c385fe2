"""Long loops, long lists and many waiting executions: what a resume costs, and what stays in memory."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from studio.contracts.store import StoredSegment
from studio.domain.status import ExecutionStatus
from studio.engine import Engine, EngineConfig, StartRequest, read_history
from studio.engine import records as r
from studio.storage import open_store
from tests.engine.kit import Host
from tests.faults.drive import catalog
from tests.faults.graphs import node
from tests.faults.harness import Process, records_of, until
from tests.faults.test_effects import workflow
from tests.faults.test_stale import Place

TURNS = 100_000
MIB = 1024 * 1024


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    """A data folder on SQLite."""
    opened = await open_store(None, tmp_path / "data")
    one = Place(tmp_path, None, opened)
    yield one
    for process in one.started:
        await process.kill()
    await opened.close()


def numbers(segments: list[StoredSegment]) -> list[int]:
    """The turns that segments tell of."""
    return [record[3] for record in records_of(segments) if record[0] == r.TURN]


def size_of(segments: list[StoredSegment]) -> int:
    """Bytes of their records."""
    return sum(len(segment.payload) for segment in segments)


async def test_a_long_loop_killed_near_its_end_goes_on_there(place: Place) -> None:
    near = TURNS - 1000
    step = node("fault.drag", {"value": "{{ state }}", "beyond": near})
    params = {"state": 0, "condition": "{{ state < " + str(TURNS) + " }}", "max": 2 * TURNS}
    loop = node("flow.while", params, body={"nodes": {"step": step}, "next": "{{ step.value }}"})
    id = await place.accept(workflow({"loop": loop}, "{{ loop.state }}"))
    process = place.start("--usual")
    last, turn = -1, 0
    async with asyncio.timeout(200):
        while turn < near:
            fresh = await place.opened.store.read(id, after=last)
            if fresh:
                last, turn = fresh[-1].seq, max([turn, *numbers(fresh)])
            await asyncio.sleep(0.01)
    await process.kill()
    known = numbers(await place.opened.store.read(id))
    second = place.start("--usual")
    await second.up()
    began = time.monotonic()
    row = await place.ended(id, 60)
    took = time.monotonic() - began
    left = TURNS - known[-1]
    print(f"killed at turn {known[-1]} of {TURNS}; {left} turns and the end took {took:.2f} s after the restart")
    assert row.status is ExecutionStatus.SUCCEEDED
    assert left > 0
    segments = await place.opened.store.read(id)
    turns = numbers(segments)
    assert turns == list(range(1, TURNS + 1)), "a committed turn ran again, or one is missing"
    resumed = await place.opened.store.read(id, from_snapshot=True)
    assert resumed[0].snapshot
    assert resumed[0].seq > 0, "a resume reads the whole journal"
    # The next one is due when what follows it is twice as large, and is written with the segment after that.
    due = max(EngineConfig().snapshot_bytes, 2 * size_of(resumed[:1]))
    most = max(size_of([one]) for one in resumed[1:])
    print(f"snapshot {size_of(resumed[:1])}, after it {size_of(resumed[1:])}, in all {size_of(segments)}")
    assert size_of(resumed[1:]) <= due + 2 * most
    result = (await read_history(place.opened.store, place.opened.blobs, id)).result
    assert result.output == TURNS


def memory(process: Process, what: str) -> int:
    """Of a process, in bytes: VmRSS now, VmHWM the most there ever was."""
    for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith(what):
            return int(line.split()[1]) * 1024
    raise AssertionError(what)


async def test_memory_does_not_grow_with_the_items_of_a_map(place: Place) -> None:
    peaks: dict[int, int] = {}
    for count in (300_000, 1_000_000):
        body = {"nodes": {"one": node("lab.add", {"value": "{{ item }}"})}, "output": "{{ one.value }}"}
        nodes = {
            "count": node("lab.count", {"count": count}),
            "map": node("flow.map", {"items": "{{ count.items }}"}, body=body),
        }
        id = await place.accept(workflow(nodes, "{{ [len(map.results), map.results[-1]] }}"))
        process = place.start("--usual")
        began = time.monotonic()
        row = await place.ended(id, 200)
        peaks[count] = memory(process, "VmHWM")
        print(f"{count} items: {time.monotonic() - began:.1f} s, peak {peaks[count] // MIB} MiB")
        assert row.status is ExecutionStatus.SUCCEEDED, row.error_code
        result = (await read_history(place.opened.store, place.opened.blobs, id)).result
        assert result.output == [count, count]
        await process.kill()
    assert peaks[1_000_000] < peaks[300_000] * 1.25 + 16 * MIB


async def test_waiting_executions_use_no_memory(place: Place) -> None:
    opened = place.opened
    silent = Engine(store=opened.store, blobs=opened.blobs, catalog=catalog(), home=opened.home, host=Host())
    what: Any = workflow({"ask": node("flow.approval", {"message": "?"})})
    process = place.start("--usual")
    used: list[int] = []
    ids: list[str] = []
    # The first ones fill the ring's cache of keys, which is bounded.
    for total in (9_000, 12_000):
        while len(ids) < total:
            request = StartRequest(workflow=what, inputs={"log": ""})
            ids += await asyncio.gather(*(silent.submit(request) for _ in range(250)))

        async def parked(total: int = total) -> bool:
            counts = (await opened.store.facts())["executions"]
            return counts.get("waiting", 0) == total

        await until(parked, 150, f"{total} wait")
        used.append(memory(process, "VmRSS"))
        print(f"{total} waiting: {used[-1] // MIB} MiB")
    assert used[1] - used[0] < 6 * MIB
    await silent.post(ids[1234], "approval", {"path": "ask", "decision": "approve"})
    assert (await place.ended(ids[1234], 20)).status is ExecutionStatus.SUCCEEDED
