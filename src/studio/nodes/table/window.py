"""table.window."""

# polars' annotations refer to numpy, which is not installed, and are unknown in part.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.nodes.table._errors import check_columns
from studio.nodes.table._frames import compute, keep, open_frame
from studio.nodes.table._model import Columns, Tabular
from studio.nodes.table._window import WindowSpec
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param, Phrase, Table

if TYPE_CHECKING:
    import polars as pl


class Window(BaseNode):
    """Add running sums, ranks, shifts and moving averages, within groups if wanted."""

    type = "table.window"
    title = "Running values"
    keywords = (
        "rank",
        "cumulative",
        "running",
        "lag",
        "lead",
        "rolling",
        "moving",
        "over",
    )
    effect = Effect.PURE
    cpu_heavy = True

    class Input(NodeModel):
        table: Tabular = Param(description="The table, or a list of records")
        columns: dict[str, WindowSpec] = Param(
            min_length=1, description="What to compute, by the name of the new column"
        )
        by: Columns = Param(default_factory=list, description="Columns whose equal values make a group of their own")
        order_by: Columns = Param(default_factory=list, description="Order within a group; the table's where not given")

    class Output(NodeModel):
        table: Table
        rows: int

    examples = (
        Example(
            input={
                "table": [{"c": "é", "n": 1}, {"c": "b", "n": 5}, {"c": "é", "n": 2}],
                "columns": {
                    "running": {"function": "sum", "column": "n"},
                    "before": {"function": "shift", "column": "n"},
                },
                "by": "c",
            },
            output={
                "table": {
                    "items": [
                        {"c": "é", "n": 1, "running": 1, "before": None},
                        {"c": "b", "n": 5, "running": 5, "before": None},
                        {"c": "é", "n": 2, "running": 3, "before": 1},
                    ]
                }
            },
        ),
        Example(
            title="Moving average",
            input={
                "table": [{"n": 1}, {"n": 3}, {"n": 5}],
                "columns": {"m": {"function": "mean", "column": "n", "size": 2}},
            },
            output={"table": {"items": [{"n": 1, "m": 1.0}, {"n": 3, "m": 2.0}, {"n": 5, "m": 4.0}]}},
        ),
        Example(
            title="No such column",
            input={"table": [{"n": 1}], "columns": {"m": {"function": "rank", "column": "x"}}},
            error="table.unknown_column",
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        frame = await compute(
            _window, await open_frame(ctx, input.table), input, action=Phrase("table.action.computed", "computed")
        )
        return self.Output(table=await keep(ctx, frame), rows=frame.height)


def _window(frame: pl.DataFrame, input: Window.Input) -> pl.DataFrame:
    used = [spec.column for spec in input.columns.values()]
    check_columns([*used, *input.by, *input.order_by], frame.columns)
    return frame.with_columns(
        [spec.expression(input.by, input.order_by).alias(name) for name, spec in input.columns.items()]
    )
