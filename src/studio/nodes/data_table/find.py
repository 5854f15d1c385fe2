"""data_table.find."""

from __future__ import annotations

from studio.nodes.data_table._table import PEOPLE, Chosen, TableNode, found_rows
from studio.sdk import Effect, Example, Items, NodeContext, NodeModel, Param


class Find(TableNode):
    """Find rows of a data table, sorted, up to a limit.

    A row is an object: its columns, and id, created_at, updated_at and revision.
    """

    type = "data_table.find"
    title = "Find rows"
    keywords = ("get many", "list", "search", "query", "select", "read", "rows", "datatable")
    effect = Effect.READ

    class Input(Chosen):
        sort: str = Param(
            "", options="columns", depends_on=("table",), description="Column to sort by; age of the row without"
        )
        descending: bool = Param(False, description="Largest first; rows without a value always come last")
        limit: int = Param(100, ge=1, le=50_000, description="Most rows to give")

    class Output(NodeModel):
        rows: Items
        count: int

    examples = (
        Example(
            title="By a condition",
            input={"table": "people", "where": [{"column": "age", "op": "gt", "value": 40}]},
            tables={"people": PEOPLE},
            output={"rows": [{"mail": "alan@example.org", "age": 41}], "count": 1},
        ),
        Example(
            title="The newest first",
            input={"table": "People", "sort": "created_at", "descending": True, "limit": 1},
            tables={"people": PEOPLE},
            output={"rows": [{"mail": "alan@example.org"}]},
        ),
        Example(
            title="A column that is not there",
            input={"table": "people", "where": [{"column": "size", "value": 1}]},
            tables={"people": PEOPLE},
            error="data_table.no_column",
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        rows = found_rows(input, ctx, sort=input.sort, descending=input.descending, limit=input.limit)
        items = await ctx.make_items(rows)
        return self.Output(rows=items, count=len(items))
