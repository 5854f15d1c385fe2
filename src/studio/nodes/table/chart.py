"""table.chart."""

# polars' annotations refer to numpy, which is not installed, and are unknown in part.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from studio.nodes.table._chart import LARGEST, Series, draw
from studio.nodes.table._errors import check_columns
from studio.nodes.table._frames import compute, open_frame
from studio.nodes.table._model import Columns, Tabular
from studio.nodes.table._records import records
from studio.sdk import BaseNode, Effect, Example, File, NodeContext, NodeModel, Param, Phrase, UserError

if TYPE_CHECKING:
    import polars as pl


class Chart(BaseNode):
    """Draw a bar or line chart of a table as an SVG file."""

    type = "table.chart"
    title = "Chart"
    keywords = ("plot", "graph", "bar", "line", "svg", "diagram", "visualise")
    effect = Effect.PURE
    cpu_heavy = True

    class Input(NodeModel):
        table: Tabular = Param(description="The table, or a list of records")
        x: str = Param(description="Column for the labels along the bottom")
        y: Columns = Param(description="Columns with the values, one series each")
        kind: Literal["bar", "line"] = Param("bar", description="How to draw the values")
        title: str = Param("", max_length=200, description="Heading")
        width: int = Param(800, ge=200, le=4000, description="Width in pixels")
        height: int = Param(400, ge=150, le=4000, description="Height in pixels")
        name: str = Param("chart.svg", max_length=100, description="Name of the file")

    class Output(NodeModel):
        file: File

    examples = (
        Example(
            input={"table": [{"m": "jan", "n": 3}, {"m": "fév", "n": 5}], "x": "m", "y": "n", "title": "Sales <b>"},
            output={"file": {"name": "chart.svg", "media_type": "image/svg+xml"}},
        ),
        Example(
            title="Lines",
            input={
                "table": [{"d": "a", "x": 1, "y": -2.5}, {"d": "b", "x": None, "y": 4}], "x": "d", "y": ["x", "y"],
                "kind": "line",
            },
            output={"file": {"media_type": "image/svg+xml"}},
        ),
        Example(title="Not numbers", input={"table": [{"a": "x"}], "x": "a", "y": "a"}, error="table.not_numbers"),
    )  # fmt: skip

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        frame = await open_frame(ctx, input.table)
        svg = await compute(_draw, frame, input, action=Phrase("table.action.drawn", "drawn"))
        return self.Output(file=await ctx.make_file(svg.encode(), input.name, "image/svg+xml"))


def _draw(frame: pl.DataFrame, input: Chart.Input) -> str:
    check_columns([input.x, *input.y], frame.columns)
    if frame.height > 5000:
        raise UserError(
            "table.too_many_points",
            "A chart shows at most {limit} rows; the table has {found}.",
            limit=5000,
            found=frame.height,
        )
    for name in input.y:
        if not (frame.schema[name].is_numeric() or _empty(frame, name)):
            raise UserError(
                "table.not_numbers",
                "Column {column} holds {kind}, not numbers.",
                column=name,
                kind=str(frame.schema[name]),
            )
    shown = list(records(frame.select(sorted({input.x, *input.y}))))
    labels: list[str] = ["" if row[input.x] is None else str(row[input.x]) for row in shown]
    series = [Series(name, [_number(row[name]) for row in shown]) for name in input.y]
    if any(value is not None and abs(value) > LARGEST for one in series for value in one.values):
        raise UserError("table.cannot_draw", "A number is too large to be drawn.")
    return draw(input.kind, labels, series, title=input.title, width=input.width, height=input.height)


def _empty(frame: pl.DataFrame, name: str) -> bool:
    return frame.get_column(name).null_count() == frame.height


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
