"""table.sort."""

# polars' annotations refer to numpy, which is not installed, and are unknown in part.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.nodes.table._errors import check_columns
from studio.nodes.table._frames import compute, keep, open_frame
from studio.nodes.table._model import Columns, Tabular
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param, Phrase, Table, UserError

if TYPE_CHECKING:
    import polars as pl


class Sort(BaseNode):
    """Sort rows by one or more columns. Rows that are equal keep their order; nulls come last."""

    type = "table.sort"
    title = "Sort rows"
    keywords = (
        "order",
        "ascending",
        "descending",
        "arrange",
    )
    effect = Effect.PURE
    cpu_heavy = True

    class Input(NodeModel):
        table: Tabular = Param(description="The table, or a list of records")
        by: Columns = Param(description="Columns, the most important first")
        descending: bool | list[bool] = Param(
            False, description="From large to small; one for all columns, or one each"
        )

    class Output(NodeModel):
        table: Table
        rows: int

    examples = (
        Example(
            input={"table": [{"n": 2}, {"n": None}, {"n": 3}], "by": "n", "descending": True},
            output={"table": {"items": [{"n": 3}, {"n": 2}, {"n": None}]}},
        ),
        Example(
            title="Two columns",
            input={
                "table": [{"a": "b", "n": 1}, {"a": "á", "n": 2}, {"a": "b", "n": 3}],
                "by": ["a", "n"],
                "descending": [False, True],
            },
            output={"table": {"items": [{"a": "b", "n": 3}, {"a": "b", "n": 1}, {"a": "á", "n": 2}]}},
        ),
        Example(title="No such column", input={"table": [{"n": 1}], "by": "m"}, error="table.unknown_column"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        frame = await compute(
            _sort, await open_frame(ctx, input.table), input, action=Phrase("table.action.sorted", "sorted")
        )
        return self.Output(table=await keep(ctx, frame), rows=frame.height)


def _sort(frame: pl.DataFrame, input: Sort.Input) -> pl.DataFrame:
    check_columns(input.by, frame.columns)
    if isinstance(input.descending, list) and len(input.descending) != len(input.by):
        raise UserError(
            "table.descending_count", "descending has {found} values for {expected} columns.",
            found=len(input.descending), expected=len(input.by),
        )  # fmt: skip
    return frame.sort(input.by, descending=input.descending, nulls_last=True, maintain_order=True)
