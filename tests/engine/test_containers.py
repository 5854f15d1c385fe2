"""Maps, loops, tries, calls."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from studio.domain.status import ExecutionStatus
from studio.engine import Engine, Grants, StartRequest
from tests.engine.gates import PATIENCE, Gate
from tests.engine.kit import run, workflow

OK = ExecutionStatus.SUCCEEDED


def mapped(body: dict[str, Any], output: Any, items: Any, **params: Any) -> Any:
    nodes = {
        id: {"type": spec[0], "params": spec[1], **(spec[2] if len(spec) > 2 else {})} for id, spec in body.items()
    }
    return {"type": "flow.map", "params": {"items": items, **params}, "body": {"nodes": nodes, "output": output}}


async def test_a_map_in_place(engine: Engine) -> None:
    what = workflow(
        {
            "m": mapped(
                {"one": ("lab.add", {"value": "{{ n }}"})},
                "{{ one.value * index }}",
                "{{ range(5000) }}",
                **{"as": "n"},
            )
        },
        output="{{ m.results }}",
    )
    result = await run(engine, what)
    assert result.error is None
    assert result.output == [(n + 1) * n for n in range(5000)]


async def test_in_a_body_input_is_what_came_from_the_one_before(engine: Engine) -> None:
    body = {
        "one": ("lab.add", {"value": "{{ item }}"}),
        "two": ("lab.add", {"value": "{{ input.value }}", "by": "{{ one.value }}"}),
    }
    what = workflow({"m": mapped(body, "{{ two.value }}", [1, 2, 3])}, output="{{ m.results }}")
    assert (await run(engine, what)).output == [4, 6, 8]


@pytest.mark.parametrize("length", [3, 40_000])
async def test_lists_of_items_of_any_size_come_in_pages(engine: Engine, length: int) -> None:
    """Small items are weighed many at once, large ones one by one, in whichever order they come."""
    sizes = [1, length, 1, 1, length, 2, 2]
    what = workflow({"a": ("lab.paged", {"sizes": sizes * 40})}, output="{{ [len(x) for x in a.items] }}")
    assert (await run(engine, what)).output == sizes * 40


async def test_a_map_side_by_side_keeps_the_order(engine: Engine) -> None:
    body = {"one": ("lab.slow", {"seconds": "{{ 0.03 if item % 3 == 0 else 0.001 }}", "value": "{{ item }}"})}
    what = workflow({"m": mapped(body, "{{ one.value }}", list(range(40)), concurrency=10)}, output="{{ m.results }}")
    assert (await run(engine, what)).output == list(range(40))


@pytest.mark.parametrize("type", ["lab.add", "lab.lazy"])
async def test_failing_items_are_collected(engine: Engine, type: str) -> None:
    items = [1, "x", 3, "y"]
    what = workflow(
        {"m": mapped({"one": (type, {"value": "{{ item }}"})}, "{{ one.value }}", items, on_item_error="collect")},
        output={
            "results": "{{ m.results }}",
            "errors": "{{ [{'i': e.index, 'item': e.item, 'code': e.error.code} for e in m.errors] }}",
        },
    )
    result = await run(engine, what)
    plus = 1 if type == "lab.add" else 0
    assert result.output == {
        "results": [1 + plus, None, 3 + plus, None],
        "errors": [
            {"i": 1, "item": "x", "code": "node.param_invalid"},
            {"i": 3, "item": "y", "code": "node.param_invalid"},
        ],
    }


@pytest.mark.parametrize("type", ["lab.add", "lab.lazy"])
async def test_a_failing_item_fails_the_map(engine: Engine, type: str) -> None:
    what = workflow({"m": mapped({"one": (type, {"value": "{{ item }}"})}, "{{ one.value }}", [1, "x", 3])})
    result = await run(engine, what)
    assert result.status == ExecutionStatus.FAILED
    assert result.error is not None
    assert result.error.node == "m[1]/one"


async def test_a_map_in_a_map_sees_the_outer_item(engine: Engine) -> None:
    inner = mapped(
        {"one": ("lab.add", {"value": "{{ a * 10 + b }}", "by": 0})}, "{{ one.value }}", [1, 2, 3], **{"as": "b"}
    )
    what = workflow(
        {
            "m": {
                "type": "flow.map",
                "params": {"items": [1, 2], "as": "a"},
                "body": {"nodes": {"inner": inner}, "output": "{{ inner.results }}"},
            }
        },
        output="{{ m.results }}",
    )
    assert (await run(engine, what)).output == [[11, 12, 13], [21, 22, 23]]


async def test_a_branch_inside_a_map(engine: Engine) -> None:
    body = {
        "nodes": {
            "check": {"type": "flow.if", "params": {"condition": "{{ item > 1 }}"}},
            "big": {"type": "lab.add", "params": {"value": "{{ item }}", "by": 100}},
        },
        "edges": ["check.true -> big"],
        "output": "{{ default(big.value, -1) }}",
    }
    what = workflow({"m": {"type": "flow.map", "params": {"items": [1, 2, 3]}, "body": body}}, output="{{ m.results }}")
    assert (await run(engine, what)).output == [-1, 102, 103]


async def test_each_is_a_map_of_one_node(engine: Engine) -> None:
    what = workflow(
        {"a": ("lab.add", {"value": "{{ item }}", "by": "{{ index }}"}, {"each": "{{ [10, 20, 30] }}"})},
        output="{{ [r.value for r in a.results] }}",
    )
    assert (await run(engine, what)).output == [10, 21, 32]


async def test_long_results_become_chunks(engine: Engine) -> None:
    engine.config.items_bytes = 10_000
    what = workflow(
        {
            "count": ("lab.count", {"count": 30_000}),
            "m": mapped({"one": ("lab.add", {"value": "{{ item }}"})}, "{{ one.value }}", "{{ count.items }}"),
        },
        output="{{ [len(m.results), m.results[0], m.results[29999], sum(m.results[100:103])] }}",
    )
    result = await run(engine, what)
    assert result.error is None
    assert result.output == [30_000, 1, 30_000, 101 + 102 + 103]


async def test_while(engine: Engine) -> None:
    node = {
        "type": "flow.while",
        "params": {"state": {"n": 0}, "condition": "{{ state.n < 10 }}", "max": 100},
        "body": {
            "nodes": {"one": {"type": "lab.add", "params": {"value": "{{ state.n }}"}}},
            "next": "{{ {'n': one.value} }}",
        },
    }
    result = await run(engine, workflow({"w": node}, output="{{ [w.state.n, w.turns] }}"))
    assert result.output == [10, 10]
    node["params"]["max"] = 3  # type: ignore[index]
    result = await run(engine, workflow({"w": node}))
    assert result.error is not None
    assert result.error.code == "flow.while_max"


async def test_reduce(engine: Engine) -> None:
    node = {
        "type": "flow.reduce",
        "params": {"items": [1, 2, 3], "initial": 10, "as": "n"},
        "body": {
            "nodes": {"one": {"type": "lab.add", "params": {"value": "{{ acc }}", "by": "{{ n }}"}}},
            "output": "{{ one.value }}",
        },
    }
    assert (await run(engine, workflow({"r": node}, output="{{ r.result }}"))).output == 16


def tried(failures: int, **more: Any) -> dict[str, Any]:
    return {
        "type": "flow.try",
        "body": {"nodes": {"a": {"type": "lab.flaky", "params": {"failures": failures}}}, "output": "{{ a.attempt }}"},
        **more,
    }


async def test_try_catch_finally(engine: Engine, tmp_path: Path) -> None:
    final = {"nodes": {"f": {"type": "files.append_text", "params": {"path": "log.txt", "text": "x"}}}}
    catch = {"nodes": {}, "output": "{{ error.code }}"}
    for failures, expected in ((0, 1), (5, "lab.down")):
        what = workflow({"t": tried(failures, catch=catch, **{"finally": final})}, output="{{ t.output }}")
        result = await run(engine, what, grants=Grants(folder=str(tmp_path)))
        assert (result.error, result.output) == (None, expected)
    assert (tmp_path / "log.txt").read_text() == "xx"


async def test_try_without_catch_keeps_the_error(engine: Engine) -> None:
    result = await run(engine, workflow({"t": tried(5)}, output="{{ [t.output, t.error.code] }}"))
    assert result.output == [None, "lab.down"]


async def test_a_failing_catch_fails(engine: Engine) -> None:
    catch = {"nodes": {"b": {"type": "lab.flaky", "params": {"failures": 5, "kind": "user"}}}}
    result = await run(engine, workflow({"t": tried(5, catch=catch)}))
    assert result.error is not None
    assert result.error.code == "lab.refused"


async def test_call(engine: Engine) -> None:
    child = workflow(
        {"a": ("lab.add", {"value": "{{ inputs.n }}"})},
        name="child",
        inputs={"n": {"type": "integer"}},
        output="{{ a.value }}",
    )
    what = workflow({"c": ("flow.call", {"workflow": "child.yaml", "inputs": {"n": 4}})}, output="{{ c.output }}")
    result = await run(engine, what, calls={"child.yaml": child})
    assert (result.error, result.output) == (None, 5)


async def test_a_failing_child_fails_the_call(engine: Engine) -> None:
    child = workflow({"a": ("lab.flaky", {"failures": 5, "kind": "user"})}, name="child")
    what = workflow({"c": ("flow.call", {"workflow": "child.yaml"})})
    result = await run(engine, what, calls={"child.yaml": child})
    assert result.error is not None
    assert result.error.code == "flow.call_failed"
    assert "lab.refused" in result.error.message or "Refused" in result.error.message


async def test_calls_nest_at_most_32_deep(engine: Engine) -> None:
    child = workflow({"c": ("flow.call", {"workflow": "self"})}, name="endless")
    result = await run(engine, child, calls={"self": child})
    assert result.status == ExecutionStatus.FAILED
    assert result.error is not None
    assert "32" in result.error.message or result.error.code == "flow.call_failed"


async def test_waiting_leaves_memory_and_comes_back(engine: Engine) -> None:
    engine.config.linger = 0.0
    what = workflow(
        {
            "a": ("lab.add", {"value": 1}),
            "w": ("flow.wait", {"seconds": 0.3}),
            "b": ("lab.add", {"value": "{{ a.value }}"}),
        },
        edges=["a -> w", "w -> b"],
        output="{{ [b.value, w.waited] }}",
    )
    result = await run(engine, what)
    assert result.error is None
    assert result.output == [3, 0.3]
    row = await engine.store.execution(result.execution_id)
    assert row is not None
    assert row.epoch == 2


async def test_an_approval_is_signalled_and_goes_on(engine: Engine) -> None:
    what = workflow(
        {
            "ask": ("flow.approval", {"message": "May I?"}),
            "yes": ("lab.add", {"value": 1}),
            "no": ("lab.add", {"value": 2}),
        },
        edges=["ask.approved -> yes", "ask.rejected -> no"],
        output="{{ [ask.decision, ask.by, default(yes.value, 0), default(no.value, 0)] }}",
    )
    result = await run(engine, what)
    assert (result.status, result.reason, result.reason_args) == (ExecutionStatus.WAITING, "wait.approval", ["ask"])
    await engine.post(result.execution_id, "approval", {"path": "ask", "decision": "reject", "by": "sam"})
    result = await engine.wait(result.execution_id, timeout=PATIENCE)
    assert result.output == ["reject", "sam", 0, 3]


async def test_early_signals_are_kept(engine: Engine) -> None:
    engine.config.linger = 0.0
    what = workflow(
        {"w": ("flow.wait", {"seconds": 0.4}), "s": ("flow.signal_wait", {"name": "paid"})},
        edges=["w -> s"],
        output="{{ s.payload }}",
    )
    id = (await run(engine, what, timeout=0)).execution_id
    posted = await engine.post(id, "signal", {"name": "paid", "payload": {"sum": 3}})
    assert posted.outcome == "accepted"
    result = await engine.wait(id, timeout=PATIENCE)
    assert (result.status, result.output) == (OK, {"sum": 3})
    assert (await engine.post(id, "signal", {"name": "paid"})).outcome == "late"


async def test_cancel_reaches_running_nodes_and_runs_finally(engine: Engine, tmp_path: Path, gate: Gate) -> None:
    final = {"nodes": {"f": {"type": "files.append_text", "params": {"path": "log.txt", "text": "bye"}}}}
    body = {"nodes": {"a": {"type": "lab.gate", "params": {"name": gate.name}}}}
    what = workflow({"t": {"type": "flow.try", "body": body, "finally": final}})
    id = await engine.submit(StartRequest(workflow=what, grants=Grants(folder=str(tmp_path))))
    await gate.reached()
    await engine.post(id, "cancel", {"reason": "enough"})
    result = await engine.wait(id, timeout=PATIENCE)
    assert result.status == ExecutionStatus.CANCELLED
    assert (tmp_path / "log.txt").read_text() == "bye"


async def test_a_waiting_execution_is_cancelled(engine: Engine) -> None:
    result = await run(engine, workflow({"ask": ("flow.approval", {"message": "?"})}))
    await engine.post(result.execution_id, "cancel", {"reason": "enough"})
    assert (await engine.wait(result.execution_id, timeout=PATIENCE)).status == ExecutionStatus.CANCELLED


async def test_pause_and_resume(engine: Engine, gate: Gate) -> None:
    """What runs when the pause comes ends; nothing new starts until it is lifted."""
    nodes: dict[str, Any] = {
        "before": ("lab.slow", {"value": 1}),
        "during": ("lab.gate", {"name": gate.name, "value": "{{ before.value }}"}),
        "after": ("lab.slow", {"value": "{{ during.value }}"}),
    }
    id = await engine.submit(StartRequest(workflow=workflow(nodes, output="{{ after.value }}")))
    await gate.reached()
    await engine.post(id, "pause", {})
    async with asyncio.timeout(PATIENCE):
        while not engine.runs[id].paused:
            await asyncio.sleep(0.005)
    gate.open()
    result = await engine.wait(id, timeout=PATIENCE, settle_waiting=True)
    assert (result.status, result.reason) == (ExecutionStatus.PAUSED, "wait.paused")
    assert set(result.nodes) == {"before", "during"}
    await engine.post(id, "resume", {})
    result = await engine.wait(id, timeout=PATIENCE)
    assert (result.status, result.output) == (OK, 1)
    assert all(node.attempts == 1 for node in result.nodes.values())
