"""``flow.call``: what becomes of a child, and of who called it."""

from __future__ import annotations

from typing import Any

import pytest

from studio.contracts.store import ExecutionFilter, ExecutionRow
from studio.domain.status import ExecutionStatus
from studio.engine import Engine, ExecutionResult, StartRequest
from tests.engine.gates import PATIENCE, Gate
from tests.engine.kit import run, workflow


def caller(child: Any, **params: Any) -> StartRequest:
    """A workflow that calls ``child``."""
    what = workflow({"c": ("flow.call", {"workflow": "child", **params})}, output="{{ c.output }}")
    return StartRequest(workflow=what, calls={"child": child})


async def child_of(engine: Engine, id: str) -> ExecutionRow:
    """The only child of an execution."""
    (row,) = await engine.store.executions(ExecutionFilter(workspace="default", parent_id=id))
    return row


async def ended(engine: Engine, id: str) -> ExecutionResult:
    """Wait for an end."""
    return await engine.wait(id, timeout=PATIENCE)


async def test_without_waiting_the_parent_goes_on(engine: Engine, gate: Gate) -> None:
    child = workflow({"hold": ("lab.gate", {"name": gate.name, "value": "late"})}, output="{{ hold.value }}")
    id = await engine.submit(caller(child, wait=False, on_parent_end="detach"))
    result = await ended(engine, id)
    assert (result.status, result.output) == (ExecutionStatus.SUCCEEDED, None)
    await gate.reached()
    gate.open()
    assert (await ended(engine, (await child_of(engine, id)).id)).output == "late"


@pytest.mark.parametrize(
    ("policy", "status"),
    [
        ("cancel", ExecutionStatus.CANCELLED),
        ("detach", ExecutionStatus.SUCCEEDED),
        ("wait", ExecutionStatus.SUCCEEDED),
    ],
)
async def test_what_becomes_of_the_child_of_a_cancelled_parent(
    engine: Engine, gate: Gate, policy: str, status: ExecutionStatus
) -> None:
    child = workflow({"hold": ("lab.gate", {"name": gate.name})}, name="child")
    id = await engine.submit(caller(child, on_parent_end=policy))
    await gate.reached()
    await engine.post(id, "cancel", {"reason": "enough"})
    if policy == "wait":
        gate.open()
    assert (await ended(engine, id)).status is ExecutionStatus.CANCELLED
    gate.open()
    assert (await ended(engine, (await child_of(engine, id)).id)).status is status


async def test_a_call_of_nothing_known(engine: Engine) -> None:
    result = await run(engine, workflow({"c": ("flow.call", {"workflow": "nowhere"})}))
    assert result.error is not None
    assert (result.error.code, result.error.node, result.error.param) == ("flow.call_unknown", "c", "workflow")


async def test_a_cancelled_child_fails_the_call(engine: Engine, gate: Gate) -> None:
    child = workflow({"hold": ("lab.gate", {"name": gate.name})}, name="child")
    id = await engine.submit(caller(child))
    await gate.reached()
    await engine.post((await child_of(engine, id)).id, "cancel", {"reason": "by hand"})
    result = await ended(engine, id)
    assert result.error is not None
    assert (result.status, result.error.code) == (ExecutionStatus.FAILED, "flow.call_failed")
    assert "cancelled" in result.error.message


async def test_a_child_gets_coerced_inputs_and_knows_its_family(engine: Engine) -> None:
    child = workflow(
        {"a": ("flow.set", {"values": {"n": "{{ inputs.n + 1 }}"}})},
        inputs={"n": {"type": "integer"}, "more": {"type": "string", "default": "x"}},
        output="{{ [a.values.n, inputs.more, execution.trigger] }}",
    )
    id = await engine.submit(caller(child, inputs={"n": 4}))
    assert (await ended(engine, id)).output == [5, "x", "call"]
    row = await child_of(engine, id)
    assert (row.parent_id, row.root_id, row.depth) == (id, id, 1)
    refused = await run(engine, caller(child, inputs={"n": "many"}).workflow, calls={"child": child})
    assert refused.error is not None
    assert refused.error.node == "c"


async def test_a_large_output_of_a_child_arrives(engine: Engine) -> None:
    child = workflow({"a": ("flow.set", {"values": {"text": "{{ 'x' * 50000 }}"}})}, output="{{ a.values }}")
    result = await ended(engine, await engine.submit(caller(child)))
    assert result.output == {"text": "x" * 50_000}
