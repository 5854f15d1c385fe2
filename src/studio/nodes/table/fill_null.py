"""table.fill_null."""

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


class FillNull(BaseNode):
    """Put values where there are none."""

    type = "table.fill_null"
    title = "Fill gaps"
    keywords = (
        "null",
        "missing",
        "default",
        "na",
        "empty",
    )
    effect = Effect.PURE
    cpu_heavy = True

    class Input(NodeModel):
        table: Tabular = Param(description="The table, or a list of records")
        values: dict[str, str | bool | int | float] = Param(default_factory=dict, description="Values by column")
        strategy: Literal["forward", "backward", "mean", "min", "max", "zero"] | None = Param(
            None, description="For the columns without a value: the row before, the row after, ..."
        )
        columns: Columns | None = Param(None, description="Columns the strategy is for; all where not given")

    class Output(NodeModel):
        table: Table
        rows: int

    examples = (
        Example(
            input={"table": [{"a": 1, "b": None}, {"a": None, "b": "é"}], "values": {"a": 0, "b": "?"}},
            output={"table": {"items": [{"a": 1, "b": "?"}, {"a": 0, "b": "é"}]}},
        ),
        Example(
            title="The row before",
            input={"table": [{"a": 1}, {"a": None}, {"a": 3}], "strategy": "forward"},
            output={"table": {"items": [{"a": 1}, {"a": 1}, {"a": 3}]}},
        ),
        Example(
            title="A value of another kind", input={"table": [{"a": 1}], "values": {"a": "x"}}, error="table.refused"
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        frame = await compute(
            _fill_null, await open_frame(ctx, input.table), input, action=Phrase("table.action.filled", "filled")
        )
        return self.Output(table=await keep(ctx, frame), rows=frame.height)


def _fill_null(frame: pl.DataFrame, input: FillNull.Input) -> pl.DataFrame:
    import polars as pl

    check_columns([*input.values, *(input.columns or [])], frame.columns)
    made = [
        pl.col(name).fill_null(pl.lit(value).cast(_type(frame, name, value))) for name, value in input.values.items()
    ]
    if input.strategy is not None:
        rest = [name for name in input.columns or frame.columns if name not in input.values]
        if input.strategy == "mean":
            rest = [name for name in rest if frame.schema[name].is_numeric()]
        made += [pl.col(name).fill_null(strategy=input.strategy) for name in rest]
    return frame.with_columns(made)


def _type(frame: pl.DataFrame, name: str, value: object) -> pl.DataType:
    """The column's type; that of the value where the column has nothing but nulls, or the value is a fraction."""
    import polars as pl

    found = frame.schema[name]
    if found == pl.Null:
        return pl.Series([value]).dtype
    return pl.Float64() if isinstance(value, float) and found.is_integer() else found
