"""The order of rescue on containers and waits: time-out, retry, fallback, on_error; and the budget of node runs."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from studio.domain.status import ExecutionStatus
from studio.engine import Engine, EngineConfig, Grants, StartRequest
from tests.engine.gates import PATIENCE, Gate
from tests.engine.kit import engine as engine_on
from tests.engine.kit import run, workflow

OK, FAILED = ExecutionStatus.SUCCEEDED, ExecutionStatus.FAILED
LONG: dict[str, Any] = {"type": "flow.wait", "params": {"seconds": 3600}}
QUICK = {"max_attempts": 3, "first_delay": "1ms"}
CONTAINERS: dict[str, dict[str, Any]] = {
    "map": {"type": "flow.map", "params": {"items": [1, 2]}, "body": {"nodes": {"wait": LONG}}},
    "while": {"type": "flow.while", "params": {"max": 5}, "body": {"nodes": {"wait": LONG}, "next": 1}},
    "reduce": {"type": "flow.reduce", "params": {"items": [1]}, "body": {"nodes": {"wait": LONG}}},
    "try": {
        "type": "flow.try",
        "body": {"nodes": {"wait": LONG}},
        "catch": {"output": "not for a time-out of its own"},
    },
    "wait": LONG,
    "signal": {"type": "flow.signal_wait", "params": {"name": "never"}},
    "approval": {"type": "flow.approval", "params": {"message": "?"}},
}


@pytest.mark.parametrize("kind", CONTAINERS)
async def test_a_time_out_holds_for_what_waits(engine: Engine, kind: str) -> None:
    result = await run(engine, workflow({"it": {**CONTAINERS[kind], "timeout": "50ms"}}))
    assert result.status == FAILED
    assert result.error is not None
    assert (result.error.code, result.error.node) == ("node.timeout", "it")
    left = {str(node.status) for path, node in result.nodes.items() if path != "it"}
    assert left <= {"cancelled"}


async def test_a_time_out_wakes_what_has_left_memory(tmp_path: Path) -> None:
    """The time-out falls while no engine runs; the one that comes later goes on with what follows."""
    what = workflow(
        {
            "it": {**CONTAINERS["map"], "timeout": "1s", "on_error": "route"},
            "late": ("flow.set", {"values": {"code": "{{ it.error.code }}"}}),
        },
        edges=["it.error -> late"],
        output="{{ late.values.code }}",
    )
    async with engine_on(tmp_path / "data", config=EngineConfig(linger=0)) as one:
        id = await one.submit(StartRequest(workflow=what))
        async for event in one.events(id):
            if event.kind == "parked":
                break
    async with engine_on(tmp_path / "data") as one:
        result = await one.wait(id, timeout=PATIENCE)
    assert (result.status, result.output) == (OK, "node.timeout")


async def test_a_container_is_tried_again_from_its_beginning(engine: Engine, tmp_path: Path) -> None:
    body = {
        "nodes": {
            "note": {
                "type": "lab.charge",
                "params": {"ledger": "l.txt", "effect": "keyed", "what": "{{ str(state) }}"},
            },
            "shaky": {"type": "lab.flaky", "params": {"failures": "{{ 9 if state == 1 else 0 }}"}},
        },
        "edges": ["note -> shaky"],
        "next": "{{ state + 1 }}",
    }
    node = {
        "type": "flow.while", "params": {"state": 0, "condition": "{{ state < 2 }}", "max": 9}, "body": body,
        "retry": QUICK, "fallback": [{"type": "flow.set", "params": {"values": {"instead": 1}}}],
    }  # fmt: skip
    result = await run(
        engine, workflow({"it": node}, output="{{ it.values.instead }}"), grants=Grants(folder=str(tmp_path))
    )
    assert (result.status, result.output, result.error) == (OK, 1, None)
    lines = [line.split(" ") for line in (tmp_path / "l.txt").read_text().splitlines()]
    assert Counter(line[2] for line in lines) == {"0": 3, "1": 3}
    assert len({line[0] for line in lines}) == 2, "every attempt has the same keys"


async def test_attempts_of_a_loop_are_counted_over_a_restart(tmp_path: Path, gate: Gate) -> None:
    """Turns that were recorded since do not make the engine forget that this is the second attempt."""
    body = {
        "nodes": {
            "shaky": {"type": "lab.flaky", "params": {"failures": "{{ 1 if state == 0 else 0 }}"}, "retry": 1},
            "hold": {"type": "lab.gate", "params": {"name": gate.name}, "run_if": "{{ state == 1 }}"},
            "bad": {"type": "lab.flaky", "params": {"failures": "{{ 9 if state == 2 else 0 }}"}},
        },
        "edges": ["shaky -> hold", "hold -> bad"],
        "next": "{{ state + 1 }}",
    }
    params = {"state": "{{ inputs.first }}", "condition": "{{ state < 3 }}", "max": 9}
    node = {"type": "flow.while", "params": params, "body": body, "retry": {"max_attempts": 2, "first_delay": "1ms"}}
    what = workflow({"it": node}, inputs={"first": {"type": "integer"}})
    async with engine_on(tmp_path / "data") as one:
        id = await one.submit(StartRequest(workflow=what, inputs={"first": 1}))
        await gate.reached()
    async with engine_on(tmp_path / "data") as one:
        await gate.reached(2)
        gate.open()
        result = await one.wait(id, timeout=PATIENCE)
    assert (result.status, result.nodes["it"].attempts) == (FAILED, 2)


async def test_a_budget_of_node_runs_ends_the_execution(engine: Engine) -> None:
    """Also where every item's failure would be collected."""
    node = {
        "type": "flow.map", "params": {"items": "{{ range(100) }}", "on_item_error": "collect"},
        "body": {"nodes": {"one": {"type": "flow.noop"}}},
    }  # fmt: skip
    result = await run(engine, workflow({"m": node}, settings={"budget": {"node_runs": 5}}))
    assert result.status == FAILED
    assert result.error is not None
    assert result.error.code == "execution.budget_node_runs"
    assert sum(str(node.status) == "succeeded" for node in result.nodes.values()) == 5


