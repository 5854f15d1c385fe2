"""table.describe."""

# polars' annotations refer to numpy, which is not installed, and are unknown in part.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from studio.nodes.table._frames import compute, open_frame
from studio.nodes.table._model import Tabular
from studio.nodes.table._records import plain
from studio.sdk import BaseNode, Effect, Example, Json, NodeContext, NodeModel, Param, Phrase

if TYPE_CHECKING:
    import polars as pl


class Describe(BaseNode):
    """Describe each column: type, gaps, different values, smallest and largest, mean and quartiles, most frequent."""

    type = "table.describe"
    title = "Describe table"
    keywords = ("profile", "statistics", "summary", "quality", "explore")
    effect = Effect.PURE
    cpu_heavy = True

    class Input(NodeModel):
        table: Tabular = Param(description="The table, or a list of records")
        most_frequent: int = Param(3, ge=0, le=100, description="How many of the most frequent values to list")

    class Output(NodeModel):
        rows: int
        columns: list[Json] = Param(description="One object per column")

    examples = (
        Example(
            input={"table": [{"n": 1, "c": "é"}, {"n": 3, "c": "é"}, {"n": None, "c": "b"}]},
            output={
                "rows": 3,
                "columns": [
                    {
                        "name": "n", "type": "Int64", "nulls": 1, "unique": 2, "min": 1, "max": 3, "mean": 2.0,
                        "median": 2.0,
                    },
                    {"name": "c", "unique": 2, "min": "b", "max": "é", "frequent": [{"value": "é", "count": 2}, {}]},
                ],
            },
        ),
        Example(title="Nothing", input={"table": []}, output={"rows": 0, "columns": []}),
    )  # fmt: skip

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        frame = await open_frame(ctx, input.table)
        columns = await compute(
            _describe, frame, input.most_frequent, action=Phrase("table.action.described", "described")
        )
        return self.Output(rows=frame.height, columns=columns)


def _describe(frame: pl.DataFrame, most_frequent: int) -> list[dict[str, Any]]:
    return [_column(column, most_frequent) for column in frame.get_columns()]


def _column(column: pl.Series, most_frequent: int) -> dict[str, Any]:
    kind = column.dtype
    present = column.drop_nulls()
    facts: dict[str, Any] = {"name": column.name, "type": str(kind), "nulls": column.null_count()}
    if kind.is_nested() or not len(present):
        return facts
    facts["unique"] = present.n_unique()
    facts |= {"min": _first(present.sort().head(1)), "max": _first(present.sort().tail(1))}
    if kind.is_numeric():
        numbers = present.cast(float)
        facts |= {"mean": _number(numbers.mean()), "deviation": _number(numbers.std())}
        facts |= {"q1": _number(numbers.quantile(0.25, "linear")), "median": _number(numbers.median())}
        facts |= {"q3": _number(numbers.quantile(0.75, "linear"))}
    if most_frequent:
        counts = present.alias("value").value_counts(sort=True, name="count").sort(
            ["count", "value"], descending=[True, False]
        )  # fmt: skip
        facts["frequent"] = plain(counts.head(most_frequent)).to_dicts()
    return facts


def _first(values: pl.Series) -> Any:
    return plain(values.alias("value").to_frame()).item()


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
