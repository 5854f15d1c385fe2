"""sql.sqlite_query."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

from studio.nodes.sql._bindings import bindings, limits
from studio.nodes.sql._sqlite import read_rows, timed_out
from studio.sdk import BaseNode, Effect, Example, Items, Json, NodeContext, NodeModel, Param


class SqliteQuery(BaseNode):
    """Read rows from an SQLite file.

    The file is opened for reading only; the statement can change nothing and reach no other file. Bytes come as base64.
    """

    type = "sql.sqlite_query"
    title = "Query SQLite"
    keywords = ("select", "database", "read", "rows", "db")
    effect = Effect.READ

    class Input(NodeModel):
        path: str = Param(description="The database file; relative paths start at the workflow's folder")
        query: str = Param(
            min_length=1, max_length=1_000_000, description="One SELECT statement", widget="code", language="sql"
        )
        params: list[Json] | dict[str, Json] = Param(
            default_factory=list, description="Values for ? by position, or for :name by name"
        )
        max_rows: int = Param(1_000_000, ge=1, description="Longest result accepted, in rows")
        timeout: float = Param(60.0, gt=0, le=3600, description="Seconds it may take")

    class Output(NodeModel):
        items: Items
        columns: list[str]
        count: int

    examples = (
        Example(
            input={"path": "e.db", "query": "SELECT :a AS a, 'é' AS b, x'ff' AS c, NULL AS d", "params": {"a": 1.5}},
            files={"e.db": b""},
            output={
                "items": [{"a": 1.5, "b": "é", "c": "/w==", "d": None}], "columns": ["a", "b", "c", "d"], "count": 1,
            },
        ),
        Example(
            title="Values are bound, never pasted",
            input={"path": "empty.db", "query": "SELECT ? AS name", "params": ["x'; DROP TABLE t; --"]},
            files={"empty.db": b""},
            output={"items": [{"name": "x'; DROP TABLE t; --"}]},
        ),
        Example(
            title="No other file",
            input={"path": "empty.db", "query": "ATTACH 'other.db' AS other"},
            files={"empty.db": b""},
            error="sql.not_permitted",
        ),
        Example(
            title="A mistake", input={"path": "e.db", "query": "SELECT nope"}, files={"e.db": b""}, error="sql.sqlite"
        ),
        Example(title="No such file", input={"path": "none.db", "query": "SELECT 1"}, error="files.not_found"),
    )  # fmt: skip

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        path = str(await ctx.files.local_path(input.path))
        asked = (path, input.query, bindings(input.params), input.timeout, input.max_rows)
        try:
            async with aclosing(ctx.apart.stream(read_rows, *asked, limits=limits(input.timeout))) as found:
                names = await anext(found)
                counted = [0]
                items = await ctx.make_items(_rows(found, counted))
        except TimeoutError as error:
            raise timed_out(input.timeout) from error
        return self.Output(items=items, columns=names, count=counted[0])


async def _rows(found: AsyncIterator[list[Any]], counted: list[int]) -> AsyncIterator[Any]:
    async for rows in found:
        counted[0] += len(rows)
        for row in rows:
            yield row
