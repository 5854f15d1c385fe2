"""Nodes that take many inputs at once: batches, failures of single items, keys, time-outs and resuming."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from studio.domain.status import ExecutionStatus
from studio.engine import Engine, Grants, StartRequest
from studio.sdk import Rate
from tests.engine.gates import PATIENCE, new_gate
from tests.engine.kit import engine as engine_on
from tests.engine.kit import run, workflow

QUICK = {"max_attempts": 3, "first_delay": "0s"}


@pytest.fixture
async def engine(tmp_path: Path) -> Any:
    """On SQLite: nothing here depends on the database."""
    async with engine_on(tmp_path / "data") as one:
        yield one


def bulk(items: str, **params: Any) -> dict[str, Any]:
    """A node that works on each item, and what its workflow gives."""
    own = {name: params.pop(name) for name in ("retry", "timeout", "on_error") if name in params}
    params = {"value": "{{ item }}", "ledger": "ledger.txt", **params}
    return {"a": {"type": "lab.bulk", "each": items, "params": params, **own}}


def calls(tmp_path: Path) -> list[list[str]]:
    """The values of each call, as the node wrote them down."""
    lines = (tmp_path / "ledger.txt").read_text().splitlines()
    return [[pair.partition(":")[0] for pair in line.split()] for line in lines]


def keys(tmp_path: Path) -> dict[str, set[str]]:
    """The keys under which each value was worked on."""
    found: dict[str, set[str]] = {}
    for pair in (tmp_path / "ledger.txt").read_text().split():
        value, _, key = pair.partition(":")
        found.setdefault(value, set()).add(key)
    return found


async def go(engine: Engine, tmp_path: Path, nodes: dict[str, Any], **rest: Any) -> Any:
    return await run(engine, workflow(nodes, **rest), grants=Grants(folder=str(tmp_path)))


async def test_items_go_in_batches(engine: Engine, tmp_path: Path) -> None:
    result = await go(engine, tmp_path, bulk("{{ range(10) }}"), output="{{ a.results }}")
    assert [one["value"] for one in result.output] == list(range(10))
    assert sorted(len(call) for call in calls(tmp_path)) == [2, 4, 4]
    assert len({one["key"] for one in result.output}) == 10


async def test_one_alone_is_a_batch_of_one(engine: Engine, tmp_path: Path) -> None:
    result = await go(engine, tmp_path, {"a": ("lab.bulk", {"value": 7})}, output="{{ a }}")
    assert (result.output["value"], result.output["batch"]) == (7, 1)


async def test_bodies_of_a_map_share_calls_too(engine: Engine, tmp_path: Path) -> None:
    body = {
        "nodes": {"b": {"type": "lab.bulk", "params": {"value": "{{ item }}", "ledger": "ledger.txt"}}},
        "output": "{{ b.value }}",
    }
    params = {"items": "{{ range(8) }}", "concurrency": 8}
    result = await go(
        engine, tmp_path, {"m": {"type": "flow.map", "params": params, "body": body}}, output="{{ m.results }}"
    )
    assert result.output == list(range(8))
    assert [len(call) for call in calls(tmp_path)] == [4, 4]


async def test_an_item_fails_alone(engine: Engine, tmp_path: Path) -> None:
    body = {
        "nodes": {"b": {"type": "lab.bulk", "params": {"value": "{{ item }}", "lose": [1, 3]}}},
        "output": "{{ b.value }}",
    }
    params = {"items": "{{ range(4) }}", "on_item_error": "collect"}
    result = await go(engine, tmp_path, {"m": {"type": "flow.map", "params": params, "body": body}}, output="{{ m }}")
    assert result.output["results"] == [0, None, 2, None]
    assert [(one["index"], one["error"]["node"]) for one in result.output["errors"]] == [(1, "m[1]/b"), (3, "m[3]/b")]


async def test_failing_items_are_tried_again_together(engine: Engine, tmp_path: Path) -> None:
    nodes = bulk("{{ range(4) }}", fail_first=True, effect="keyed", retry=QUICK)
    result = await go(engine, tmp_path, nodes, output="{{ a.results }}")
    assert result.status is ExecutionStatus.SUCCEEDED, result.error
    assert all(len(used) == 1 for used in keys(tmp_path).values())
    assert sum(len(call) for call in calls(tmp_path)) == 8


@pytest.mark.parametrize(
    ("whole", "code"), [("crash", "node.crashed"), ("short", "node.crashed"), ("slow", "node.timeout")]
)
async def test_a_call_fails_as_a_whole(engine: Engine, tmp_path: Path, whole: str, code: str) -> None:
    body = {
        "nodes": {"b": {"type": "lab.bulk", "timeout": "50ms", "params": {"value": "{{ item }}", "whole": whole}}},
        "output": "{{ b.value }}",
    }
    params = {"items": "{{ range(3) }}", "on_item_error": "collect"}
    result = await go(
        engine, tmp_path, {"m": {"type": "flow.map", "params": params, "body": body}}, output="{{ m.errors }}"
    )
    found = [(one["error"]["code"], one["error"]["node"]) for one in result.output]
    assert found == [(code, f"m[{index}]/b") for index in range(3)]


async def test_the_rate_counts_calls(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    impl = engine.catalog.load("lab.bulk")
    monkeypatch.setattr(type(impl), "rate", Rate(1, 0.05, "node"))
    result = await go(engine, tmp_path, bulk("{{ range(8) }}"), output="{{ len(a.results) }}")
    assert result.output == 8
    assert [len(call) for call in calls(tmp_path)] == [4, 4]


async def test_cancelling_stops_the_call(engine: Engine, tmp_path: Path) -> None:
    with new_gate() as gate:
        nodes = bulk("{{ range(4) }}", gate=gate.name)
        id = await engine.submit(StartRequest(workflow=workflow(nodes), grants=Grants(folder=str(tmp_path))))
        await gate.reached()
        await engine.post(id, "cancel", {"reason": "enough"})
        result = await engine.wait(id, timeout=PATIENCE)
    assert result.status is ExecutionStatus.CANCELLED


async def test_a_parallel_limit_counts_a_call_once(engine: Engine, tmp_path: Path) -> None:
    nodes = bulk("{{ range(4) }}")
    result = await go(engine, tmp_path, nodes, output="{{ a.results[3].batch }}", settings={"parallel": 1})
    assert result.output == 4


async def test_recovered_items_keep_their_keys(tmp_path: Path) -> None:
    with new_gate() as gate:
        nodes = bulk("{{ range(4) }}", gate=gate.name, effect="keyed")
        async with engine_on(tmp_path / "data") as one:
            flow = workflow(nodes, output="{{ a.results }}")
            id = await one.submit(StartRequest(workflow=flow, grants=Grants(folder=str(tmp_path))))
            await gate.reached()
        gate.open()
        async with engine_on(tmp_path / "data") as two:
            result = await two.wait(id, timeout=PATIENCE)
    assert [one["recovering"] for one in result.output] == [True] * 4
    found = keys(tmp_path)
    assert sorted(found) == ["0", "1", "2", "3"]
    assert all(len(used) == 1 for used in found.values())


async def test_an_irreversible_batch_cut_short_is_in_doubt(engine: Engine, tmp_path: Path) -> None:
    nodes = bulk("{{ range(2) }}", whole="slow", effect="irreversible", timeout="50ms", retry=QUICK)
    id = await engine.submit(StartRequest(workflow=workflow(nodes), grants=Grants(folder=str(tmp_path))))
    result = await engine.wait(id, timeout=PATIENCE, settle_waiting=True)
    assert result.status is ExecutionStatus.WAITING
    assert calls(tmp_path) == [["0", "1"]]


async def test_many_more_items_than_a_batch(engine: Engine, tmp_path: Path) -> None:
    result = await go(engine, tmp_path, bulk("{{ range(1000) }}"), output="{{ len(a.results) }}")
    assert result.output == 1000
    assert len(calls(tmp_path)) == 250
