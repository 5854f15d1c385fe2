"""table.unpivot."""

# polars' annotations refer to numpy, which is not installed, and are unknown in part.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.nodes.table._errors import check_columns
from studio.nodes.table._frames import compute, keep, open_frame
from studio.nodes.table._model import Columns, Tabular
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param, Phrase, Table

if TYPE_CHECKING:
    import polars as pl


class Unpivot(BaseNode):
    """Turn columns into rows: one row per value, with the column's name beside it."""

    type = "table.unpivot"
    title = "Columns to rows"
    keywords = (
        "melt",
        "long",
        "stack",
        "reshape",
    )
    effect = Effect.PURE
    cpu_heavy = True

    class Input(NodeModel):
        table: Tabular = Param(description="The table, or a list of records")
        columns: Columns | None = Param(None, description="Columns to turn; all but the kept ones where not given")
        keep: Columns = Param(default_factory=list, description="Columns that stay beside each value")
        name: str = Param("name", description="Column for the names")
        value: str = Param("value", description="Column for the values")

    class Output(NodeModel):
        table: Table
        rows: int

    examples = (
        Example(
            input={"table": [{"city": "Köln", "jan": 1, "feb": 2}], "keep": "city", "name": "month"},
            output={
                "table": {
                    "items": [
                        {"city": "Köln", "month": "jan", "value": 1},
                        {"city": "Köln", "month": "feb", "value": 2},
                    ]
                },
                "rows": 2,
            },
        ),
        Example(title="No such column", input={"table": [{"a": 1}], "columns": ["b"]}, error="table.unknown_column"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        frame = await compute(
            _unpivot, await open_frame(ctx, input.table), input, action=Phrase("table.action.reshaped", "reshaped")
        )
        return self.Output(table=await keep(ctx, frame), rows=frame.height)


def _unpivot(frame: pl.DataFrame, input: Unpivot.Input) -> pl.DataFrame:
    check_columns([*(input.columns or []), *input.keep], frame.columns)
    return frame.unpivot(input.columns, index=input.keep or None, variable_name=input.name, value_name=input.value)
