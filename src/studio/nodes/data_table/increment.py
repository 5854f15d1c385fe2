"""data_table.increment."""

from __future__ import annotations

from studio.nodes.data_table._table import PEOPLE, Changed, TableNode, in_turns
from studio.sdk import Effect, Example, NodeContext, NodeModel, Param


class Increment(TableNode):
    """Add to a number in the rows of a data table that fit some conditions. An empty cell counts as 0.

    Runs at the same time do not lose each other's additions, and after a crash nothing is added a second time.
    """

    type = "data_table.increment"
    title = "Add to a number"
    keywords = ("counter", "increase", "decrease", "plus", "tally", "stock", "datatable")
    effect = Effect.KEYED

    class Input(Changed):
        column: str = Param(options="columns", depends_on=("table",), description="Column of numbers")
        by: int | float = Param(1, description="What to add; negative takes away")

    class Output(NodeModel):
        count: int

    examples = (
        Example(
            title="One row",
            input={"table": "people", "where": [{"column": "mail", "value": "ada@example.org"}], "column": "age"},
            tables={"people": PEOPLE},
            output={"count": 1},
            tables_after={"people": [{"age": 37}, {"age": 41}]},
        ),
        Example(
            title="Every row",
            input={"table": "people", "all_rows": True, "column": "age", "by": -6},
            tables={"people": PEOPLE},
            output={"count": 2},
            tables_after={"people": [{"age": 30}, {"age": 35}]},
        ),
        Example(
            title="No number",
            input={"table": "people", "all_rows": True, "column": "mail"},
            tables={"people": PEOPLE},
            error="data_table.not_a_number",
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        where = input.checked()
        count = await in_turns(
            lambda key, after: ctx.data_tables.increment(
                input.table, where, input.column, input.by, key=key, after=after
            ),
            ctx,
        )
        return self.Output(count=count)
