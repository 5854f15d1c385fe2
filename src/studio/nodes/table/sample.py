"""table.sample."""

# polars' annotations refer to numpy, which is not installed, and are unknown in part.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.nodes.table._frames import compute, keep, open_frame
from studio.nodes.table._model import Tabular
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param, Phrase, Table

if TYPE_CHECKING:
    import polars as pl


class Sample(BaseNode):
    """Draw rows by chance. The same seed draws the same rows of the same table."""

    type = "table.sample"
    title = "Sample rows"
    keywords = (
        "random",
        "draw",
        "shuffle",
        "subset",
    )
    effect = Effect.PURE
    cpu_heavy = True

    class Input(NodeModel):
        table: Tabular = Param(description="The table, or a list of records")
        rows: int = Param(100, ge=0, description="How many; all, where the table has fewer")
        seed: int = Param(0, ge=0, le=2**63 - 1, description="Another seed draws others")
        shuffle: bool = Param(False, description="In random order, instead of the table's")

    class Output(NodeModel):
        table: Table
        rows: int

    examples = (
        Example(input={"table": [{"a": 1}, {"a": 2}, {"a": 3}], "rows": 2}, output={"rows": 2}),
        Example(
            title="Fewer than asked for",
            input={"table": [{"a": "é"}], "rows": 5},
            output={"table": {"items": [{"a": "é"}]}, "rows": 1},
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        frame = await compute(
            _sample, await open_frame(ctx, input.table), input, action=Phrase("table.action.sampled", "sampled")
        )
        return self.Output(table=await keep(ctx, frame), rows=frame.height)


def _sample(frame: pl.DataFrame, input: Sample.Input) -> pl.DataFrame:
    import polars as pl

    count = min(input.rows, frame.height)
    chosen = pl.int_range(frame.height, eager=True).sample(count, shuffle=input.shuffle, seed=input.seed)
    return frame[chosen if input.shuffle else chosen.sort()]
