"""table.pivot."""

# polars' annotations refer to numpy, which is not installed, and are unknown in part.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from studio.nodes.table._errors import check_columns
from studio.nodes.table._frames import compute, keep, open_frame
from studio.nodes.table._model import Columns, Tabular
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param, Phrase, Table, UserError

if TYPE_CHECKING:
    import polars as pl


class Pivot(BaseNode):
    """Turn the values of one column into columns."""

    type = "table.pivot"
    title = "Rows to columns"
    keywords = (
        "wide",
        "crosstab",
        "reshape",
        "spread",
    )
    effect = Effect.PURE
    cpu_heavy = True

    class Input(NodeModel):
        table: Tabular = Param(description="The table, or a list of records")
        on: str = Param(description="Column whose values become columns")
        rows_by: Columns = Param(description="Columns that name the rows")
        values: str = Param(description="Column with the values")
        aggregate: Literal["first", "last", "sum", "mean", "min", "max", "count", "median"] = Param(
            "first", description="What to do where several values meet"
        )
        most_columns: int = Param(1000, ge=1, le=10_000, description="Most columns made; more are an error")

    class Output(NodeModel):
        table: Table
        rows: int

    examples = (
        Example(
            input={
                "table": [
                    {"c": "Köln", "m": "jan", "n": 1},
                    {"c": "Köln", "m": "feb", "n": 2},
                    {"c": "Bonn", "m": "jan", "n": 3},
                ],
                "on": "m",
                "rows_by": "c",
                "values": "n",
            },
            output={"table": {"items": [{"c": "Köln", "jan": 1, "feb": 2}, {"c": "Bonn", "jan": 3, "feb": None}]}},
        ),
        Example(
            title="Too many columns",
            input={
                "table": [{"r": 1, "k": "a", "v": 1}, {"r": 1, "k": "b", "v": 1}],
                "on": "k",
                "rows_by": "r",
                "values": "v",
                "most_columns": 1,
            },
            error="table.too_many_columns",
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        frame = await compute(
            _pivot, await open_frame(ctx, input.table), input, action=Phrase("table.action.reshaped", "reshaped")
        )
        return self.Output(table=await keep(ctx, frame), rows=frame.height)


def _pivot(frame: pl.DataFrame, input: Pivot.Input) -> pl.DataFrame:
    check_columns([input.on, *input.rows_by, input.values], frame.columns)
    if frame.get_column(input.on).n_unique() > input.most_columns:
        raise UserError(
            "table.too_many_columns", "Column {column} has more than {limit} different values.",
            column=input.on, limit=input.most_columns,
        )  # fmt: skip
    how = "len" if input.aggregate == "count" else input.aggregate
    return frame.pivot(input.on, index=input.rows_by, values=input.values, aggregate_function=how)
