"""Budgets of tokens and cost: counted as nodes report them, over drivers and called executions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from studio.domain.status import ExecutionStatus
from studio.engine import Engine, EngineConfig, Grants, StartRequest, read_history
from tests.engine.gates import PATIENCE, Gate
from tests.engine.kit import engine, run, workflow

OK, FAILED = ExecutionStatus.SUCCEEDED, ExecutionStatus.FAILED


def spending(*amounts: dict[str, Any], budget: dict[str, Any] | None = None, **rest: Any) -> Any:
    """Nodes that spend, one after the other."""
    nodes = {f"n{number}": ("lab.spends", dict(params)) for number, params in enumerate(amounts)}
    edges = [f"n{number} -> n{number + 1}" for number in range(len(amounts) - 1)]
    settings = {"budget": budget} if budget is not None else {}
    return workflow(nodes, edges=edges, settings=settings, **rest)


async def test_what_is_used_is_summed_up_and_shown(engine: Engine) -> None:
    result = await run(engine, spending({"tokens": 3, "cost": 0.1}, {"tokens": 4, "cost": 0.2}))
    assert (result.status, result.tokens, result.cost) == (OK, 7, 0.3)
    nothing = await run(engine, workflow({"a": ("lab.add", {"value": 1})}))
    assert (nothing.tokens, nothing.cost) == (0, 0.0)


@pytest.mark.parametrize(
    ("budget", "code"),
    [({"tokens": 6}, "execution.budget_tokens"), ({"cost": 0.25}, "execution.budget_cost")],
)
async def test_more_than_the_budget_ends_the_execution(engine: Engine, budget: dict[str, Any], code: str) -> None:
    result = await run(engine, spending({"tokens": 3, "cost": 0.1}, {"tokens": 4, "cost": 0.2}, {}, budget=budget))
    assert result.error is not None
    assert (result.status, result.error.code, result.error.node) == (FAILED, code, "n1")
    assert "n2" not in result.nodes


async def test_just_the_budget_is_no_more_than_the_budget(engine: Engine) -> None:
    """Three times 0.1 is not 0.3 in floating point."""
    thirds = [{"tokens": 1, "cost": 0.1}] * 3
    assert (await run(engine, spending(*thirds, budget={"tokens": 3, "cost": 0.3}))).status is OK
    assert (await run(engine, spending({"tokens": 1}, budget={"tokens": 0}))).status is FAILED


async def test_each_attempt_counts(engine: Engine) -> None:
    nodes = {"a": ("lab.spends", {"tokens": 5, "failures": 2}, {"retry": {"max_attempts": 3, "first_delay": "1ms"}})}
    assert (await run(engine, workflow(nodes))).tokens == 15
    result = await run(engine, workflow(nodes, settings={"budget": {"tokens": 9}}))
    assert result.error is not None
    assert result.error.code == "execution.budget_tokens"


async def test_items_of_a_map_count(engine: Engine) -> None:
    nodes = {"m": ("lab.spends", {"tokens": "{{ item }}"}, {"each": "{{ range(5) }}"})}
    assert (await run(engine, workflow(nodes))).tokens == 10


async def test_what_a_called_workflow_used_counts_for_its_caller(engine: Engine) -> None:
    child = spending({"tokens": 4, "cost": 0.5}, name="child")
    nodes = {"a": ("flow.call", {"workflow": "child"}), "b": ("lab.caller", {"workflow": "child"})}
    result = await run(engine, workflow(nodes, edges=["a -> b"]), calls={"child": child})
    assert (result.status, result.tokens, result.cost) == (OK, 8, 1.0)
    result = await run(engine, workflow(nodes, settings={"budget": {"tokens": 5}}), calls={"child": child})
    assert result.error is not None
    assert result.error.code == "execution.budget_tokens"


async def test_what_is_taken_over_from_an_earlier_execution_is_paid_already(engine: Engine, tmp_path: Path) -> None:
    child = spending({"tokens": 4}, name="child")
    bad = workflow({"f": ("files.read_text", {"path": "here.txt"})}, name="bad")
    nodes = {"b": ("lab.caller", {"workflow": "child", "others": ["bad"]}, {"retry": 1})}
    more: dict[str, Any] = {"calls": {"child": child, "bad": bad}, "grants": Grants(folder=str(tmp_path))}
    first = await run(engine, workflow(nodes), **more)
    assert (first.status, first.tokens) == (FAILED, 4)
    (tmp_path / "here.txt").write_text("now")
    retry: dict[str, Any] = {"reuse": first.execution_id, "retry_items": True, "origin": first.execution_id}
    again = await run(engine, workflow(nodes), mode="replay", **retry, **more)
    assert (again.status, again.tokens) == (OK, 0)


@pytest.mark.parametrize("snapshots", [False, True])
async def test_what_was_used_is_known_after_a_change_of_the_driver(tmp_path: Path, gate: Gate, snapshots: bool) -> None:
    config = EngineConfig(snapshot_bytes=1 if snapshots else 512 * 1024)
    what = spending({"tokens": 3}, {"tokens": 3, "gate": gate.name}, {"tokens": 3}, budget={"tokens": 11})
    async with engine(tmp_path / "data", config=config) as one:
        id = await one.submit(StartRequest(workflow=what))
        await gate.reached()
    gate.open()
    async with engine(tmp_path / "data", config=config) as one:
        result = await one.wait(id, timeout=PATIENCE)
        # The second node is run again, and pays again.
        assert result.error is not None
        assert (result.error.code, result.tokens) == ("execution.budget_tokens", 12)
        events = (await read_history(one.store, one.blobs, id)).events()
    assert [event.data["tokens"] for event in events if event.kind == "used"] == [3, 3, 3, 3]


@pytest.mark.parametrize("amount", [{"tokens": -1}, {"cost": -0.1}])
async def test_nobody_gives_back(engine: Engine, amount: dict[str, Any]) -> None:
    result = await run(engine, spending(amount))
    assert result.error is not None
    assert result.error.code == "node.usage_invalid"
