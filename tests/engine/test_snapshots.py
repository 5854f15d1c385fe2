"""What a resume finds where it need not read further back than the last snapshot."""

from __future__ import annotations

import asyncio
from pathlib import Path

from studio.domain.status import ExecutionStatus
from studio.engine import EngineConfig, Grants, StartRequest
from studio.engine import records as r
from tests.engine.gates import PATIENCE, Gate
from tests.engine.kit import engine, workflow
from tests.engine.test_resume import charge, held, ledger

OFTEN = EngineConfig(snapshot_bytes=1)
LARGE = "5" * 4000
"""Enough for another snapshot: the distance between them grows with their size."""


async def test_a_resume_from_a_snapshot_knows_everything(tmp_path: Path, gate: Gate) -> None:
    """Finished nodes and turns, a child, messages that nobody has taken, and the inputs."""
    body = {"nodes": {"note": charge("{{ str(state) }}"), "hold": held(gate)}, "edges": ["note -> hold"]}
    nodes = {
        "first": charge("{{ inputs.who }}"),
        "loop": {
            "type": "flow.while",
            "params": {"state": 0, "condition": "{{ state < 2 }}", "max": 9},
            "body": {**body, "next": "{{ state + 1 }}"},
        },
        "paid": {"type": "flow.signal_wait", "params": {"name": "paid"}},
        "last": charge("{{ paid.payload + inputs.who }}"),
    }
    what = workflow(nodes, edges=["first -> loop", "loop -> paid", "paid -> last"], inputs={"who": {"type": "string"}})
    async with engine(tmp_path / "data", config=OFTEN) as one:
        grants = Grants(folder=str(tmp_path))
        id = await one.submit(StartRequest(workflow=what, inputs={"who": "ann"}, grants=grants))
        await gate.reached()
        await one.post(id, "signal", {"name": "paid", "payload": LARGE})
        async with asyncio.timeout(PATIENCE):
            while not any(b"paid" in segment.payload and segment.snapshot for segment in await one.store.read(id)):
                await asyncio.sleep(0.005)
    async with engine(tmp_path / "data", config=OFTEN) as one:
        found = await one.store.read(id, from_snapshot=True)
        assert found[0].snapshot
        assert not any(record[0] == r.START for segment in found for record in r.unpack(segment.payload))
        gate.open()
        result = await one.wait(id, timeout=PATIENCE)
    assert (result.status, result.error) == (ExecutionStatus.SUCCEEDED, None)
    assert [line[1:3] for line in ledger(tmp_path)] == [
        ["first", "ann"],
        ["loop[0]/note", "0"],
        ["loop[1]/note", "1"],
        ["last", LARGE + "ann"],
    ]


async def test_a_message_that_had_its_effect_is_not_in_the_snapshot(tmp_path: Path, gate: Gate) -> None:
    """It would be taken again by the next who waits for one of that name."""
    go = {"type": "flow.signal_wait", "params": {"name": "go", "timeout": "1s", "on_timeout": "continue"}}
    nodes = {"first": go, "hold": held(gate), "second": go}
    what = workflow(nodes, edges=["first -> hold", "hold -> second"], output="{{ [first.payload, second.payload] }}")
    async with engine(tmp_path / "data", config=OFTEN) as one:
        id = await one.submit(StartRequest(workflow=what))
        await one.post(id, "signal", {"name": "go", "payload": 1})
        await gate.reached()
    async with engine(tmp_path / "data", config=OFTEN) as one:
        await gate.reached(2)
        gate.open()
        result = await one.wait(id, timeout=PATIENCE)
    assert (result.error, result.output) == (None, [1, None])
