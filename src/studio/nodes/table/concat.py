"""table.concat."""

# polars' annotations refer to numpy, which is not installed, and are unknown in part.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from studio.nodes.table._frames import compute, keep, open_frame
from studio.nodes.table._model import Tabular
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param, Phrase, Table

if TYPE_CHECKING:
    import polars as pl


class Concat(BaseNode):
    """Put tables below one another.

    Columns are matched by name; where a table lacks one, its rows have null there, unless ``strict`` is on.
    """

    type = "table.concat"
    title = "Stack tables"
    keywords = ("append", "union", "combine", "vertical", "merge")
    effect = Effect.PURE
    cpu_heavy = True

    class Input(NodeModel):
        tables: Annotated[list[Tabular], "in order"] = Param(
            min_length=1, description="The tables, or lists of records"
        )
        strict: bool = Param(False, description="All tables must have the same columns of the same types")

    class Output(NodeModel):
        table: Table
        rows: int

    examples = (
        Example(
            input={"tables": [[{"a": 1, "b": "x"}], [{"c": True, "a": 2.5}]]},
            output={"table": {"items": [{"a": 1.0, "b": "x", "c": None}, {"a": 2.5, "b": None, "c": True}]}, "rows": 2},
        ),
        Example(
            title="Columns that differ",
            input={"tables": [[{"a": 1}], [{"ä": 2}]], "strict": True},
            error="table.refused",
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        frames = [await open_frame(ctx, table) for table in input.tables]
        how = "vertical" if input.strict else "diagonal_relaxed"
        frame = await compute(_concat, frames, how, action=Phrase("table.action.stacked", "stacked"))
        return self.Output(table=await keep(ctx, frame), rows=frame.height)


def _concat(frames: list[pl.DataFrame], how: Literal["vertical", "diagonal_relaxed"]) -> pl.DataFrame:
    import polars as pl

    return pl.concat(frames, how=how)
