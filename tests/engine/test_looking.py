"""Looking at an execution from its end, without reading the whole of its journal."""

from __future__ import annotations

from typing import Any

import pytest

from studio.domain.errors import NotFound
from studio.domain.status import ExecutionStatus
from studio.engine import Engine, Look, StartRequest
from tests.engine.gates import PATIENCE
from tests.engine.kit import workflow


async def looked(engine: Engine, what: Any, **more: Any) -> Look:
    """An execution that has ended, or waits."""
    id = await engine.submit(StartRequest(workflow=what, **more))
    await engine.wait(id, timeout=PATIENCE, settle_waiting=True)
    row = await engine.store.execution(id)
    assert row is not None
    return Look(engine.store, engine.blobs, row)


async def test_what_came_in_and_what_came_out(engine: Engine) -> None:
    body = {
        "nodes": {"q": {"type": "lab.quits", "params": {"value": "{{ item }}", "at": 2}}},
        "output": "{{ q.value }}",
    }
    nodes = {
        "first": ("flow.set", {"values": {"n": "{{ inputs.n }}"}}),
        "again": ("lab.raises", {"kind": "exit", "times": 1}, {"retry": 2}),
        "m": {"type": "flow.map", "params": {"items": [1, 2], "on_item_error": "collect"}, "body": body},
        "bad": ("lab.raises", {"kind": "value"}, {"on_error": "continue"}),
    }
    what = workflow(nodes, inputs={"n": {"type": "integer"}}, output="{{ first.values.n }}")
    look = await looked(engine, what, inputs={"n": 7})
    assert (await look.given("inputs"), await look.given("event")) == ({"n": 7}, None)
    result = await look.result()
    assert (result.status, result.output, result.error) == (ExecutionStatus.SUCCEEDED, 7, None)
    assert await look.output("first") == {"values": {"n": 7}}
    assert [path async for path, _value in look.outputs({"first", "again"})] in (["again", "first"], ["first", "again"])
    with pytest.raises(NotFound):
        await look.output("none")
    attempts, error = await look.attempts("again")
    assert ([one.number for one in attempts], error) == ([2], None)
    attempts, error = await look.attempts("bad")
    assert error is not None
    assert error.code == "node.crashed"
    attempts, error = await look.attempts("m[1]")
    assert (attempts, error and error.code) == ([], "node.crashed")
    assert (await look.usage()).tokens == 0


async def test_one_that_waits_has_no_output_yet(engine: Engine) -> None:
    look = await looked(engine, workflow({"ask": ("flow.signal_wait", {"name": "go"})}))
    result = await look.result()
    assert (result.status, result.output) == (ExecutionStatus.WAITING, None)
    assert await look.attempts("ask") == ([], None)


async def test_what_was_used_is_counted_from_the_end(engine: Engine) -> None:
    what = workflow({"a": ("lab.spends", {"tokens": 7}), "b": ("lab.spends", {"tokens": 5})})
    assert (await (await looked(engine, what)).usage()).tokens == 12
