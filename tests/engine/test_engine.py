"""The engine as others see it: observing, overload, ends of its own, resuming everything."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from studio.domain.errors import Conflict, NodeError, NotFound, StorageFull
from studio.domain.status import ExecutionStatus
from studio.engine import Engine, StartRequest, read_history
from studio.engine.projector import catch_up
from tests.engine.gates import PATIENCE, Gate
from tests.engine.kit import engine as engine_on
from tests.engine.kit import run, workflow

ADD = workflow({"a": ("lab.add", {"value": 1})}, output="{{ a.value }}")


@pytest.fixture
async def engine(tmp_path: Path) -> Any:
    """On SQLite: nothing here depends on the database."""
    async with engine_on(tmp_path / "data") as one:
        yield one


async def test_what_nobody_knows(engine: Engine) -> None:
    with pytest.raises(NotFound):
        await engine.wait("nowhere", timeout=1)
    with pytest.raises(NotFound):
        [event async for event in engine.events("nowhere")]
    with pytest.raises(NotFound):
        await read_history(engine.store, engine.blobs, "nowhere")
    with pytest.raises(NotFound):
        await engine.plan("default", "sha256:unknown")
    with pytest.raises(NotFound):
        await run(engine, ADD, until="b")
    with pytest.raises(NotFound):
        await run(engine, ADD, pinned={"b": 1})


async def test_another_process_looks_on(engine: Engine, tmp_path: Path, gate: Gate) -> None:
    """It sees every committed event, the waits, and the end, without driving."""
    what = workflow({"a": ("lab.gate", {"name": gate.name, "value": 3})}, output="{{ a.value }}")
    async with engine_on(tmp_path / "data", start=False) as other:
        id = await engine.submit(StartRequest(workflow=what))
        await gate.reached()
        seen: list[str] = []

        async def watch() -> None:
            seen.extend([event.kind async for event in other.events(id) if event.seq >= 0])

        watching = asyncio.ensure_future(watch())
        standing = await other.wait(id, timeout=0)
        assert standing.status is ExecutionStatus.RUNNING
        gate.open()
        assert (await other.wait(id, timeout=PATIENCE)).output == 3
        async with asyncio.timeout(PATIENCE):
            await watching
        assert seen == ["accepted", "succeeded", "ended"]
        assert [event.kind async for event in other.events(id, (0, 0))][-1] == "ended"


async def test_a_slow_watcher_misses_what_is_not_recorded_and_nothing_else(engine: Engine) -> None:
    parts = ("lab.streams", {"parts": ["x"] * 3})
    id = await engine.submit(StartRequest(workflow=workflow({"a": parts})))
    watcher = engine.events(id)
    first = await anext(watcher)
    for number in range(3000):
        engine.live.show(id, "part", "a", {"n": number}, engine.clock)
    kinds = [first.kind] + [event.kind async for event in watcher]
    assert [kind for kind in kinds if kind in ("accepted", "succeeded", "ended")] == ["accepted", "succeeded", "ended"]
    assert kinds.count("part") <= 1003


async def test_overload_is_refused_before_acceptance(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.engine.projector._MOST_WAITING", -1)
    with pytest.raises(Conflict) as caught:
        await run(engine, ADD)
    assert caught.value.code == "engine.overloaded"


async def test_what_is_beyond_the_bound_waits_for_its_turn(tmp_path: Path, gate: Gate) -> None:
    from studio.engine import EngineConfig

    what = workflow({"a": ("lab.gate", {"name": gate.name})})
    async with engine_on(tmp_path / "data", config=EngineConfig(executions=2)) as one:
        ids = [await one.submit(StartRequest(workflow=what)) for _ in range(4)]
        await gate.reached(2)
        rows = [await one.store.execution(id) for id in ids]
        assert [str(row.status) for row in rows if row] == ["running", "running", "queued", "queued"]
        gate.open()
        for id in ids:
            assert (await one.wait(id, timeout=PATIENCE)).status is ExecutionStatus.SUCCEEDED


async def test_a_failed_engine_tells_everybody(engine: Engine, gate: Gate) -> None:
    what = workflow({"a": ("lab.gate", {"name": gate.name})})
    id = await engine.submit(StartRequest(workflow=what))
    await gate.reached()

    async def watch() -> None:
        async for _event in engine.events(id):
            pass

    others = [asyncio.ensure_future(watch()), asyncio.ensure_future(engine.wait(id))]
    await asyncio.sleep(0.05)
    engine.fatal(StorageFull("storage.full", "There is no space left for {path}.", path="x"))
    found = await asyncio.wait_for(asyncio.gather(*others, return_exceptions=True), PATIENCE)
    assert [type(error) for error in found] == [StorageFull, StorageFull]
    for call in (engine.submit(StartRequest(workflow=ADD)), engine.wait(id), engine.resume_all()):
        with pytest.raises(StorageFull):
            await call
    engine.fatal(RuntimeError("later"))
    assert isinstance(engine.failure, StorageFull), "the first failure is the one that is told"


async def test_a_defect_of_the_engine_is_told_as_one(engine: Engine) -> None:
    async def dies() -> None:
        raise RuntimeError("a defect")

    engine.track(asyncio.ensure_future(dies()))
    async with asyncio.timeout(PATIENCE):
        while engine.failure is None:
            await asyncio.sleep(0.005)
    assert isinstance(engine.failure, NodeError)
    assert engine.failure.code == "engine.defect"


async def test_more_workflows_than_are_remembered(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("plans._MOST", "engine._HASHES"):
        monkeypatch.setattr(f"studio.engine.{place}", 3)
    whats = [workflow({"a": ("lab.add", {"value": number})}, output="{{ a.value }}") for number in range(8)]
    for _ in range(2):
        assert [(await run(engine, what)).output for what in whats] == [number + 1 for number in range(8)]


async def test_resuming_everything(tmp_path: Path, gate: Gate) -> None:
    """What was left runs to its end; what waits for longer than asked for is left waiting."""
    held = workflow({"a": ("lab.gate", {"name": gate.name, "value": 1})}, output="{{ a.value }}")
    asks = workflow({"a": ("flow.approval", {"message": "?"})})
    naps = workflow({"a": ("flow.wait", {"seconds": 1.2})}, output=2)
    sleeps = workflow({"a": ("flow.wait", {"seconds": 3600})})
    async with engine_on(tmp_path / "data") as one:
        ids = [await one.submit(StartRequest(workflow=what)) for what in (held, asks, naps, sleeps)]
        await gate.reached()
    gate.open()
    async with engine_on(tmp_path / "data", start=False) as one:
        handled = {result.execution_id: result.output for result in await one.resume_all(wait=60)}
        assert (handled[ids[0]], handled[ids[2]]) == (1, 2)
        results = [await one.wait(id, timeout=0) for id in ids]
    found = [(str(result.status), result.output) for result in results]
    assert found == [("succeeded", 1), ("waiting", None), ("succeeded", 2), ("waiting", None)]


async def test_projections_are_rebuilt_from_the_journal(engine: Engine, tmp_path: Path) -> None:
    from tests.storage.kit import Place

    id = (await run(engine, workflow({"a": ("lab.add", {"value": 1}), "b": ("lab.slow", {})}))).execution_id
    await engine.projector.drain()
    before = await engine.store.node_runs(id)
    assert [row.path for row in before] == ["a", "b"]
    place = Place(None, tmp_path / "data")
    await place.sql("DELETE FROM node_runs")
    await place.sql("UPDATE executions SET projected_seq = -1")
    assert await catch_up(engine) == 1
    assert await engine.store.node_runs(id) == before
    assert await catch_up(engine) == 0


async def test_a_partial_run_in_a_map(engine: Engine) -> None:
    """``until`` may name a node inside a container: what it needs is the container."""
    body = {"nodes": {"x": {"type": "lab.add", "params": {"value": "{{ item }}"}}}, "output": "{{ x.value }}"}
    nodes = {"m": {"type": "flow.map", "params": {"items": [1]}, "body": body}, "z": ("lab.add", {"value": 1})}
    result = await run(engine, workflow(nodes), until="m[0]/x", mode="partial")
    assert {path: str(node.status) for path, node in result.nodes.items() if "[" not in path} == {
        "m": "succeeded",
        "z": "skipped",
    }


async def test_the_event_of_a_trigger_is_recorded(engine: Engine) -> None:
    id = (await run(engine, ADD, trigger="hook", event={"body": "x" * 20_000})).execution_id
    history = await read_history(engine.store, engine.blobs, id)
    assert await history.values.decode(tuple(history.start["event"])) == {"body": "x" * 20_000}
    assert (history.errors(), history.events((0, 0))[-1].kind) == ({}, "ended")
