"""data_table.insert_many."""

from __future__ import annotations

from itertools import islice
from typing import Any

from studio.nodes.data_table._table import PEOPLE, InTable, TableNode
from studio.sdk import Effect, Example, Items, NodeContext, NodeModel, Param, UserError

_BATCH = 1000


class InsertMany(TableNode):
    """Add a list of objects to a data table, one row each.

    A thousand rows at a time are added together or not at all. After a crash it goes on where it stopped.
    """

    type = "data_table.insert_many"
    title = "Add rows"
    keywords = ("create", "append", "save", "bulk", "list", "import", "datatable")
    effect = Effect.KEYED

    class Input(InTable):
        rows: Items = Param(description="Objects with values by column")

    class Output(NodeModel):
        count: int
        ids: Items

    examples = (
        Example(
            title="Two rows",
            input={"table": "people", "rows": [{"mail": "b@example.org"}, {"mail": "c@example.org", "age": 7}]},
            tables={"people": {"columns": PEOPLE["columns"]}},
            output={"count": 2},
            tables_after={"people": [{"mail": "b@example.org", "age": None}, {"mail": "c@example.org", "age": 7}]},
        ),
        Example(
            title="All or none",
            input={"table": "people", "rows": [{"mail": "b@example.org"}, {"mail": "ada@example.org"}]},
            tables={"people": PEOPLE},
            error="data_table.not_unique",
            tables_after={"people": PEOPLE["rows"]},
        ),
        Example(title="Nothing", input={"table": "people", "rows": []}, tables={"people": PEOPLE}, output={"count": 0}),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        ids: list[str] = []
        rows = iter(input.rows)
        while batch := list(islice(rows, _BATCH)):
            _check(batch, len(ids))
            key = f"{ctx.idempotency_key}/{len(ids)}"
            ids += await ctx.data_tables.insert(input.table, batch, key=key)
            await ctx.check_cancelled()
        return self.Output(count=len(ids), ids=await ctx.make_items(ids))


def _check(batch: list[Any], start: int) -> None:
    for index, row in enumerate(batch, start):
        if not isinstance(row, dict):
            raise UserError("data_table.not_an_object", "Item {index} is no object.", index=index)
