"""State that nodes keep: written together with the end of the node run, or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from studio.domain.errors import StorageUnavailable
from studio.domain.status import ExecutionStatus
from studio.engine import Engine, StartRequest, read_history
from studio.engine import records as r
from tests.engine.gates import PATIENCE, new_gate
from tests.engine.kit import engine, workflow

OK = ExecutionStatus.SUCCEEDED


class Dying:
    """A store that is gone for its process after so many writes, the last of which is committed all the same."""

    def __init__(self, inner: Any, left: int) -> None:
        self._inner = inner
        self.left = left

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def append(self, segment: Any) -> None:
        await self._write(self._inner.append, segment)

    async def set_node_state(self, *args: Any) -> bool:
        return await self._write(self._inner.set_node_state, *args)

    async def _write(self, write: Any, *args: Any) -> Any:
        if self.left > 0:
            self.left -= 1
            done = await write(*args)
            if self.left:
                return done
        raise StorageUnavailable("test.gone", "The store is gone.")


def counting(**params: Any) -> Any:
    """A workflow with a node that counts its runs in its state, and nodes around it."""
    return workflow(
        {"a": ("lab.slow", {"seconds": 0}), "n": ("lab.remember", {"note": "{{ a.value }}", **params})},
        output="{{ n.count }}",
    )


async def finish(one: Engine, id: str) -> Any:
    """Wait for the end; None where the store goes away before."""
    try:
        return await one.wait(id, timeout=PATIENCE)
    except StorageUnavailable:
        return None


@pytest.mark.parametrize("place", ["sqlite", "postgres"])
async def test_wherever_the_process_dies_a_run_changes_the_state_once(
    tmp_path: Path, place: str, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgres_url") if place == "postgres" else None
    deaths, counted = 0, 0
    while True:
        async with engine(tmp_path, db=url, wrap=lambda inner: Dying(inner, deaths + 1)) as one:
            id = await one.submit(StartRequest(workflow=counting()))
            result = await finish(one, id)
        counted += 1
        if result is not None:
            break
        deaths += 1
        async with engine(tmp_path, db=url) as one:
            result = await one.wait(id, timeout=PATIENCE)
            assert (result.error, result.output) == (None, counted), f"after {deaths} writes"
            history = await read_history(one.store, one.blobs, id)
            ends = [record for _seq, _index, record in history.records if record[0] == r.DONE and record[2] == "n"]
            assert len(ends) == 1
            assert (await one.store.node_state("default", "Test/n")).version == counted
    assert deaths


async def test_who_loses_the_race_for_a_state_may_try_again_with_the_new_one(engine: Engine) -> None:
    """A refused end leaves nothing in the journal, and everything else of the execution goes on being written."""
    nodes = {"n": ("lab.remember", {"together": "{{ inputs.gate }}"}, {"retry": {"on": ["bad_input"]}})}
    what = workflow(nodes, inputs={"gate": {"type": "string"}}, output="{{ n.count }}")
    with new_gate() as gate:
        ids = [await engine.submit(StartRequest(workflow=what, inputs={"gate": gate.name})) for _ in range(3)]
        await gate.reached(3)
        gate.open()
        results = [await engine.wait(id, timeout=PATIENCE) for id in ids]
    assert [result.status for result in results] == [OK] * 3
    assert sorted(result.output for result in results) == [1, 2, 3]
    for id in ids:
        segments = await engine.store.read(id)
        assert [segment.seq for segment in segments] == list(range(len(segments)))


async def test_a_snapshot_between_holds_the_end(engine: Engine) -> None:
    engine.config.snapshot_bytes = 400
    loop: dict[str, Any] = {
        "type": "flow.while",
        "params": {"state": 0, "condition": "{{ state < 12 }}", "max": 20},
        "body": {"nodes": {"n": {"type": "lab.remember", "params": {}}}, "next": "{{ n.count }}"},
    }
    what = workflow({"w": loop}, output="{{ w.state }}")
    result = await engine.wait(await engine.submit(StartRequest(workflow=what)), timeout=PATIENCE)
    assert (result.error, result.output) == (None, 12)
    assert any(segment.snapshot for segment in await engine.store.read(result.execution_id))
