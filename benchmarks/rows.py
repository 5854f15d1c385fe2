"""Rows of a data table: a thousand added, changed, found by a key and changed, deleted; each a durable transaction.

The floor is one sealed record of the same database, written alone: what a transaction costs that has one row.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from benchmarks._engine import run_async
from studio.contracts.records import Put
from studio.domain.access import Actor, ActorKind
from studio.domain.ids import DEFAULT_WORKSPACE, new_id
from studio.services.tables.model import Column
from studio.services.tables.tables import TableStore
from studio.services.tables.writing import setting
from studio.storage import open_store

SIZES = (1000,)
_ASKED = 5
_NAME = "people"


def run(db: str | None = None, sizes: tuple[int, ...] = SIZES) -> list[dict[str, Any]]:
    """One measurement per kind of change and number of rows, milliseconds: medians of five."""
    return [row for size in sizes for row in run_async(lambda size=size: _measure(db, size))]


async def _measure(db: str | None, size: int) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="studio-bench-") as folder:
        opened = await open_store(db, Path(folder) / "data")
        try:
            store = TableStore(opened.store.records, lambda: time.time_ns() // 1000)
            columns = [Column(name="mail", unique=True), Column(name="city", indexed=True), Column(name="age")]
            actor = Actor(kind=ActorKind.PERSON, id="bench", name="Bench", workspace=DEFAULT_WORKSPACE)
            await store.altering.create(actor, _NAME, columns, "")
            took = await _rounds(store, size)
            floor = await _floor(store)
        finally:
            await opened.close()
    return [
        {"rows": size, "change": name, "ms": statistics.median(times), "floor_ms": floor}
        for name, times in took.items()
    ]


async def _rounds(store: TableStore, size: int) -> dict[str, list[float]]:
    took: dict[str, list[float]] = {"insert": [], "change": [], "upsert": [], "delete": []}
    rows = [{"mail": f"{number}@example.org", "city": f"c{number % 50}", "age": "36"} for number in range(size)]
    writer = store.writer
    steps: dict[str, Callable[[], Awaitable[object]]] = {
        "insert": lambda: writer.insert(DEFAULT_WORKSPACE, _NAME, rows),
        "change": lambda: writer.change(DEFAULT_WORKSPACE, _NAME, None, setting({"age": "37"})),
        "upsert": lambda: writer.upsert(DEFAULT_WORKSPACE, _NAME, "mail", rows),
        "delete": lambda: writer.delete(DEFAULT_WORKSPACE, _NAME, None),
    }
    for round in range(_ASKED + 1):
        for name, step in steps.items():
            began = time.perf_counter()
            await step()
            if round:
                took[name].append((time.perf_counter() - began) * 1000)
    return took


async def _floor(store: TableStore) -> float:
    times: list[float] = []
    for _ in range(50):
        began = time.perf_counter()
        put = Put(workspace=DEFAULT_WORKSPACE, kind="floor", id=new_id(), value=b"x" * 100, expected=0)
        await store.shelf.records.commit([put])
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


if __name__ == "__main__":
    for row in run():
        print(row)
