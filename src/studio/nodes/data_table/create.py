"""data_table.create."""

from __future__ import annotations

from typing import Literal

from studio.nodes.data_table._table import PEOPLE
from studio.sdk import BaseNode, Effect, Example, Json, NodeContext, NodeModel, Param


class Column(NodeModel):
    """A column."""

    name: str = Param(min_length=1, max_length=100, description="Name")
    type: Literal["text", "integer", "number", "boolean", "date", "datetime", "json"] = Param(
        "text", description="What its cells hold"
    )
    required: bool = Param(False, description="Every row has a value")
    unique: bool = Param(False, description="No two rows have the same value")
    indexed: bool = Param(False, description="Rows are found by its value without reading all")
    default: Json = Param(None, description="Value of rows that are added without one")


class Create(BaseNode):
    """Make sure that there is a data table with some columns; nothing that is there is changed.

    With it a workflow brings its own table along. A column that is there with another type is refused.
    """

    type = "data_table.create"
    title = "Make a table"
    keywords = ("ensure", "new", "schema", "columns", "datatable")
    effect = Effect.IDEMPOTENT

    class Input(NodeModel):
        name: str = Param(min_length=1, max_length=100, description="Name of the data table")
        columns: list[Column] = Param(min_length=1, max_length=100, description="Its columns")
        description: str = Param("", max_length=2000, description="What it is for")

    class Output(NodeModel):
        table: str
        changed: bool

    examples = (
        Example(
            title="A new table",
            input={
                "name": "orders",
                "columns": [{"name": "number", "unique": True}, {"name": "sum", "type": "number"}],
            },
            tables={},
            output={"table": "orders", "changed": True},
            tables_after={"orders": []},
        ),
        Example(
            title="It is there",
            input={"name": "people", "columns": [{"name": "mail", "unique": True}]},
            tables={"people": PEOPLE},
            output={"changed": False},
            tables_after={"people": PEOPLE["rows"]},
        ),
        Example(
            title="Another type",
            input={"name": "people", "columns": [{"name": "age", "type": "text"}]},
            tables={"people": PEOPLE},
            error="data_table.other_column",
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        columns = [column.model_dump() for column in input.columns]
        changed = await ctx.data_tables.ensure(input.name, columns, input.description)
        return self.Output(table=input.name, changed=changed)
