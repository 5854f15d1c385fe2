"""``flow.call``: what becomes of a child, and of who called it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from studio.contracts.store import ExecutionFilter, ExecutionRow
from studio.contracts.stored import Message
from studio.domain.errors import StorageUnavailable
from studio.domain.status import ExecutionStatus
from studio.engine import Engine, ExecutionResult, StartRequest
from studio.engine import records as r
from studio.engine.history import recover
from tests.engine.gates import PATIENCE, Gate
from tests.engine.kit import engine, run, workflow


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


class NoCancels:
    """A store that dies when a child is to be cancelled, once the failure of its parent is written."""

    def __init__(self, store: Any) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def post(self, workspace: str, messages: Sequence[Message]) -> Any:
        if messages[0].kind != "cancel":
            return await self._store.post(workspace, messages)
        rows = await self._store.executions(ExecutionFilter(workspace="default"))
        (parent,) = [row for row in rows if row.parent_id is None]
        async with asyncio.timeout(PATIENCE):
            while not any(
                records[-1][0] == r.FAILED
                for records in recover(await self._store.read(parent.id)).memory.frame("").values()
            ):
                await asyncio.sleep(0.01)
        raise StorageUnavailable("storage.gone", "The connection is gone.")


@pytest.mark.parametrize("more", [{}, {"each": [1]}], ids=["beside", "inside"])
async def test_a_child_is_ended_although_the_process_died_after_its_level_had_failed(
    tmp_path: Path, gate: Gate, more: dict[str, Any]
) -> None:
    child = workflow({"hold": ("lab.gate", {"name": gate.name})}, name="child")
    call = {"type": "flow.call", "params": {"workflow": "child"}, **more}
    fails = {"type": "lab.gate", "params": {"name": gate.name, "value": "{{ 1 / 0 }}"}}
    what = workflow({"c": call, "b": ("flow.wait", {"seconds": 0.2}), "fails": fails}, edges=["b -> fails"])
    async with engine(tmp_path, wrap=NoCancels) as one:
        id = await one.submit(StartRequest(workflow=what, calls={"child": child}))
        await gate.reached()
        with suppress(StorageUnavailable):
            await one.wait(id, timeout=PATIENCE)
    async with engine(tmp_path) as one:
        result = await ended(one, id)
        assert (result.status, result.error.code) == (ExecutionStatus.FAILED, "expression.zero_division")
        # The gate stays shut: nothing but a cancel can end the child.
        assert (await ended(one, (await child_of(one, id)).id)).status is ExecutionStatus.CANCELLED
