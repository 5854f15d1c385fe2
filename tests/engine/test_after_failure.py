"""The workflow that is started where another one fails."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest

from studio.contracts.store import ExecutionFilter
from studio.domain.status import ExecutionStatus
from studio.engine import Engine, StartRequest, error_execution
from tests.engine.gates import PATIENCE
from tests.engine.kit import workflow

BAD = {"bad": ("flow.stop", {"status": "failed", "message": "out of paper"})}


def telling(inputs: Any) -> Any:
    """An error workflow whose trigger fills ``what``."""
    nodes = {"failure": {"type": "trigger.error", "inputs": inputs}}
    return workflow(nodes, inputs={"what": {"type": "string"}}, output="{{ inputs.what }}", name="tell")


async def told(engine: Engine, tell: Any, what: Any = None, **more: Any) -> Any:
    """The result of the error workflow, None where it was not started."""
    failing = what or workflow(BAD, settings={"error_workflow": "tell"})
    id = await engine.submit(StartRequest(workflow=failing, calls={"tell": tell} if tell else {}, **more))
    assert (await engine.wait(id, timeout=PATIENCE)).status is ExecutionStatus.FAILED
    async with asyncio.timeout(PATIENCE):
        while engine.runs:
            await asyncio.sleep(0.01)
    row = await engine.store.execution(error_execution(id))
    assert len(await engine.store.executions(ExecutionFilter(workspace="default"))) == (1 if row is None else 2)
    return None if row is None else await engine.wait(row.id, timeout=PATIENCE)


@pytest.mark.parametrize(
    ("inputs", "output"),
    [
        ({"what": "{{ event.node + ': ' + event.error.message }}"}, "bad: The workflow stopped itself: out of paper"),
        ({"what": "{{ workflow.name + ' at ' + now[4] }}"}, "tell at -"),
        ({"what": "{{ vars.where + ' of ' + vars['where'] }}"}, "office of office"),
        ({"what": "plain"}, "plain"),
    ],
)
async def test_its_trigger_makes_inputs_of_the_event(engine: Engine, inputs: Any, output: str) -> None:
    await engine.store.set_variable("default", "where", msgspec.msgpack.encode("office"), secret=False)
    result = await told(engine, telling(inputs))
    assert (result.error, result.output) == (None, output)


async def test_inputs_that_cannot_be_made_fail_there(engine: Engine) -> None:
    result = await told(engine, telling({"what": "{{ event.none.such }}"}))
    assert result.status is ExecutionStatus.FAILED


async def test_a_partial_run_starts_none(engine: Engine) -> None:
    assert await told(engine, telling({"what": "plain"}), until="bad") is None


async def test_where_none_is_named(engine: Engine) -> None:
    assert await told(engine, None, workflow(BAD)) is None
