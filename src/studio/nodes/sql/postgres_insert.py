"""sql.postgres_insert."""

from __future__ import annotations

from itertools import islice
from typing import Any, Literal, Self

from pydantic import model_validator

from studio.nodes.sql._postgres import (
    Server,
    affected,
    arguments,
    commit,
    connected,
    done_before,
    quoted,
    quoted_column,
    record_of,
    remember,
    server_of,
)
from studio.sdk import BaseNode, Effect, Example, Items, NodeContext, NodeModel, Param, Refusal, UserError

_BATCH = 1_000


class PostgresInsert(BaseNode):
    """Insert rows into a Postgres table, all or none.

    With ``remember`` the run's key is kept in the table studio_done in the same transaction: a repeated run finds it
    there and inserts nothing.
    """

    type = "sql.postgres_insert"
    title = "Insert into Postgres"
    keywords = ("rows", "upsert", "database", "postgresql", "write", "load")
    effect = Effect.IRREVERSIBLE
    credentials = ("sql.postgres",)

    class Input(NodeModel):
        table: str = Param(description="The table, or schema.table")
        rows: Items = Param(description="Objects: values by column")
        columns: list[str] | None = Param(
            None, min_length=1, description="Columns to fill; those of the first row where not given"
        )
        on_conflict: Literal["error", "ignore", "update"] = Param(
            "error", description="What to do with rows that exist"
        )
        conflict_columns: list[str] = Param(default_factory=list, description="Columns that tell whether a row exists")
        server: Server | None = Param(None, description="Where the database is, where no credential is chosen")
        remember: bool = Param(False, description="Keep the run's key there, so that a repeated run inserts nothing")
        timeout: float = Param(300.0, gt=0, le=3600, description="Seconds it may take")

        @model_validator(mode="after")
        def _conflict(self) -> Self:
            if self.on_conflict == "update" and not self.conflict_columns:
                raise Refusal("sql.conflict_columns", "on_conflict: update needs conflict_columns")
            return self

    class Output(NodeModel):
        count: int = Param(description="Rows inserted or updated")
        repeated: bool = Param(description="Whether an earlier run had done it already")

    examples = (
        Example(
            input={
                "table": "pg_catalog.pg_description",
                "rows": [],
                "server": {"host": "{{ postgres.host }}", "port": "{{ postgres.port }}", "user": "{{ postgres.user }}",
                           "password": "{{ postgres.password }}", "database": "{{ postgres.database }}"},
            },
            output={"count": 0, "repeated": False},
            setup="postgres",
        ),
        Example(
            title="No such table",
            input={
                "table": "no\"; DROP TABLE x; --",
                "rows": [{"é": 1}],
                "server": {"host": "{{ postgres.host }}", "port": "{{ postgres.port }}", "user": "{{ postgres.user }}",
                           "password": "{{ postgres.password }}", "database": "{{ postgres.database }}"},
            },
            error="sql.postgres",
            setup="postgres",
        ),
        Example(title="No server", input={"table": "t", "rows": []}, error="sql.no_server"),
    )  # fmt: skip

    def effect_of(self, input: Any) -> Effect:
        return Effect.KEYED if input.remember else Effect.IRREVERSIBLE

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        server = await server_of(input.server, ctx)
        if not len(input.rows):
            return self.Output(count=0, repeated=False)
        async with connected(server, ctx, input.timeout) as connection:
            transaction = connection.transaction()
            await transaction.start()
            if input.remember and (known := await done_before(connection, ctx.idempotency_key)) is not None:
                await transaction.rollback()
                return self.Output(count=known, repeated=True)
            count = await _insert(connection, input, ctx)
            if input.remember:
                await remember(connection, ctx.idempotency_key, count)
            await commit(transaction)
        return self.Output(count=count, repeated=False)


def statement_of(input: PostgresInsert.Input, columns: list[str]) -> str:
    """The INSERT statement, identifiers quoted, values as parameters. Rows come as one array per column."""
    names = ", ".join(quoted_column(name) for name in columns)
    places = ", ".join(f"${place}" for place in range(1, len(columns) + 1))
    text = f"INSERT INTO {quoted(input.table)} ({names}) VALUES ({places})"  # noqa: S608 - every name is quoted
    if input.on_conflict == "error":
        return text
    target = ", ".join(quoted_column(name) for name in input.conflict_columns)
    text += f" ON CONFLICT {f'({target}) ' if target else ''}"
    if input.on_conflict == "ignore":
        return text + "DO NOTHING"
    changed = [quoted_column(name) for name in columns if name not in input.conflict_columns]
    sets = ", ".join(f"{name} = EXCLUDED.{name}" for name in changed)
    return text + (f"DO UPDATE SET {sets}" if sets else "DO NOTHING")


async def _insert(connection: Any, input: PostgresInsert.Input, ctx: NodeContext) -> int:
    rows = iter(input.rows)
    columns = input.columns
    statement: Any = None
    index = count = 0
    while batch := list(islice(rows, _BATCH)):
        await ctx.check_cancelled()
        for value in batch:
            record = record_of(value, index)
            if statement is None:
                columns = columns or list(record)
                if not columns:
                    raise UserError("sql.no_columns", "The first row is empty, so there are no columns to fill.")
                statement = await connection.prepare(statement_of(input, columns))
            if unknown := set(record) - set(columns or ()):
                raise UserError(
                    "sql.unknown_column", "Row {index} has {column}, which is not among the columns.",
                    index=index, column=sorted(unknown)[0],
                )  # fmt: skip
            await statement.fetch(*arguments(statement, [record.get(name) for name in columns or ()]))
            count += affected(statement.get_statusmsg())
            index += 1
    return count
