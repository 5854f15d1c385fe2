"""table.sql."""

# polars' annotations refer to numpy, which is not installed, and are unknown in part.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import asyncio
import importlib
import json
import sys
from collections.abc import Sequence
from contextlib import ExitStack

from studio.nodes.table._duck import DEFAULT_MEMORY_MB, load, path_of, query_files, timed_out
from studio.nodes.table._files import unnamed_file
from studio.nodes.table._frames import keep, open_frame
from studio.nodes.table._model import Tabular
from studio.sdk import BaseNode, Effect, Example, Limits, NodeContext, NodeError, NodeModel, Param, Table, UserError

_BESIDE_MB = 256
"""Megabytes that a query may take beside its data: threads, and what allocators keep."""


class Sql(BaseNode):
    """Query tables with SQL (DuckDB's dialect).

    The query sees the given tables by name and nothing else: no files, no network, no settings. Values go in as
    parameters.
    """

    type = "table.sql"
    title = "SQL over tables"
    keywords = ("query", "select", "duckdb", "join", "group")
    effect = Effect.PURE
    cpu_heavy = True

    class Input(NodeModel):
        query: str = Param(
            min_length=1, max_length=100_000, description="One SELECT statement", widget="code", language="sql"
        )
        tables: dict[str, Tabular] = Param(default_factory=dict, description="Tables by the name the query uses")
        params: dict[str, str | bool | int | float | None] = Param(
            default_factory=dict, description="Values for $name in the query"
        )
        timeout: float = Param(60.0, gt=0, le=3600, description="Seconds the query may take")
        max_rows: int = Param(10_000_000, ge=1, le=10**9, description="Longest result accepted, in rows")
        memory_mb: int = Param(DEFAULT_MEMORY_MB, ge=16, le=65536, description="Memory the query may take")

    class Output(NodeModel):
        table: Table
        rows: int

    examples = (
        Example(
            input={
                "query": "SELECT c, sum(n) AS total FROM sales WHERE n >= $least GROUP BY c ORDER BY c",
                "tables": {"sales": [{"c": "b", "n": 1}, {"c": "é", "n": 5}, {"c": "b", "n": 2}]},
                "params": {"least": 2},
            },
            output={"table": {"items": [{"c": "b", "total": 2}, {"c": "é", "total": 5}]}, "rows": 2},
        ),
        Example(title="Files are out of reach", input={"query": "SELECT * FROM '/etc/passwd'"}, error="table.sql"),
        Example(title="Only queries", input={"query": "CREATE TABLE t (a int)"}, error="table.sql_not_a_query"),
        Example(title="A mistake", input={"query": "SELEC 1"}, error="table.sql"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        # The engine may begin this in place and, as it waits, once more in a task: there is nothing to lose yet.
        await ctx.check_cancelled()
        if "polars" not in sys.modules:  # the first one of this program: both processes load it at the same time
            here = asyncio.to_thread(importlib.import_module, "polars")
            await asyncio.gather(here, ctx.apart.call(load, limits=Limits(input.timeout)))
        import polars as pl

        frames = [await open_frame(ctx, table) for table in input.tables.values()]
        with ExitStack() as opened:
            files = [opened.enter_context(unnamed_file()).fileno() for _ in range(len(frames) + 1)]
            for frame, file in zip(frames, files, strict=False):
                await asyncio.to_thread(frame.write_ipc, path_of(file), compression="uncompressed")
            await _query(input, ctx, files)
            # Its columns lie in the memory of the file, and live on when that is closed.
            found = await asyncio.to_thread(pl.read_ipc, path_of(files[-1]))
        return self.Output(table=await keep(ctx, found), rows=found.height)


async def _query(input: Sql.Input, ctx: NodeContext, files: Sequence[int]) -> None:
    # DuckDB's own limit comes first. What it does not count (texts being made, the result on its way) has a limit too.
    limits = Limits(input.timeout, memory_mb=2 * input.memory_mb + _BESIDE_MB, output_mb=2 * input.memory_mb)
    asked = (input.query, list(input.tables), json.dumps(input.params), input.timeout, input.memory_mb, input.max_rows)
    try:
        await ctx.apart.call(query_files, *asked, limits=limits, files=files)
    except TimeoutError as error:
        raise timed_out(input.timeout) from error
    except NodeError as error:
        if error.code != "work.memory":
            raise
        raise UserError(
            "table.sql_needs_memory", "The query needs more than {limit} MB; give it more with `memory_mb`.",
            limit=input.memory_mb,
        ) from error  # fmt: skip
