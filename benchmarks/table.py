"""A CSV file of a million rows: read, filter, join, group, write by table nodes.

The floor is the same polars script, reading and writing the same files; ``lazy_ms`` is the script in polars' lazy
form, which reads only what it needs. ``nodes_ms`` are the same nodes without an engine, their tables held in memory
instead of blobs: what is left when intermediate tables are not made durable.
"""

from __future__ import annotations

import random
import statistics
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
ROUNDS = 3
_PRODUCTS, _REGIONS, _CATEGORIES = 5_000, 200, 40
AGGREGATES = {"sold": "sum(quantity)", "mean_price": "mean(price)", "rows": "count()"}


def run(db: str | None = None, sizes: tuple[int, ...] = (ROWS,)) -> list[dict[str, Any]]:
    """One measurement per number of rows, milliseconds: medians of rounds, in each of which everything is measured."""
    return [row for rows in sizes for row in run_async(lambda rows=rows: _measure(db, rows))]


async def _measure(db: str | None, rows: int) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="studio-bench-") as name:
        folder = Path(name)
        make_files(folder, rows)
        found: dict[str, list[float]] = {"ms": [], "nodes_ms": [], "floor_ms": [], "lazy_ms": []}
        async with _engine(folder, db) as one:
            what, nodes = _workflow(), _Nodes(folder)
            for counted in (False, *[True] * ROUNDS):
                _frames.MEMORY.clear()
                settle()
                took = {
                    "ms": await complete(one, what),
                    "nodes_ms": await nodes.seconds(),
                    "floor_ms": _seconds(lambda: eager(folder)),
                    "lazy_ms": _seconds(lambda: deferred(folder)),
                }
                for key, seconds in took.items() if counted else ():
                    found[key].append(seconds * 1000)
    medians = {key: statistics.median(values) for key, values in found.items()}
    floor = medians["floor_ms"]
    return [{"rows": rows, **medians, "ratio": medians["ms"] / floor, "nodes_ratio": medians["nodes_ms"] / floor}]


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
async def _engine(folder: Path, db: str | None) -> AsyncIterator[Engine]:
    opened = await open_store(db, folder / "data")
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


class _Nodes:
    """The nodes alone: parsing, joining and writing as they do it, tables in memory."""

    def __init__(self, folder: Path) -> None:
        self._scratch = folder / "nodes"
        self._catalog = Catalog.default()
        tester = NodeTester(self._catalog.load("table.read_csv"), folder=self._scratch)
        self._context = tester._context()  # pyright: ignore[reportPrivateUsage] - a context without a test run
        self._context.folder = folder
        self._context.new_table = _unwritten  # pyright: ignore[reportAttributeAccessIssue] - in place of blobs

    async def seconds(self) -> float:
        """How long one round takes."""
        _frames.MEMORY.clear()
        began = time.perf_counter()
        sales = await self._do("table.read_csv", path="sales.csv")
        products = await self._do("table.read_csv", path="products.csv")
        large = await self._do("table.filter", table=sales.table, where="{{ item.quantity >= 50 }}")
        joined = await self._do("table.join", left=large.table, right=products.table, on="product")
        grouped = await self._do("table.group", table=joined.table, by=["category", "region"], aggregates=AGGREGATES)
        await self._do("table.write_csv", table=grouped.table, path="nodes.csv")
        return time.perf_counter() - began

    async def _do(self, type_id: str, **params: Any) -> Any:
        node = self._catalog.load(type_id)
        resolver = NodeTester(node, folder=self._scratch)
        return await node.run(node.input_model.model_validate(resolver.resolve(params, {})), self._context)


@asynccontextmanager
async def _unwritten() -> AsyncIterator[TableDraft]:
    yield _Unwritten()


def _seconds(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    for row in run():
        print({name: round(value, 2) for name, value in row.items()})
