"""table.unique."""

# polars' annotations refer to numpy, which is not installed, and are unknown in part.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from studio.nodes.table._errors import check_columns
from studio.nodes.table._frames import compute, keep, open_frame
from studio.nodes.table._model import Columns, Tabular
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param, Phrase, Table

if TYPE_CHECKING:
    import polars as pl


class Unique(BaseNode):
    """Keep one row of those that are equal in some columns, or in all."""

    type = "table.unique"
    title = "Remove duplicates"
    keywords = (
        "distinct",
        "deduplicate",
        "dedupe",
        "duplicates",
    )
    effect = Effect.PURE
    cpu_heavy = True

    class Input(NodeModel):
        table: Tabular = Param(description="The table, or a list of records")
        by: Columns | None = Param(None, description="Columns to compare; all where not given")
        keep: Literal["first", "last", "none"] = Param(
            "first", description="Which of the equal rows; none drops all that occur twice"
        )

    class Output(NodeModel):
        table: Table
        rows: int

    examples = (
        Example(
            input={"table": [{"a": 1, "b": "x"}, {"a": 1, "b": "ý"}, {"a": 2, "b": "z"}], "by": "a"},
            output={"table": {"items": [{"a": 1, "b": "x"}, {"a": 2, "b": "z"}]}, "rows": 2},
        ),
        Example(
            title="None of them",
            input={"table": [{"a": 1}, {"a": 1}, {"a": 2}], "keep": "none"},
            output={"table": {"items": [{"a": 2}]}},
        ),
        Example(title="No such column", input={"table": [{"a": 1}], "by": "b"}, error="table.unknown_column"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        frame = await compute(
            _unique,
            await open_frame(ctx, input.table),
            input,
            action=Phrase("table.action.deduplicated", "deduplicated"),
        )
        return self.Output(table=await keep(ctx, frame), rows=frame.height)


def _unique(frame: pl.DataFrame, input: Unique.Input) -> pl.DataFrame:
    check_columns(input.by or [], frame.columns)
    return frame.unique(subset=input.by, keep=input.keep, maintain_order=True)
