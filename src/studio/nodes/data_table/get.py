"""data_table.get."""

from __future__ import annotations

from studio.nodes.data_table._table import PEOPLE, InTable, TableNode
from studio.sdk import Effect, Example, Json, NodeContext, NodeModel, Param


class Get(TableNode):
    """Get one row of a data table by the value of a column, most often a unique one, or by its id.

    Where several rows have the value it is the oldest one. Where none has it, `row` is null and `found` false.
    """

    type = "data_table.get"
    title = "Get a row"
    keywords = ("look up", "read", "fetch", "one", "exists", "datatable")
    effect = Effect.READ

    class Input(InTable):
        column: str = Param("id", options="columns", depends_on=("table",), description="Column to look in")
        value: Json = Param(description="Value to look for")

    class Output(NodeModel):
        row: Json
        found: bool

    examples = (
        Example(
            title="By a unique column",
            input={"table": "people", "column": "mail", "value": "ada@example.org"},
            tables={"people": PEOPLE},
            output={"row": {"mail": "ada@example.org", "age": 36, "revision": 1}, "found": True},
        ),
        Example(
            title="Nobody",
            input={"table": "people", "column": "mail", "value": "nobody@example.org"},
            tables={"people": PEOPLE},
            output={"row": None, "found": False},
        ),
        Example(title="No such table", input={"table": "pets", "value": "x"}, tables={}, error="data_table.not_found"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        where = {"column": input.column, "op": "eq", "value": input.value}
        page = await ctx.data_tables.find(input.table, where, limit=1)
        return self.Output(row=page.rows[0] if page.rows else None, found=bool(page.rows))
