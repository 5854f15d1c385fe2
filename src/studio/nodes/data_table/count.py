"""data_table.count."""

from __future__ import annotations

from studio.nodes.data_table._table import PEOPLE, Chosen, TableNode
from studio.sdk import Effect, Example, NodeContext, NodeModel


class Count(TableNode):
    """Count the rows of a data table that fit some conditions."""

    type = "data_table.count"
    title = "Count rows"
    keywords = ("how many", "number", "size", "exists", "datatable")
    effect = Effect.READ

    class Input(Chosen):
        pass

    class Output(NodeModel):
        count: int

    examples = (
        Example(title="All rows", input={"table": "people"}, tables={"people": PEOPLE}, output={"count": 2}),
        Example(
            title="Either of two",
            input={
                "table": "people",
                "where": [{"column": "mail", "op": "starts_with", "value": "ADA"}, {"column": "age", "value": 41}],
                "match": "any",
            },
            tables={"people": PEOPLE},
            output={"count": 2},
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        return self.Output(count=await ctx.data_tables.count(input.table, input.filter()))