async def test_a_budget_is_kept_over_a_restart(tmp_path: Path, gate: Gate) -> None:
    nodes = {
        "first": {
            "type": "flow.map",
            "params": {"items": [1, 2, 3]},
            "body": {"nodes": {"one": {"type": "flow.noop"}}},
        },
        "hold": {"type": "lab.gate", "params": {"name": gate.name}},
        "last": {"type": "flow.noop"},
    }
    what = workflow(nodes, edges=["first -> hold", "hold -> last"], settings={"budget": {"node_runs": 5}})
    async with engine_on(tmp_path / "data") as one:
        id = await one.submit(StartRequest(workflow=what))
        await gate.reached()
    async with engine_on(tmp_path / "data") as one:
        await gate.reached(2)
        gate.open()
        result = await one.wait(id, timeout=PATIENCE)
    assert result.error is not None
    assert (result.error.code, result.error.node) == ("execution.budget_node_runs", "last")


async def test_the_time_out_of_an_execution_leaves_out_waiting(engine: Engine) -> None:
    """Also a wait that is too short to leave memory for; the work after it counts again."""
    nodes = {"wait": ("flow.wait", {"seconds": 0.6}), "work": ("lab.slow", {"seconds": "{{ inputs.work }}"})}
    what = workflow(nodes, edges=["wait -> work"], inputs={"work": {"type": "number"}}, settings={"timeout": "500ms"})
    assert (await run(engine, what, inputs={"work": 0})).status == OK
    result = await run(engine, what, inputs={"work": 3600})
    assert result.error is not None
    assert (result.error.code, str(result.nodes["wait"].status)) == ("execution.timeout", "succeeded")
