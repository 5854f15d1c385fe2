"""sql.sqlite_execute."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from studio.nodes.sql._bindings import bindings, limits
from studio.nodes.sql._sqlite import change, timed_out
from studio.sdk import BaseNode, Effect, Example, Items, Json, NodeContext, NodeModel, Param


class SqliteExecute(BaseNode):
    """Change an SQLite file: INSERT, UPDATE, DELETE, CREATE and the like.

    All is done in one transaction. With ``remember`` the run's key is kept in the file, in the table studio_done, in
    the same transaction: a repeated run finds it there and changes nothing.
    """

    type = "sql.sqlite_execute"
    title = "Change SQLite"
    keywords = ("insert", "update", "delete", "create", "database", "write", "db")
    effect = Effect.IRREVERSIBLE

    class Input(NodeModel):
        path: str = Param(description="The database file; made where there is none")
        statement: str = Param(
            min_length=1, max_length=1_000_000, description="One statement", widget="code", language="sql"
        )
        params: list[Json] | dict[str, Json] = Param(
            default_factory=list, description="Values for ? by position, or for :name by name"
        )
        many: Items | None = Param(None, description="Several sets of values: the statement runs once for each")
        remember: bool = Param(
            False, description="Keep the run's key in the file, so that a repeated run changes nothing"
        )
        timeout: float = Param(60.0, gt=0, le=3600, description="Seconds it may take")

    class Output(NodeModel):
        changes: int = Param(description="Rows changed")
        items: list[Json] = Param(description="Rows of a RETURNING clause")
        repeated: bool = Param(description="Whether an earlier run had done it already")

    examples = (
        Example(
            input={"path": "a.db", "statement": "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)"},
            output={"changes": 0, "items": []},
        ),
        Example(
            title="One statement for several rows",
            input={
                "path": "b.db",
                "statement": "INSERT INTO studio_done VALUES (:k, :n) RETURNING key",
                "many": [{"k": "é", "n": 1}, {"k": "b", "n": 2}],
                "remember": True,
            },
            output={"changes": 2, "items": [{"key": "é"}, {"key": "b"}], "repeated": False},
        ),
        Example(
            title="No settings",
            input={"path": "a.db", "statement": "PRAGMA user_version = 3"},
            error="sql.not_permitted",
        ),
        Example(title="A mistake", input={"path": "a.db", "statement": "DELETE FROM nope"}, error="sql.sqlite"),
    )  # fmt: skip

    def effect_of(self, input: Any) -> Effect:
        return Effect.KEYED if input.remember else Effect.IRREVERSIBLE

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        path = str(await ctx.files.local_path(input.path, write=True))
        key = ctx.idempotency_key if input.remember else None
        sets: Iterable[Any] = [input.params] if input.many is None else input.many
        asked = (path, input.statement, input.timeout, key)
        try:
            changes, items, repeated = await ctx.apart.call(
                change, *asked, limits=limits(input.timeout), feed=map(bindings, sets)
            )
        except TimeoutError as error:
            raise timed_out(input.timeout) from error
        return self.Output(changes=changes, items=items, repeated=repeated)
