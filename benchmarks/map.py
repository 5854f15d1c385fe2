"""Items through a typed node in a map, up to a million; memory must not grow with their number.

The floor is a plain Python loop over validate, run, validate and encode.
"""

from __future__ import annotations

import resource
from typing import Any

from benchmarks._engine import complete, engine, run_async, settle, workflow
from benchmarks.chain import plain

SIZES = (1_000, 10_000, 100_000, 1_000_000)


def mapped(size: int) -> Any:
    """The workflow."""
    body = {"nodes": {"one": {"type": "bench.next", "params": {"value": "{{ n }}"}}}, "output": "{{ one.value }}"}
    return workflow(
        {
            "count": ("bench.count", {"count": size}),
            "each": {"type": "flow.map", "params": {"items": "{{ count.items }}", "as": "n"}, "body": body},
        },
        output="{{ len(each.results) }}",
    )


def run(db: str | None = None, sizes: tuple[int, ...] = SIZES) -> list[dict[str, Any]]:
    """One measurement of each length; microseconds per item, and the peak memory of the process so far in MB."""

    async def main() -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        async with engine(db) as one:
            for size in sizes:
                what = mapped(size)
                if size < 50_000:
                    await complete(one, what)
                settle()
                took = await complete(one, what)
                peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
                rows.append(
                    {
                        "items": size,
                        "us_per_item": took / size * 1e6,
                        "floor_us": plain(min(size, 100_000)),
                        "peak_mb": peak,
                    }
                )
        return rows

    return run_async(main)


if __name__ == "__main__":
    for row in run():
        print(row)
