"""data_table.insert."""

from __future__ import annotations

from studio.nodes.data_table._table import PEOPLE, InTable, TableNode
from studio.sdk import Effect, Example, Json, NodeContext, NodeModel, Param


class Insert(TableNode):
    """Add a row to a data table.

    A column that is not given gets its default. After a crash the row is not added a second time.
    """

    type = "data_table.insert"
    title = "Add a row"
    keywords = ("create", "append", "save", "store", "write", "remember", "datatable")
    effect = Effect.KEYED

    class Input(InTable):
        values: dict[str, Json] = Param(description="Values by column")

    class Output(NodeModel):
        id: str
        row: Json

    examples = (
        Example(
            title="A row",
            input={"table": "people", "values": {"mail": "grace@example.org", "age": 85}},
            tables={"people": PEOPLE},
            output={"row": {"mail": "grace@example.org", "age": 85, "revision": 1}},
            tables_after={"people": [{"age": 36}, {"age": 41}, {"age": 85}]},
        ),
        Example(
            title="A value that must be unique",
            input={"table": "people", "values": {"mail": "ada@example.org"}},
            tables={"people": PEOPLE},
            error="data_table.not_unique",
        ),
        Example(
            title="A value of another type",
            input={"table": "people", "values": {"mail": "grace@example.org", "age": "old"}},
            tables={"people": PEOPLE},
            error="data_table.value",
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        (id,) = await ctx.data_tables.insert(input.table, [input.values], key=ctx.idempotency_key)
        row = await ctx.data_tables.get(input.table, id)
        # Null where it was added before a crash and somebody has deleted it since.
        return self.Output(id=id, row=row)
