"""A CSV file of a million rows: read, filter, join, group, write by table nodes.

The floor is the same polars script, reading and writing the same files; ``lazy_ms`` is the script in polars' lazy
form, which reads only what it needs. ``nodes_ms`` are the same nodes without an engine, their tables held in memory
instead of blobs: what is left when intermediate tables are not made durable.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from benchmarks._engine import NoHost, complete, run_async, settle, workflow
from studio.catalog import Catalog
from studio.domain.ids import new_id
from studio.domain.values import BlobRef, TableRef
from studio.engine import Engine, EngineConfig
from studio.nodes.table import _frames
from studio.sandbox.host_files import AllowedFiles
from studio.sdk import TableDraft
from studio.storage import open_store
from studio.testing import NodeTester

ROWS = 1_000_000
_PRODUCTS, _REGIONS, _CATEGORIES = 5_000, 200, 40
AGGREGATES = {"sold": "sum(quantity)", "mean_price": "mean(price)", "rows": "count()"}


def run(rows: int = ROWS) -> list[dict[str, Any]]:
    """One measurement, milliseconds; the first of each kind is not counted."""

    async def main() -> list[dict[str, Any]]:
        with tempfile.TemporaryDirectory(prefix="studio-bench-") as name:
            folder = Path(name)
            make_files(folder, rows)
            async with _engine(folder) as one:
                what = _workflow()
                await complete(one, what)
                settle()
                took = await complete(one, what)
            nodes = await _nodes(folder)
            floor, lazy = _best(lambda: eager(folder)), _best(lambda: deferred(folder))
            return [
                {
                    "rows": rows, "ms": took * 1000, "nodes_ms": nodes * 1000, "floor_ms": floor * 1000,
                    "lazy_ms": lazy * 1000, "ratio": took / floor, "nodes_ratio": nodes / floor,
                }
            ]  # fmt: skip

    return run_async(main)


def make_files(folder: Path, rows: int) -> None:
    """The large file and the small one to join, always the same."""
    import polars as pl

    chance = random.Random(1)
    pl.DataFrame(
        {
            "id": range(rows),
            "region": [f"region-{chance.randrange(_REGIONS)}" for _ in range(rows)],
            "product": [f"product {chance.randrange(_PRODUCTS)}" for _ in range(rows)],
            "quantity": [chance.randrange(1, 100) for _ in range(rows)],
            "price": [round(chance.random() * 500, 2) for _ in range(rows)],
            "day": [f"2026-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}" for _ in range(rows)],
        }
    ).write_csv(folder / "sales.csv")
    pl.DataFrame(
        {
            "product": [f"product {number}" for number in range(_PRODUCTS)],
            "category": [f"category {number % _CATEGORIES}" for number in range(_PRODUCTS)],
        }
    ).write_csv(folder / "products.csv")


def eager(folder: Path) -> None:
    """The floor."""
    import polars as pl

    sales, products = pl.read_csv(folder / "sales.csv"), pl.read_csv(folder / "products.csv")
    joined = sales.filter(pl.col("quantity") >= 50).join(
        products, on="product", how="inner", maintain_order="left_right"
    )
    grouped = joined.group_by("category", "region", maintain_order=True).agg(
        pl.col("quantity").sum().alias("sold"), pl.col("price").mean().alias("mean_price"), pl.len().alias("rows")
    )
    grouped.write_csv(folder / "floor.csv")


def deferred(folder: Path) -> None:
    """The same in polars' lazy form."""
    import polars as pl

    sales, products = pl.scan_csv(folder / "sales.csv"), pl.scan_csv(folder / "products.csv")
    joined = sales.filter(pl.col("quantity") >= 50).join(
        products, on="product", how="inner", maintain_order="left_right"
    )
    grouped = joined.group_by("category", "region", maintain_order=True).agg(
        pl.col("quantity").sum().alias("sold"), pl.col("price").mean().alias("mean_price"), pl.len().alias("rows")
    )
    grouped.sink_csv(folder / "lazy.csv")


def _workflow() -> Any:
    joined = {"left": "{{ large.table }}", "right": "{{ products.table }}", "on": "product"}
    return workflow(
        {
            "sales": ("table.read_csv", {"path": "sales.csv"}),
            "products": ("table.read_csv", {"path": "products.csv"}),
            "large": ("table.filter", {"table": "{{ sales.table }}", "where": "{{ item.quantity >= 50 }}"}),
            "joined": ("table.join", joined),
            "grouped": (
                "table.group",
                {"table": "{{ joined.table }}", "by": ["category", "region"], "aggregates": AGGREGATES},
            ),
            "written": ("table.write_csv", {"table": "{{ grouped.table }}", "path": "out.csv"}),
        },
        output="{{ written.rows }}",
    )


class _Host(NoHost):
    def __init__(self, folder: Path) -> None:
        self._files = AllowedFiles(folder)

    def files_for(self, grants: Any) -> AllowedFiles:
        """The files of the benchmark's folder."""
        return self._files


@asynccontextmanager
async def _engine(folder: Path) -> AsyncIterator[Engine]:
    opened = await open_store(None, folder / "data")
    one = Engine(
        store=opened.store,
        blobs=opened.blobs,
        catalog=Catalog.default(),
        home=opened.home,
        host=_Host(folder),  # pyright: ignore[reportArgumentType] - only files are asked for
        config=EngineConfig(),
    )
    try:
        await one.start()
        yield one
    finally:
        await one.stop()
        await opened.close()


class _Unwritten(TableDraft):
    """A table that stays in memory."""

    path = Path("/dev/null")

    async def commit(self, rows: int, columns: Iterable[tuple[str, str]]) -> TableRef:
        """A reference without a blob behind it."""
        return TableRef(BlobRef(new_id(), 0, b""), rows, tuple(columns))


async def _nodes(folder: Path) -> float:
    """Seconds for the nodes alone: parsing, joining and writing as they do it, tables in memory."""
    catalog = Catalog.default()
    tester = NodeTester(catalog.load("table.read_csv"), folder=folder / "nodes")
    context = tester._context()  # pyright: ignore[reportPrivateUsage] - a context without a test run
    context.folder = folder

    @asynccontextmanager
    async def unwritten() -> AsyncIterator[TableDraft]:
        yield _Unwritten()

    context.new_table = unwritten  # pyright: ignore[reportAttributeAccessIssue] - in place of blobs

    async def do(type_id: str, **params: Any) -> Any:
        node = catalog.load(type_id)
        resolver = NodeTester(node, folder=folder / "nodes")
        return await node.run(node.input_model.model_validate(resolver.resolve(params, {})), context)

    async def all_of_it() -> None:
        sales = await do("table.read_csv", path="sales.csv")
        products = await do("table.read_csv", path="products.csv")
        large = await do("table.filter", table=sales.table, where="{{ item.quantity >= 50 }}")
        joined = await do("table.join", left=large.table, right=products.table, on="product")
        grouped = await do("table.group", table=joined.table, by=["category", "region"], aggregates=AGGREGATES)
        await do("table.write_csv", table=grouped.table, path="nodes.csv")

    best = float("inf")
    for _ in range(4):
        _frames.MEMORY.clear()
        began = time.perf_counter()
        await all_of_it()
        best = min(best, time.perf_counter() - began)
        await asyncio.sleep(0)
    return best


def _best(work: Callable[[], None], times: int = 4) -> float:
    found: list[float] = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return min(found)


if __name__ == "__main__":
    for row in run():
        print({name: round(value, 2) for name, value in row.items()})
