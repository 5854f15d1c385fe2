"""data_table.update."""

from __future__ import annotations

from studio.nodes.data_table._table import PEOPLE, Changed, TableNode, in_turns
from studio.sdk import Effect, Example, Json, NodeContext, NodeModel, Param


class Update(TableNode):
    """Set values in the rows of a data table that fit some conditions. What is not given stays."""

    type = "data_table.update"
    title = "Change rows"
    keywords = ("edit", "set", "modify", "write", "datatable")
    effect = Effect.KEYED

    class Input(Changed):
        values: dict[str, Json] = Param(min_length=1, description="Values by column; null empties a cell")

    class Output(NodeModel):
        count: int

    examples = (
        Example(
            title="One row",
            input={"table": "people", "where": [{"column": "mail", "value": "ada@example.org"}], "values": {"age": 37}},
            tables={"people": PEOPLE},
            output={"count": 1},
            tables_after={"people": [{"age": 37, "revision": 2}, {"age": 41, "revision": 1}]},
        ),
        Example(
            title="Every row",
            input={"table": "people", "all_rows": True, "values": {"age": None}},
            tables={"people": PEOPLE},
            output={"count": 2},
            tables_after={"people": [{"age": None}, {"age": None}]},
        ),
        Example(
            title="Without a condition",
            input={"table": "people", "values": {"age": 1}},
            tables={"people": PEOPLE},
            error="data_table.no_condition",
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        where = input.checked()
        count = await in_turns(
            lambda key, after: ctx.data_tables.update(input.table, where, input.values, key=key, after=after), ctx
        )
        return self.Output(count=count)
