"""table.head."""

# polars' annotations refer to numpy, which is not installed, and are unknown in part.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.nodes.table._frames import compute, keep, open_frame
from studio.nodes.table._model import Tabular
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param, Phrase, Table

if TYPE_CHECKING:
    import polars as pl


class Head(BaseNode):
    """Keep the first rows."""

    type = "table.head"
    title = "First rows"
    keywords = (
        "top",
        "limit",
        "first",
        "take",
    )
    effect = Effect.PURE
    cpu_heavy = True

    class Input(NodeModel):
        table: Tabular = Param(description="The table, or a list of records")
        rows: int = Param(10, ge=0, description="How many")

    class Output(NodeModel):
        table: Table
        rows: int

    examples = (
        Example(
            input={"table": [{"a": "é"}, {"a": "b"}, {"a": "c"}], "rows": 2},
            output={"table": {"items": [{"a": "é"}, {"a": "b"}]}, "rows": 2},
        ),
        Example(title="More than there are", input={"table": [{"a": 1}]}, output={"rows": 1}),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        frame = await compute(
            _head, await open_frame(ctx, input.table), input, action=Phrase("table.action.cut", "cut")
        )
        return self.Output(table=await keep(ctx, frame), rows=frame.height)


def _head(frame: pl.DataFrame, input: Head.Input) -> pl.DataFrame:
    return frame.head(input.rows)
