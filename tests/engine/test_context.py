"""What nodes can do through their context."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from studio.domain.status import ExecutionStatus
from studio.engine import Engine, Grants, StartRequest
from studio.engine.context import static_path
from tests.engine.kit import Host, engine, run, workflow


async def hands(one: Engine, what: str, grants: Grants | None = None, **rest: Any) -> Any:
    """What came of using a part of the context."""
    node = ("lab.hands", {"what": what}, rest)
    result = await run(one, workflow({"a": node}, output="{{ a.value }}"), grants=grants or Grants())
    return result.output if result.error is None else result.error


async def test_a_node_knows_where_it_runs(engine: Engine) -> None:
    workspace, name, zone, path, translated, now, execution = await hands(engine, "names")
    assert (workspace, name, zone, path, translated) == ("default", "Test", "UTC", "a", "some.key")
    row = await engine.store.execution(execution)
    assert row is not None
    assert now.startswith("20")


async def test_what_is_told_is_seen(engine: Engine) -> None:
    id = await engine.submit(StartRequest(workflow=workflow({"a": ("lab.hands", {"what": "tells"})})))
    told = {event.kind: event.data async for event in engine.events(id) if event.path == "a"}
    assert told["log"] == {"level": "info", "message": "half way", "step": 1}
    assert told["progress"] == {"percent": 50, "message": "half"}
    assert told["part"] == {"part": {"n": 1}}


async def test_what_is_told_before_the_first_look_is_seen(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    look = engine.store.execution

    async def late(id: str, workspace: str | None = None) -> Any:
        while engine.drives(id):
            await asyncio.sleep(0.01)
        return await look(id, workspace)

    monkeypatch.setattr(engine.store, "execution", late)
    id = await engine.submit(StartRequest(workflow=workflow({"a": ("lab.hands", {"what": "tells"})})))
    seen = [event async for event in engine.events(id)]
    assert {"log", "progress", "part"} <= {event.kind for event in seen}
    numbers = [(event.seq, event.index) for event in seen if event.seq >= 0]
    assert numbers == sorted(set(numbers))
    assert seen[-1].kind == "ended"


async def test_files(engine: Engine) -> None:
    made = await hands(engine, "file")
    assert made["types"] == ["text/plain", "application/octet-stream"]
    assert made["read"] == ["two pieces", "pieces", "whole"]
    assert [(file.name, file.size) for file in made["files"]] == [("a.txt", 5), ("b.unheard-of", 10)]
    assert (await hands(engine, "large")).code == "file.too_large"


async def test_files_travel_by_reference_and_are_kept(engine: Engine) -> None:
    """Through a param, a large object, another node and a map, into the output."""
    nodes = {
        "a": ("lab.hands", {"what": "file"}),
        "b": ("flow.set", {"values": {"inner": {"file": "{{ a.value.files[0] }}", "text": "{{ 'x' * 20000 }}"}}}),
        "c": {
            "type": "flow.map",
            "params": {"items": "{{ a.value.files }}"},
            "body": {"nodes": {}, "output": "{{ item }}"},
        },
    }
    result = await run(engine, workflow(nodes, output="{{ [b.values.inner.file, c.results] }}"))
    assert result.error is None
    first, (same, other) = result.output
    assert first == same != other
    assert await engine.blobs.get("default", first.blob) == b"whole"
    live = set(await engine.store.live_blobs())
    assert {first.blob.id, other.blob.id} <= live


async def test_tables_and_long_lists(engine: Engine) -> None:
    engine.config.items_bytes = 2000
    table = await hands(engine, "table")
    assert (table["table"].rows, table["held"]) == (3, "columns")
    items = await hands(engine, "items")
    await items.fetch_all()
    assert (len(items), items[-1], items[10:12], list(items)) == (3000, 2999, [10, 11], list(range(3000)))
    for beyond in (3000, -3001):
        with pytest.raises(IndexError):
            items[beyond]
    assert await hands(engine, "few") == [1, 2]


async def test_calling_is_for_who_declares_it(engine: Engine) -> None:
    assert (await hands(engine, "call")).code == "node.calls_undeclared"


async def test_credentials(tmp_path: Path) -> None:
    async with engine(tmp_path / "data", host=Host({"bank": {"token": "t"}})) as one:
        assert await hands(one, "secret", credential="bank") == ["bank", "t"]
        assert (await hands(one, "secret")).code == "node.no_credential"


async def test_networks_and_files_are_those_of_the_grants(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("here")
    found = await hands(engine, "reach", Grants(folder=str(tmp_path)))
    assert found == ["EgressClient", "EgressDialer", "here"]
    assert (await hands(engine, "reach", Grants(folder=str(tmp_path / "data")))).code.startswith("file")


async def test_state_can_be_written_in_the_middle(engine: Engine) -> None:
    """What is set now stands although the node fails later; the rest waits for its success."""
    assert await hands(engine, "now") == ["first", "second", "second"]
    assert (await engine.store.node_state("default", "Test/a")).version == 1


async def test_state_that_another_has_changed_is_a_conflict(engine: Engine) -> None:
    """Two at a time over one state: one of them loses, and says so."""
    what = workflow(
        {"a": ("lab.remember", {"together": "{{ inputs.gate }}"})},
        inputs={"gate": {"type": "string"}},
        output="{{ a.count }}",
    )
    from studio.engine import StartRequest
    from tests.engine.gates import PATIENCE, new_gate

    with new_gate() as gate:
        ids = [await engine.submit(StartRequest(workflow=what, inputs={"gate": gate.name})) for _ in range(2)]
        await gate.reached(2)
        gate.open()
        results = [await engine.wait(id, timeout=PATIENCE) for id in ids]
    assert sorted(str(result.status) for result in results) == ["failed", "succeeded"]
    (lost,) = [result.error for result in results if result.status is ExecutionStatus.FAILED]
    assert lost is not None
    assert lost.code == "node.state_changed"
    assert (await engine.store.node_state("default", "Test/a")).version == 1


def test_a_static_path_has_no_indices() -> None:
    assert static_path("loop[3]/charge") == "loop/charge"
    assert static_path("a[b[1]]/c[2]") == "a/c"
