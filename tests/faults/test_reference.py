"""Random graphs: the engine against a second reading of the rules, undisturbed and interrupted again and again."""

from __future__ import annotations

import asyncio
import os
import random
import tempfile
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings

from studio.domain.status import ExecutionStatus
from studio.domain.workflow import Workflow
from studio.engine import ExecutionResult, StartRequest
from tests.faults import reference
from tests.faults.test_effects import engine

MORE = int(os.environ.get("STUDIO_FAULT_EXAMPLES", "1"))
QUIET = settings(max_examples=120 * MORE, deadline=None, suppress_health_check=list(HealthCheck), derandomize=MORE == 1)
ROUGH = settings(max_examples=40 * MORE, deadline=None, suppress_health_check=list(HealthCheck), derandomize=MORE == 1)


def workflow(spots: list[reference.Spot]) -> Workflow:
    """The drawn graph as a workflow."""
    return Workflow.model_validate({"studio": 1, "name": "drawn", **reference.document(spots)})


def agree(spots: list[reference.Spot], result: ExecutionResult) -> None:
    """Compare the engine's result with the second reading."""
    wanted = reference.interpret(spots)
    if wanted.failed:
        assert result.status is ExecutionStatus.FAILED
        assert result.error is not None
        assert result.error.code == "lab.refused", result.error
        return
    assert (result.status, result.error) == (ExecutionStatus.SUCCEEDED, None)
    assert result.output == reference.expected_output(spots, wanted)
    lost = [path for path, status in wanted.status.items() if status == reference.LOST]
    for path, status in wanted.status.items():
        if status != reference.LOST and path in result.nodes:
            assert result.nodes[path].status == status, (path, status, result.nodes[path])
        elif status != reference.LOST:
            assert "[" in path, f"{path} is missing"
    for path in result.nodes:
        if "[" not in path:
            assert path in wanted.status, path
        elif not any(path.startswith(prefix) for prefix in lost) and path in wanted.status:
            assert result.nodes[path].status == wanted.status[path]


@QUIET
@given(reference.graphs())
def test_random_graphs(spots: list[reference.Spot]) -> None:
    async def once() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with asyncio.timeout(90), engine(Path(folder)) as one:
                id = await one.submit(StartRequest(workflow=workflow(spots)))
                agree(spots, await one.wait(id, timeout=60))

    asyncio.run(once())


@ROUGH
@given(reference.graphs(), st.integers(0, 2**32))
def test_random_graphs_interrupted_at_random_points(spots: list[reference.Spot], seed: int) -> None:
    """Engines are dropped without a word, or stopped in good order, and others go on."""
    rng = random.Random(seed)

    async def often() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with asyncio.timeout(60):
                id: Any = None
                for _ in range(rng.randint(1, 5)):
                    async with engine(Path(folder), flush_interval=rng.choice([0.0, 0.004])) as one:
                        id = id or await one.submit(StartRequest(workflow=workflow(spots)))
                        await asyncio.sleep(rng.uniform(0, 0.012))
                        if rng.random() < 0.4:
                            await one.stop()
                async with engine(Path(folder)) as one:
                    agree(spots, await one.wait(id, timeout=60))

    asyncio.run(often())
