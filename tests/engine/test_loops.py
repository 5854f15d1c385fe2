"""Loops, maps and tries at their edges."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from studio.domain.status import ExecutionStatus
from studio.engine import Engine, EngineConfig, Grants, StartRequest
from tests.engine.gates import PATIENCE, Gate
from tests.engine.kit import engine as engine_on
from tests.engine.kit import run, workflow

OK = ExecutionStatus.SUCCEEDED


def loop(body: dict[str, Any], **params: Any) -> dict[str, Any]:
    return {"type": "flow.while", "params": {"max": 5, **params}, "body": body}


async def code_of(engine: Engine, node: dict[str, Any], **rest: Any) -> tuple[str, str | None, str | None]:
    """Code, node and param of the error."""
    error = (await run(engine, workflow({"x": node}, **rest))).error
    assert error is not None
    return error.code, error.node, error.param


async def test_a_condition_must_be_true_or_false(engine: Engine) -> None:
    node = loop({"nodes": {}, "next": 1}, condition="{{ 'yes' }}")
    assert await code_of(engine, node) == ("flow.condition_type", "x", "condition")


async def test_a_loop_may_stop_at_its_most_turns(engine: Engine) -> None:
    """With a condition written out, and without ``next``: the state stays."""
    node = loop({"nodes": {"a": {"type": "lab.add", "params": {"value": 1}}}}, state="s", condition=True, on_max="stop")
    result = await run(engine, workflow({"x": node}, output="{{ [x.state, x.turns] }}"))
    assert result.output == ["s", 5]


async def test_a_turn_that_fails_names_its_place(engine: Engine) -> None:
    body = {"nodes": {"a": {"type": "lab.add", "params": {"value": "{{ 1 if index < 2 else 'x' }}"}}}, "next": 1}
    assert await code_of(engine, loop(body, condition=True)) == ("node.param_invalid", "x[2]/a", "value")
    assert (await code_of(engine, loop({"nodes": {}, "next": "{{ state.missing.key }}"}, condition=True)))[1:] == (
        "x[0]",
        "next",
    )


@pytest.mark.parametrize("each", ["{{ 'text' }}", "{{ {'a': 1} }}"])
async def test_each_wants_a_list(engine: Engine, each: str) -> None:
    node = {"type": "lab.add", "params": {"value": 1}, "each": each}
    assert await code_of(engine, node) == ("node.each_type", "x", "each")


async def test_each_over_a_list_written_out_and_over_a_long_one(engine: Engine) -> None:
    engine.config.items_bytes = 2000
    nodes = {
        "few": ("lab.add", {"value": "{{ item }}"}, {"each": [1, 2]}),
        "count": ("lab.count", {"count": 2000}),
        "many": ("lab.add", {"value": "{{ item }}"}, {"each": "{{ count.items }}"}),
        "last": (
            "flow.reduce",
            {"items": "{{ count.items }}", "initial": 0},
            {"body": {"nodes": {}, "output": "{{ acc + item }}"}},
        ),
    }
    output = "{{ [[r.value for r in few.results], len(many.results), many.results[1999].value, last.result] }}"
    result = await run(engine, workflow(nodes, output=output))
    assert (result.error, result.output) == (None, [[2, 3], 2000, 2000, 1999000])


@pytest.mark.parametrize("on_item_error", ["collect", "skip"])
@pytest.mark.parametrize("type", ["lab.add", "lab.slow"])
async def test_failed_items_are_null(engine: Engine, on_item_error: str, type: str) -> None:
    body = {
        "nodes": {"a": {"type": type, "params": {"value": "{{ item if item != 2 else item.missing }}"}}},
        "output": "{{ a.value }}",
    }
    params = {"items": [1, 2, 3], "on_item_error": on_item_error}
    what = workflow({"m": {"type": "flow.map", "params": params, "body": body}}, output="{{ [m.results, m.errors] }}")
    result = await run(engine, what)
    plus = 1 if type == "lab.add" else 0
    assert result.output[0] == [1 + plus, None, 3 + plus]
    assert [error["index"] for error in result.output[1]] == ([1] if on_item_error == "collect" else [])


async def test_a_failing_item_stops_the_others(engine: Engine, gate: Gate) -> None:
    """What runs beside it gets no time for ever, and nothing new begins."""
    body = {
        "nodes": {
            "hold": {"type": "lab.gate", "params": {"name": gate.name}, "run_if": "{{ item > 0 }}"},
            "fail": {
                "type": "lab.flaky",
                "params": {"failures": 9, "kind": "user"},
                "run_if": "{{ item == 0 }}",
            },
        }
    }
    params = {"items": "{{ range(10) }}", "concurrency": 4}
    result = await run(engine, workflow({"m": {"type": "flow.map", "params": params, "body": body}}))
    assert result.error is not None
    assert (result.error.code, result.error.node) == ("lab.refused", "m[0]/fail")
    assert not any(path.startswith("m[5]") for path in result.nodes)


async def test_a_map_is_cancelled_whole(engine: Engine, gate: Gate) -> None:
    body = {"nodes": {"hold": {"type": "lab.gate", "params": {"name": gate.name}}}}
    params = {"items": "{{ range(10) }}", "concurrency": 3}
    what = workflow({"m": {"type": "flow.map", "params": params, "body": body}})
    id = await engine.submit(StartRequest(workflow=what))
    await gate.reached(3)
    await engine.post(id, "cancel", {"reason": "enough"})
    result = await engine.wait(id, timeout=PATIENCE)
    assert result.status is ExecutionStatus.CANCELLED
    assert {path: str(node.status) for path, node in result.nodes.items() if "/" in path} == {
        f"m[{n}]/hold": "cancelled" for n in range(3)
    }


async def test_a_pause_holds_a_map_between_items(engine: Engine, gate: Gate) -> None:
    body = {
        "nodes": {"hold": {"type": "lab.gate", "params": {"name": gate.name, "value": "{{ item }}"}}},
        "output": "{{ hold.value }}",
    }
    params = {"items": [1, 2, 3], "concurrency": 1}
    what = workflow({"m": {"type": "flow.map", "params": params, "body": body}}, output="{{ m.results }}")
    id = await engine.submit(StartRequest(workflow=what))
    await gate.reached()
    one = engine.runs[id]
    one.pause()
    gate.open()
    result = await engine.wait(id, timeout=PATIENCE, settle_waiting=True)
    assert result.status is ExecutionStatus.PAUSED
    await engine.post(id, "resume", {})
    assert (await engine.wait(id, timeout=PATIENCE)).output == [1, 2, 3]


async def test_items_in_place_see_their_own_names(engine: Engine) -> None:
    """Time, seeds, functions of an item, long lists: the same as beside each other."""
    engine.config.items_bytes = 1000
    body = {
        "nodes": {
            "draw": {"type": "flow.set", "params": {"values": {"id": "{{ uuid() }}", "at": "{{ now }}"}}},
            "few": {"type": "list.filter", "params": {"items": "{{ count.items }}", "where": "{{ item < 2 }}"}},
        },
        "output": "{{ [draw.values.id, draw.values.at, few.items, n] }}",
    }
    nodes = {
        "count": ("lab.count", {"count": 1000}),
        "m": {"type": "flow.map", "params": {"items": [7, 8, 9], "as": "n"}, "body": body},
    }
    result = await run(engine, workflow(nodes, output="{{ m.results }}"))
    assert result.error is None
    ids, times, few, numbers = zip(*result.output, strict=True)
    assert (len(set(ids)), few, numbers) == (3, ([0, 1],) * 3, (7, 8, 9))
    assert all(time.endswith("Z") for time in times)


async def test_an_output_in_place_that_is_not_plain_fails_its_item(engine: Engine) -> None:
    body = {"nodes": {"bad": {"type": "lab.bad", "params": {"what": "{{ item }}"}}}, "output": "{{ bad.value }}"}
    params = {"items": ["fine", "nan", "bytes"], "on_item_error": "collect"}
    nodes = {"m": {"type": "flow.map", "params": params, "body": body}}
    result = await run(engine, workflow(nodes, output="{{ [m.results, [e.error.code for e in m.errors]] }}"))
    assert result.output == [[1, None, None], ["node.output_not_plain"] * 2]


async def test_an_item_larger_than_a_record_is_kept_in_a_blob(tmp_path: Path) -> None:
    async with engine_on(tmp_path / "data", config=EngineConfig(items_bytes=1000, inline_bytes=500)) as one:
        body = {
            "nodes": {"a": {"type": "lab.slow", "params": {"seconds": 0, "value": "{{ 'x' * item }}"}}},
            "output": "{{ a.value }}",
        }
        nodes = {"m": {"type": "flow.map", "params": {"items": [5000, 10, 3000, 1]}, "body": body}}
        result = await run(one, workflow(nodes, output="{{ [len(text) for text in m.results] }}"))
        assert (result.error, result.output) == (None, [5000, 10, 3000, 1])


async def test_an_empty_map(engine: Engine) -> None:
    nodes = {"m": {"type": "flow.map", "params": {"items": []}, "body": {"nodes": {}, "output": "{{ item }}"}}}
    assert (await run(engine, workflow(nodes, output="{{ m.results }}"))).output == []


async def test_a_failing_finally_fails_the_try(engine: Engine) -> None:
    final = {"nodes": {"f": {"type": "lab.flaky", "params": {"failures": 9, "kind": "user"}}}}
    node = {"type": "flow.try", "body": {"nodes": {}, "output": 1}, "finally": final}
    assert (await code_of(engine, node))[0] == "lab.refused"


async def test_finally_runs_although_the_catch_fails(engine: Engine, tmp_path: Path) -> None:
    failing = {"nodes": {"f": {"type": "lab.flaky", "params": {"failures": 9, "kind": "user"}}}}
    final = {"nodes": {"n": {"type": "files.append_text", "params": {"path": "log.txt", "text": "x"}}}}
    node = {"type": "flow.try", "body": failing, "catch": failing, "finally": final}
    result = await run(engine, workflow({"t": node}), grants=Grants(folder=str(tmp_path)))
    assert result.status is ExecutionStatus.FAILED
    assert (tmp_path / "log.txt").read_text() == "x"
