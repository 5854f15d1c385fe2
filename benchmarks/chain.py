"""A line of trivial nodes, typed in and out, journaled and encrypted, from acceptance to the shown end.

The floor is the same line as plain Python calls of the node's own work: validate, run, validate, encode.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from pathlib import Path
from typing import Any

from benchmarks._engine import POWER, PROCESS, complete, engine, run_async, settle, workflow
from benchmarks.floors import fdatasync, postgres_commit

SIZES = (100, 1_000, 10_000)


def line(size: int, acknowledge: str = "end") -> Any:
    """The workflow."""
    nodes = {f"n{i}": ("bench.next", {"value": f"{{{{ n{i - 1}.value }}}}" if i else 0}) for i in range(size)}
    return workflow(nodes, output=f"{{{{ n{size - 1}.value }}}}", settings={"acknowledge": acknowledge})


def run(
    db: str | None = None, durability: str = "process", ack: str = "end", sizes: tuple[int, ...] = SIZES
) -> list[dict[str, Any]]:
    """One measurement of each length; microseconds per node.

    Args:
        db: URL of a Postgres database; SQLite otherwise.
        durability: Level of commits that nobody waits for, ``process`` or ``power``.
        ack: ``node`` waits for a commit after every node.
        sizes: Numbers of nodes.
    """

    async def main() -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        async with engine(db, level=POWER if durability == "power" else PROCESS) as one:
            for size in sizes if ack == "end" else sizes[:2]:
                what = line(size, ack)
                await complete(one, what)
                settle()
                took = await complete(one, what)
                rows.append({"nodes": size, "us_per_node": took / size * 1e6, "floor_us": plain(size)})
        return rows

    rows = run_async(main)
    if ack == "node":
        samples = asyncio.run(postgres_commit(db)) if db else fdatasync(Path.cwd())
        for row in rows:
            row["commit_floor_us"] = statistics.median(samples) * 1e6
    return rows


def plain(size: int) -> float:
    """Microseconds per node of validate, run, validate and encode without an engine."""
    import orjson

    from benchmarks.packs.bench.next import Next

    node = Next()
    check_in = Next.input_model.__pydantic_validator__.validate_python
    check_out = Next.output_model.__pydantic_validator__.validate_python
    value: dict[str, Any] = {"value": 0}
    began = time.perf_counter()
    for _ in range(size):
        coroutine = node.run(check_in(value), None)  # pyright: ignore[reportArgumentType]
        try:
            coroutine.send(None)
        except StopIteration as stop:
            value = dict(check_out(stop.value.__dict__).__dict__)
        orjson.dumps(value)
    return (time.perf_counter() - began) / size * 1e6


if __name__ == "__main__":
    for row in run():
        print(row)
