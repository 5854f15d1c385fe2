"""data_table.upsert."""

from __future__ import annotations

from studio.nodes.data_table._table import PEOPLE, InTable, TableNode
from studio.sdk import Effect, Example, Json, NodeContext, NodeModel, Param


class Upsert(TableNode):
    """Change the row that has this value in a unique column, or add it where there is none.

    Two runs at once never add two rows with the same value.
    """

    type = "data_table.upsert"
    title = "Add or change a row"
    keywords = ("save", "merge", "insert or update", "sync", "datatable")
    effect = Effect.KEYED

    class Input(InTable):
        key: str = Param(options="columns", depends_on=("table",), description="Unique column that tells rows apart")
        values: dict[str, Json] = Param(description="Values by column, that of the key among them")

    class Output(NodeModel):
        row: Json
        created: bool

    examples = (
        Example(
            title="It is there",
            input={"table": "people", "key": "mail", "values": {"mail": "ada@example.org", "age": 37}},
            tables={"people": PEOPLE},
            output={"row": {"age": 37, "revision": 2}, "created": False},
        ),
        Example(
            title="It is new",
            input={"table": "people", "key": "mail", "values": {"mail": "grace@example.org"}},
            tables={"people": PEOPLE},
            output={"row": {"mail": "grace@example.org", "age": None}, "created": True},
        ),
        Example(
            title="A column that is not unique",
            input={"table": "people", "key": "age", "values": {"age": 36}},
            tables={"people": PEOPLE},
            error="data_table.not_a_key",
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        kept = await ctx.data_tables.upsert(input.table, input.key, input.values, key=ctx.idempotency_key)
        return self.Output(row=kept.row, created=kept.created)
