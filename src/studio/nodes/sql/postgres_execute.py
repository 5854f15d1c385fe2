"""sql.postgres_execute."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import aclosing
from typing import Any, cast

from studio.nodes.sql._plain import Returned
from studio.nodes.sql._postgres import (
    Server,
    Shape,
    affected,
    arguments,
    batches,
    changed,
    commit,
    connected,
    done_before,
    remember,
    server_of,
)
from studio.sdk import BaseNode, Effect, Example, Items, Json, NodeContext, NodeModel, Param, UserError


class PostgresExecute(BaseNode):
    """Change a Postgres database: INSERT, UPDATE, DELETE, CREATE and the like, in one transaction.

    With ``remember`` the run's key is kept in the table studio_done in the same transaction: a repeated run finds it
    there and changes nothing.
    """

    type = "sql.postgres_execute"
    title = "Change Postgres"
    keywords = ("insert", "update", "delete", "create", "database", "postgresql", "write")
    effect = Effect.IRREVERSIBLE
    credentials = ("sql.postgres",)

    class Input(NodeModel):
        statement: str = Param(
            min_length=1, max_length=1_000_000, description="One statement", widget="code", language="sql"
        )
        params: list[Json] = Param(default_factory=list, description="Values for $1, $2, ...")
        many: Items | None = Param(None, description="Several lists of values: the statement runs once for each")
        server: Server | None = Param(None, description="Where the database is, where no credential is chosen")
        remember: bool = Param(False, description="Keep the run's key there, so that a repeated run changes nothing")
        timeout: float = Param(60.0, gt=0, le=3600, description="Seconds it may take")

    class Output(NodeModel):
        changes: int = Param(description="Rows changed")
        items: list[Json] = Param(description="Rows of a RETURNING clause")
        repeated: bool = Param(description="Whether an earlier run had done it already")

    examples = (
        Example(
            input={
                "statement": "CREATE TEMP TABLE t (a int)",
                "server": {"host": "{{ postgres.host }}", "port": "{{ postgres.port }}", "user": "{{ postgres.user }}",
                           "password": "{{ postgres.password }}", "database": "{{ postgres.database }}"},
            },
            output={"changes": 0, "items": [], "repeated": False},
            setup="postgres",
        ),
        Example(
            title="Once per key",
            input={
                "statement": "INSERT INTO studio_done (key, changes) VALUES ($1, $2) RETURNING key",
                "many": [["é", 1], ["b", 2]],
                "remember": True,
                "server": {"host": "{{ postgres.host }}", "port": "{{ postgres.port }}", "user": "{{ postgres.user }}",
                           "password": "{{ postgres.password }}", "database": "{{ postgres.database }}"},
            },
            output={"changes": 2, "items": [{"key": "é"}, {"key": "b"}], "repeated": False},
            setup="postgres",
        ),
        Example(title="No server", input={"statement": "DELETE FROM t"}, error="sql.no_server"),
    )  # fmt: skip

    def effect_of(self, input: Any) -> Effect:
        return Effect.KEYED if input.remember else Effect.IRREVERSIBLE

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        server = await server_of(input.server, ctx)
        async with connected(server, ctx, input.timeout) as connection:
            transaction = connection.transaction()
            await transaction.start()
            if input.remember and (known := await done_before(connection, ctx.idempotency_key)) is not None:
                await transaction.rollback()
                return self.Output(changes=known, items=[], repeated=True)
            changes, items = await _execute(connection, input)
            if input.remember:
                await remember(connection, ctx.idempotency_key, changes)
            await commit(transaction)
        return self.Output(changes=changes, items=items, repeated=False)


async def _execute(connection: Any, input: PostgresExecute.Input) -> tuple[int, list[Any]]:
    statement = await connection.prepare(input.statement)
    shape = Shape(statement)
    sets: Iterable[Any] = [input.params] if input.many is None else input.many
    changes, returned = 0, Returned()
    for values in sets:
        if not isinstance(values, list):
            raise UserError("sql.many", "`many` takes lists of values, one list per run of the statement.")
        bound = arguments(statement, cast("list[Any]", values))
        if not shape.names:
            await statement.fetch(*bound)
            changes += affected(statement.get_statusmsg())
            continue
        before = len(returned.items)
        async with aclosing(batches(statement, bound)) as found:
            async for records in found:
                returned.add(map(shape.row, records))
        changes += changed(input.statement, len(returned.items) - before)
    return changes, returned.items
