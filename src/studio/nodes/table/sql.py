"""table.sql."""

# polars' annotations refer to numpy, which is not installed, and are unknown in part.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from studio.nodes.table._duck import DEFAULT_MEMORY_MB, query
from studio.nodes.table._frames import keep, open_frame
from studio.nodes.table._model import Tabular
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param, Table

if TYPE_CHECKING:
    import polars as pl


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
        query: str = Param(min_length=1, max_length=100_000, description="One SELECT statement", widget="code")
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
        frames = {name: await open_frame(ctx, table) for name, table in input.tables.items()}
        frame = await asyncio.to_thread(_run, frames, input)
        return self.Output(table=await keep(ctx, frame), rows=frame.height)


def _run(frames: dict[str, pl.DataFrame], input: Sql.Input) -> pl.DataFrame:
    params: dict[str, Any] = dict(input.params)
    return query(input.query, frames, params, seconds=input.timeout, memory_mb=input.memory_mb, max_rows=input.max_rows)
