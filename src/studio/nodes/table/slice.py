"""table.slice."""

# polars' annotations refer to numpy, which is not installed, and are unknown in part.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.nodes.table._frames import compute, keep, open_frame
from studio.nodes.table._model import Tabular
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param, Phrase, Table

if TYPE_CHECKING:
    import polars as pl


class Slice(BaseNode):
    """Keep some rows from a position on; a negative position counts from the end."""

    type = "table.slice"
    title = "Rows from a position"
    keywords = (
        "offset",
        "limit",
        "tail",
        "last",
        "page",
    )
    effect = Effect.PURE
    cpu_heavy = True

    class Input(NodeModel):
        table: Tabular = Param(description="The table, or a list of records")
        offset: int = Param(0, description="Position of the first row; -10 is the tenth from the end")
        rows: int | None = Param(None, ge=0, description="How many; all that follow where not given")

    class Output(NodeModel):
        table: Table
        rows: int

    examples = (
        Example(
            input={"table": [{"a": 1}, {"a": 2}, {"a": 3}], "offset": 1, "rows": 1},
            output={"table": {"items": [{"a": 2}]}},
        ),
        Example(
            title="The last two",
            input={"table": [{"a": 1}, {"a": 2}, {"a": 3}], "offset": -2},
            output={"table": {"items": [{"a": 2}, {"a": 3}]}},
        ),
        Example(title="Beyond the end", input={"table": [{"a": 1}], "offset": 5}, output={"rows": 0}),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        frame = await compute(
            _slice, await open_frame(ctx, input.table), input, action=Phrase("table.action.cut", "cut")
        )
        return self.Output(table=await keep(ctx, frame), rows=frame.height)


def _slice(frame: pl.DataFrame, input: Slice.Input) -> pl.DataFrame:
    return frame.slice(input.offset, input.rows)
