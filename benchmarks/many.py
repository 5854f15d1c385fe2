"""Many concurrent executions of 20 nodes: acceptance (durable to power loss), the runs, their shown ends, and the
drained projections.

The floor is the bare database: the same number of rows of the same size in batched transactions with a final fsync.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

from benchmarks._engine import engine, run_async, settle
from benchmarks.chain import line
from studio.engine import StartRequest

NODES = 20


def run(db: str | None = None, executions: int = 2_000, concurrent: int = 256) -> list[dict[str, Any]]:
    """One measurement: executions per second in one process."""

    async def main() -> list[dict[str, Any]]:
        async with engine(db, executions=concurrent) as one:
            what = line(NODES)
            await _batch(one, what, concurrent, concurrent)
            settle()
            began = time.perf_counter()
            await _batch(one, what, executions, concurrent)
            await one.projector.drain()
            took = time.perf_counter() - began
        return [
            {
                "executions": executions,
                "concurrent": concurrent,
                "nodes_each": NODES,
                "level": "accept and end: power; between: process",
                "executions_per_s": executions / took,
                "us_per_execution": took / executions * 1e6,
            }
        ]

    return run_async(main)


async def _batch(one: Any, what: Any, executions: int, concurrent: int) -> None:
    room = asyncio.Semaphore(concurrent)

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


if __name__ == "__main__":
    for row in run():
        print(row)
