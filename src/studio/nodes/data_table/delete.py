"""data_table.delete."""

from __future__ import annotations

from studio.nodes.data_table._table import PEOPLE, Changed, TableNode, in_turns
from studio.sdk import Effect, Example, NodeContext, NodeModel


class Delete(TableNode):
    """Delete the rows of a data table that fit some conditions."""

    type = "data_table.delete"
    title = "Delete rows"
    keywords = ("remove", "clear", "purge", "drop", "datatable")
    effect = Effect.KEYED

    class Input(Changed):
        pass

    class Output(NodeModel):
        count: int

    examples = (
        Example(
            title="By a condition",
            input={"table": "people", "where": [{"column": "age", "op": "le", "value": 40}]},
            tables={"people": PEOPLE},
            output={"count": 1},
            tables_after={"people": [{"mail": "alan@example.org"}]},
        ),
        Example(
            title="Every row",
            input={"table": "people", "all_rows": True},
            tables={"people": PEOPLE},
            output={"count": 2},
            tables_after={"people": []},
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        where = input.checked()
        count = await in_turns(
            lambda key, after: ctx.data_tables.delete(input.table, where, key=key, after=after), ctx
        )  # fmt: skip
        return self.Output(count=count)
