"""Executions that wait: what they hold in memory, how soon one wakes, how soon all have ended.

Each is woken by a signal of its own. The floor is an insert and commit that survives a loss of power: waking one takes
two such commits, the signal and the end.
"""

from __future__ import annotations

import asyncio
import gc
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

from benchmarks._engine import engine, run_async, settle, workflow
from benchmarks.floors import postgres_commit, sqlite_commit
from studio.engine import StartRequest

SIZES = (10_000,)
WARM = 500


def run(db: str | None = None, sizes: tuple[int, ...] = SIZES) -> list[dict[str, Any]]:
    """One measurement per number of executions.

    Memory is what the process grew by while the second half was parked, when caches are full. Some 80 bytes each are
    the ids that this benchmark keeps.
    """
    rows = [row for size in sizes for row in run_async(lambda size=size: _measure(db, size))]
    if db:
        floor = statistics.median(asyncio.run(postgres_commit(db)))
    else:
        with tempfile.TemporaryDirectory(prefix="studio-bench-") as folder:
            floor = statistics.median(sqlite_commit(Path(folder)))
    return [{**row, "commit_floor_ms": floor * 1000} for row in rows]


async def _measure(db: str | None, executions: int) -> list[dict[str, Any]]:
    what = workflow({"ask": ("flow.signal_wait", {"name": "go"})}, output="{{ ask.payload }}")
    process = psutil.Process()
    async with engine(db, executions=256, linger=0.0) as one:
        ids = await _park(one, what, WARM)
        settle()
        began = time.perf_counter()
        ids += await _park(one, what, executions // 2)
        gc.collect()
        before = process.memory_info().rss
        ids += await _park(one, what, executions - executions // 2)
        gc.collect()
        grown = process.memory_info().rss - before
        parking = time.perf_counter() - began
        began = time.perf_counter()
        await one.post(ids[0], "signal", {"name": "go", "payload": 1})
        await one.wait(ids[0], nodes=False)
        one_wakes = time.perf_counter() - began
        began = time.perf_counter()
        await _wake(one, ids[1:])
        all_end = time.perf_counter() - began
    return [
        {
            "executions": executions,
            "park_us_each": parking / executions * 1e6,
            "memory_bytes_each": max(0.0, grown / (executions - executions // 2)),
            "one_wakes_ms": one_wakes * 1000,
            "all_end_s": all_end,
        }
    ]


async def _wake(one: Any, ids: list[str]) -> None:
    room = asyncio.Semaphore(256)

    async def signal(id: str) -> None:
        async with room:
            await one.post(id, "signal", {"name": "go", "payload": 1})

    await asyncio.gather(*(signal(id) for id in ids))
    while one.runs or ((due := await one.store.next_wake(one.worker)) is not None and due <= one.clock()):
        await asyncio.sleep(0.02)


async def _park(one: Any, what: Any, count: int) -> list[str]:
    ids: list[str] = []
    while len(ids) < count:
        ids += await asyncio.gather(
            *(one.submit(StartRequest(workflow=what)) for _ in range(min(256, count - len(ids))))
        )
        while one.runs:
            await asyncio.sleep(0.001)
    return ids


if __name__ == "__main__":
    for row in run():
        print(row)
