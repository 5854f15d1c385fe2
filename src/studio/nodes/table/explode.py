"""table.explode."""

# polars' annotations refer to numpy, which is not installed, and are unknown in part.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.nodes.table._errors import check_columns
from studio.nodes.table._frames import compute, keep, open_frame
from studio.nodes.table._model import Tabular
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param, Phrase, Table

if TYPE_CHECKING:
    import polars as pl


class Explode(BaseNode):
    """Make one row of each entry of a list column."""

    type = "table.explode"
    title = "Lists to rows"
    keywords = (
        "flatten",
        "unnest",
        "expand",
        "array",
    )
    effect = Effect.PURE
    cpu_heavy = True

    class Input(NodeModel):
        table: Tabular = Param(description="The table, or a list of records")
        column: str = Param(description="The column with lists")

    class Output(NodeModel):
        table: Table
        rows: int

    examples = (
        Example(
            input={"table": [{"id": 1, "tags": ["a", "é"]}, {"id": 2, "tags": []}], "column": "tags"},
            output={
                "table": {"items": [{"id": 1, "tags": "a"}, {"id": 1, "tags": "é"}, {"id": 2, "tags": None}]},
                "rows": 3,
            },
        ),
        Example(title="No lists", input={"table": [{"a": 1}], "column": "a"}, error="table.refused"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        frame = await compute(
            _explode, await open_frame(ctx, input.table), input, action=Phrase("table.action.expanded", "expanded")
        )
        return self.Output(table=await keep(ctx, frame), rows=frame.height)


def _explode(frame: pl.DataFrame, input: Explode.Input) -> pl.DataFrame:
    check_columns([input.column], frame.columns)
    return frame.explode(input.column, empty_as_null=True, keep_nulls=True)
