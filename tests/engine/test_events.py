"""What the events of an execution tell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from studio.domain.status import ExecutionStatus
from studio.engine import Event, Grants, StartRequest, read_history
from studio.engine.live import Live
from tests.engine.gates import PATIENCE, Gate
from tests.engine.kit import engine, run, workflow
from tests.engine.test_resume import charge


async def stored(one: Any, id: str) -> dict[str, list[Event]]:
    """The committed events by kind."""
    found: dict[str, list[Event]] = {}
    for event in (await read_history(one.store, one.blobs, id)).events():
        found.setdefault(event.kind, []).append(event)
    return found


async def test_every_kind_of_event_tells_what_it_is_about(tmp_path: Path) -> None:
    child = workflow({"a": ("lab.add", {"value": 1})}, name="child")
    loop = {"nodes": {}, "next": "{{ state + 1 }}"}
    nodes = {
        "again": ("lab.flaky", {"failures": 1}, {"retry": {"first_delay": "0s"}}),
        "bad": ("lab.flaky", {"failures": 9, "kind": "user"}, {"on_error": "continue"}),
        "off": {"type": "lab.add", "params": {"value": 1}, "disabled": True},
        "pay": charge("x", "keyed"),
        "loop": {
            "type": "flow.while",
            "params": {"state": 0, "condition": "{{ state < 2 }}", "max": 3},
            "body": loop,
        },
        "many": {
            "type": "flow.map",
            "params": {"items": [1, "x"], "on_item_error": "collect"},
            "body": {"nodes": {"one": {"type": "lab.add", "params": {"value": "{{ item }}"}}}},
        },
        "call": ("flow.call", {"workflow": "child"}),
        "go": ("flow.signal_wait", {"name": "go", "timeout": "1h"}),
    }
    async with engine(tmp_path / "data") as one:
        id = await one.submit(
            StartRequest(workflow=workflow(nodes), calls={"child": child}, grants=Grants(folder=str(tmp_path)))
        )
        await one.post(id, "signal", {"name": "go"}, message_id="m1")
        assert (await one.wait(id, timeout=PATIENCE)).status is ExecutionStatus.SUCCEEDED
        found = await stored(one, id)
    (retrying,) = found["retrying"]
    assert (retrying.path, retrying.data["attempt"], retrying.data["error"]["code"]) == ("again", 2, "lab.down")
    assert [(event.path, event.data["handled"], event.data["error"]["code"]) for event in found["failed"]] == [
        ("bad", True, "lab.refused")
    ]
    assert [(event.path, event.data) for event in found["skipped"]] == [("off", {"reason": "disabled"})]
    assert [(event.path, event.data) for event in found["intended"]] == [("pay", {"attempt": 1, "effect": "keyed"})]
    assert [(event.path, event.data["turn"]) for event in found["turn"]] == [("loop", 1), ("loop", 2)]
    assert sum(event.data["count"] for event in found["chunk"]) == 2
    assert sum(event.data["errors"] for event in found["chunk"]) == 1
    assert [event.data for event in found["message"] if event.data["kind"] == "signal"] == [
        {"id": "m1", "kind": "signal"}
    ]
    assert [event.path for event in found["child"]] == ["call"]
    assert {event.path for event in found["waiting"]} <= {"go"}
    assert {event.path: event.data["attempts"] for event in found["succeeded"]}["again"] == 2
    assert found["ended"][0].data == {"status": "succeeded", "error": None}


async def test_who_takes_it_up_is_told(tmp_path: Path, gate: Gate) -> None:
    async with engine(tmp_path / "data") as one:
        id = await one.submit(StartRequest(workflow=workflow({"a": ("lab.gate", {"name": gate.name})})))
        await gate.reached()
    async with engine(tmp_path / "data") as one:
        gate.open()
        assert (await one.wait(id, timeout=PATIENCE)).status is ExecutionStatus.SUCCEEDED
        assert len((await stored(one, id))["claimed"]) == 1


@pytest.mark.parametrize(("grace", "status"), [("60s", "succeeded"), ("20ms", "cancelled")])
async def test_what_runs_when_another_fails_gets_a_grace(tmp_path: Path, grace: str, status: str, gate: Gate) -> None:
    """It ends within it and is recorded, or is stopped; nothing new starts in any case."""
    nodes = {
        "runs": ("lab.gate", {"name": gate.name}),
        "next": ("lab.add", {"value": "{{ 1 if runs.value == null else 2 }}"}),
        "fails": ("lab.flaky", {"failures": 9, "kind": "user"}, {"run_if": "{{ inputs.now }}"}),
    }
    what = workflow(nodes, settings={"grace": grace}, inputs={"now": {"type": "boolean"}})
    async with engine(tmp_path / "data") as one:
        id = await one.submit(StartRequest(workflow=what, inputs={"now": True}))
        async for event in one.events(id):
            if event.kind == "failed" and event.path == "fails":
                break
        if status == "succeeded":
            gate.open()
        result = await one.wait(id, timeout=PATIENCE)
    assert (result.status, result.error and result.error.code) == (ExecutionStatus.FAILED, "lab.refused")
    assert {path: str(node.status) for path, node in result.nodes.items()} == {"fails": "failed", "runs": status}


async def test_an_output_of_the_workflow_that_is_not_plain_fails_it(tmp_path: Path) -> None:
    async with engine(tmp_path / "data") as one:
        result = await run(one, workflow({"a": ("lab.add", {"value": 1})}, output="{{ a.missing.key }}"))
        assert result.error is not None
        assert (result.status, result.error.param) == (ExecutionStatus.FAILED, "output")


async def test_nothing_new_starts_after_a_failure(tmp_path: Path) -> None:
    """Not even what was ready at the same moment."""
    what = workflow({"bad": ("lab.bad", {"what": "nan"}), "later": charge(), "pure": ("lab.add", {"value": 1})})
    async with engine(tmp_path / "data") as one:
        result = await run(one, what, grants=Grants(folder=str(tmp_path)))
    assert {path: str(node.status) for path, node in result.nodes.items()} == {"bad": "failed"}
    assert not (tmp_path / "l.txt").exists()


async def test_what_is_not_recorded_comes_before_what_is(
    tmp_path: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where a node begins and ends while a watcher who has just come reads what there is."""
    held = ("lab.gate", {"name": gate.name})
    what = workflow({"first": held, "second": ("lab.gate", {"name": gate.name, "value": "{{ first.value }}"})})
    backlog = Live._backlog
    async with engine(tmp_path / "data") as one:
        id = await one.submit(StartRequest(workflow=what))
        await gate.reached()

        async def late(*args: Any) -> list[Event]:
            gate.open()
            await one.wait(id, timeout=PATIENCE)
            return await backlog(*args)

        monkeypatch.setattr(Live, "_backlog", late)
        kinds = [event.kind async for event in one.events(id) if event.path == "second"]
    assert kinds == ["started", "succeeded"]
