"""table.add."""

# polars' annotations refer to numpy, which is not installed, and are unknown in part.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import Any

from studio.nodes.table._frames import keep, open_frame
from studio.nodes.table._model import Tabular
from studio.nodes.table._rows import computed
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param, PerItem, Table


class Add(BaseNode):
    """Add computed columns, or replace columns by computed ones."""

    type = "table.add"
    title = "Add columns"
    keywords = ("with", "compute", "derive", "formula", "mutate", "calculate")
    effect = Effect.PURE
    cpu_heavy = True

    class Input(NodeModel):
        table: Tabular = Param(description="The table, or a list of records")
        columns: dict[str, PerItem[Any]] = Param(
            min_length=1, description="Values by column; the row is called item, its position index"
        )

    class Output(NodeModel):
        table: Table
        rows: int

    examples = (
        Example(
            input={
                "table": [{"n": 2, "price": 1.5}, {"n": 3, "price": 2.0}],
                "columns": {"total": "{{ item.n * item.price }}", "currency": "CHF"},
            },
            output={
                "table": {
                    "items": [
                        {"n": 2, "price": 1.5, "total": 3.0, "currency": "CHF"},
                        {"n": 3, "price": 2.0, "total": 6.0, "currency": "CHF"},
                    ]
                }
            },
        ),
        Example(
            title="Row by row",
            input={"table": [{"name": "öl"}], "columns": {"name": "{{ item.name.upper() }}", "row": "{{ index }}"}},
            output={"table": {"items": [{"name": "ÖL", "row": 0}]}},
        ),
        Example(
            title="Two kinds in a column",
            input={"table": [{"n": 1}, {"n": 2}], "columns": {"x": "{{ 'a' if item.n == 1 else 2 }}"}},
            error="table.mixed_column",
        ),
    )  # fmt: skip

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        frame = await computed(await open_frame(ctx, input.table), input.columns)
        return self.Output(table=await keep(ctx, frame), rows=frame.height)
