"""Many concurrent executions of 20 nodes: acceptance (durable to power loss), the runs, their shown ends, and the
drained projections.

The floor is the same work without an engine: the nodes' own calls one after the other, and on the bare database the
least rows that keep an execution, three of the same sizes, in one commit that survives a loss of power per round of
the concurrent ones for the acceptances and one for the ends.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks._engine import engine, run_async, settle
from benchmarks.chain import line, plain
from benchmarks.floors import postgres_batches, sqlite_batches
from studio.engine import StartRequest

SIZES = (2_000,)
NODES = 20
_CONCURRENT = 256
_ACCEPTED = (os.urandom(300), os.urandom(250))
_ENDED = (os.urandom(500),)


def run(db: str | None = None, sizes: tuple[int, ...] = SIZES) -> list[dict[str, Any]]:
    """One measurement per number of executions: executions per second in one process."""
    return [{**run_async(lambda size=size: _measure(db, size))[0], **_floor(db, size)} for size in sizes]


async def _measure(db: str | None, executions: int) -> list[dict[str, Any]]:
    async with engine(db, executions=_CONCURRENT) as one:
        what = line(NODES)
        await _batch(one, what, _CONCURRENT)
        settle()
        began = time.perf_counter()
        await _batch(one, what, executions)
        await one.projector.drain()
        took = time.perf_counter() - began
    return [
        {
            "executions": executions,
            "concurrent": _CONCURRENT,
            "nodes_each": NODES,
            "level": "accept and end: power; between: process",
            "executions_per_s": executions / took,
            "us_per_execution": took / executions * 1e6,
        }
    ]


async def _batch(one: Any, what: Any, executions: int) -> None:
    room = asyncio.Semaphore(_CONCURRENT)

    async def single() -> None:
        async with room:
            id = await one.submit(StartRequest(workflow=what))
            run = one.runs.get(id)
            if run is not None:
                await asyncio.wait([run.task])
            else:
                await one.wait(id)

    async with asyncio.TaskGroup() as group:
        for _ in range(executions):
            group.create_task(single())


def _floor(db: str | None, executions: int) -> dict[str, float]:
    rounds: list[list[bytes]] = []
    for first in range(0, executions, _CONCURRENT):
        together = min(_CONCURRENT, executions - first)
        rounds += [[*_ACCEPTED] * together, [*_ENDED] * together]
    if db:
        rows = asyncio.run(postgres_batches(db, rounds))
    else:
        with tempfile.TemporaryDirectory(prefix="studio-bench-") as folder:
            rows = sqlite_batches(Path(folder), rounds)
    nodes = plain(NODES * executions) * NODES
    return {"floor_us": rows / executions * 1e6 + nodes, "floor_rows_us": rows / executions * 1e6}


if __name__ == "__main__":
    for row in run():
        print(row)
