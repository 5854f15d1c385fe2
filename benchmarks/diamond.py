"""One node, many that refer to it, and one that refers to all of them."""

from __future__ import annotations

from typing import Any

from benchmarks._engine import complete, engine, run_async, settle, workflow
from benchmarks.chain import plain

SIZES = (1_000, 10_000)


def run(db: str | None = None, sizes: tuple[int, ...] = SIZES) -> list[dict[str, Any]]:
    """One measurement of each width; microseconds per node. The floor is that of ``chain``."""

    async def main() -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        async with engine(db) as one:
            for size in sizes:
                nodes: dict[str, Any] = {"top": ("bench.next", {"value": 0})}
                nodes.update({f"n{i}": ("bench.next", {"value": "{{ top.value }}"}) for i in range(size)})
                nodes["join"] = ("bench.same", {"value": [f"{{{{ n{i}.value }}}}" for i in range(size)]})
                what = workflow(nodes, output="{{ len(join.value) }}")
                await complete(one, what)
                settle()
                took = await complete(one, what)
                rows.append({"width": size, "us_per_node": took / (size + 2) * 1e6, "floor_us": plain(size)})
        return rows

    return run_async(main)


if __name__ == "__main__":
    for row in run():
        print(row)
