"""Ends that come from inside: ``flow.stop``, and failures beside what waits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from studio.domain.status import ExecutionStatus
from studio.engine import Engine, Grants, StartRequest
from tests.engine.gates import PATIENCE, Gate
from tests.engine.kit import engine as engine_on
from tests.engine.kit import run, workflow

LONG = ("flow.wait", {"seconds": 3600})


def statuses(result: Any) -> dict[str, str]:
    """Status of every node run."""
    return {path: str(node.status) for path, node in result.nodes.items()}


async def test_a_stop_ends_waits_beside_it(engine: Engine) -> None:
    nodes: dict[str, Any] = {"stop": ("flow.stop", {"output": {"x": 1}}), "after": ("flow.noop", {}), "wait": LONG}
    result = await run(engine, workflow(nodes, edges=["stop -> after"], output="never"))
    assert (result.status, result.output) == (ExecutionStatus.SUCCEEDED, {"x": 1})
    assert statuses(result) == {"stop": "succeeded", "wait": "cancelled"}


@pytest.mark.parametrize("failing", [("flow.fail", {"message": "no"}), ("flow.stop", {"status": "failed"})])
async def test_a_failure_ends_waits_inside_containers(engine: Engine, failing: Any) -> None:
    """Grace is for what works; where all that is left only waits, the execution ends."""
    body = {"nodes": {"wait": {"type": "flow.wait", "params": {"seconds": 3600}}}}
    nodes = {
        "many": {"type": "flow.map", "params": {"items": [1, 2]}, "body": body},
        "first": ("flow.wait", {"seconds": 0.05}),
        "bad": failing,
    }
    result = await run(engine, workflow(nodes, edges=["first -> bad"]))
    assert result.status == ExecutionStatus.FAILED
    assert statuses(result)["many[1]/wait"] == "cancelled"


async def test_a_try_catches_beside_what_waits_in_it_and_around_it(engine: Engine) -> None:
    """A body that fails gives up its own waits, and nobody else's."""
    inner = {
        "wait": {"type": "flow.wait", "params": {"seconds": 3600}},
        "bad": {"type": "lab.flaky", "params": {"failures": 9, "kind": "user"}},
    }
    nodes = {
        "safe": {"type": "flow.try", "body": {"nodes": inner}, "catch": {"output": "caught"}},
        "around": LONG,
    }
    result = await run(engine, workflow(nodes, output="{{ safe.output }}"))
    assert result.status == ExecutionStatus.WAITING
    assert statuses(result) == {
        "safe[body]/bad": "failed", "safe[body]/wait": "cancelled", "safe": "succeeded", "around": "waiting",
    }  # fmt: skip


@pytest.mark.parametrize("status", ["succeeded", "failed"])
async def test_a_stop_is_not_forgotten(tmp_path: Path, gate: Gate, status: str) -> None:
    """The engine goes down while something runs out its grace period; what comes after the stop never runs."""
    ends = {"type": "flow.stop", "params": {"status": status, "output": "{{ item }}"}}
    what = workflow(
        {
            "held": {"type": "lab.gate", "params": {"name": gate.name}},
            "items": {
                "type": "flow.map",
                "params": {"items": [1]},
                "body": {"nodes": {"stop": ends}},
            },
            "after": {"type": "lab.charge", "params": {"ledger": "l.txt", "effect": "idempotent", "what": "x"}},
        },
        edges=["items -> after"],
        settings={"grace": "1h"},
    )
    async with engine_on(tmp_path / "data") as one:
        id = await one.submit(StartRequest(workflow=what, grants=Grants(folder=str(tmp_path))))
        await gate.reached()
        async for event in one.events(id):
            if event.path == "items[0]/stop" and event.kind == "succeeded":
                break
    gate.open()
    async with engine_on(tmp_path / "data") as one:
        result = await one.wait(id, timeout=PATIENCE)
    assert (str(result.status), result.output) == (status, 1)
    assert "after" not in result.nodes
    assert not (tmp_path / "l.txt").exists()
