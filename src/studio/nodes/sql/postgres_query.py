"""sql.postgres_query."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any

from studio.nodes.sql._postgres import Server, Shape, arguments, batches, connected, server_of
from studio.sdk import BaseNode, Effect, Example, Items, Json, NodeContext, NodeModel, Param, UserError


class PostgresQuery(BaseNode):
    """Read rows from a Postgres database, in a transaction that can change nothing.

    Dates come as ISO 8601 texts, numeric as text, intervals as seconds, bytea as base64, json as data.
    """

    type = "sql.postgres_query"
    title = "Query Postgres"
    keywords = ("select", "database", "postgresql", "read", "rows")
    effect = Effect.READ
    credentials = ("sql.postgres",)

    class Input(NodeModel):
        query: str = Param(
            min_length=1, max_length=1_000_000, description="One SELECT statement", widget="code", language="sql"
        )
        params: list[Json] = Param(default_factory=list, description="Values for $1, $2, ...")
        server: Server | None = Param(None, description="Where the database is, where no credential is chosen")
        max_rows: int = Param(1_000_000, ge=1, description="Longest result accepted, in rows")
        timeout: float = Param(60.0, gt=0, le=3600, description="Seconds it may take")

    class Output(NodeModel):
        items: Items
        columns: list[str]
        count: int

    examples = (
        Example(
            input={
                "query": "SELECT $1::int + 1 AS n, 'é' AS t, 1.20::numeric AS d, date '2026-01-31' AS day, "
                "'[1]'::jsonb AS j",
                "params": [41],
                "server": {"host": "{{ postgres.host }}", "port": "{{ postgres.port }}", "user": "{{ postgres.user }}",
                           "password": "{{ postgres.password }}", "database": "{{ postgres.database }}"},
            },
            output={
                "items": [{"n": 42, "t": "é", "d": "1.20", "day": "2026-01-31", "j": [1]}],
                "columns": ["n", "t", "d", "day", "j"], "count": 1,
            },
            setup="postgres",
        ),
        Example(
            title="It only reads",
            input={
                "query": "CREATE TABLE t (a int)",
                "server": {"host": "{{ postgres.host }}", "port": "{{ postgres.port }}", "user": "{{ postgres.user }}",
                           "password": "{{ postgres.password }}", "database": "{{ postgres.database }}"},
            },
            error="sql.not_a_query",
            setup="postgres",
        ),
        Example(title="No server", input={"query": "SELECT 1"}, error="sql.no_server"),
        Example(
            title="A private address",
            input={"query": "SELECT 1", "server": {"host": "10.0.0.1", "user": "a", "database": "b"}},
            error="net.refused",
        ),
    )  # fmt: skip

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        server = await server_of(input.server, ctx)
        async with connected(server, ctx, input.timeout) as connection, connection.transaction(readonly=True):
            statement = await connection.prepare(input.query)
            shape = Shape(statement)
            if not shape.names:
                raise UserError("sql.not_a_query", "Expected a statement that gives rows, such as SELECT.")
            rows = batches(statement, arguments(statement, input.params))
            counted = [0]
            items = await ctx.make_items(_rows(rows, shape, input.max_rows, counted))
        return self.Output(items=items, columns=shape.names, count=counted[0])


async def _rows(
    found: AsyncGenerator[list[Any]], shape: Shape, limit: int, counted: list[int]
) -> AsyncIterator[dict[str, Any]]:
    async with aclosing(found):
        async for records in found:
            for record in records:
                counted[0] += 1
                if counted[0] > limit:
                    raise UserError("sql.too_many_rows", "The result has more than {limit} rows.", limit=limit)
                yield shape.row(record)
