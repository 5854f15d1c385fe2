"""table.group."""

# polars' annotations refer to numpy, which is not installed, and are unknown in part.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.nodes.table._aggregates import Aggregates, columns_used, expressions
from studio.nodes.table._errors import check_columns
from studio.nodes.table._frames import compute, keep, open_frame
from studio.nodes.table._model import Columns, Tabular
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param, Phrase, Table

if TYPE_CHECKING:
    import polars as pl


class Group(BaseNode):
    """Put rows with equal values together and compute sums, counts and the like for each group.

    Groups stand in the order of their first rows.
    """

    type = "table.group"
    title = "Group and aggregate"
    keywords = (
        "aggregate",
        "sum",
        "count",
        "mean",
        "summarise",
        "by",
    )
    effect = Effect.PURE
    cpu_heavy = True

    class Input(NodeModel):
        table: Tabular = Param(description="The table, or a list of records")
        by: Columns = Param(description="Columns whose equal values make a group")
        aggregates: Aggregates = Param(
            default_factory=dict,
            description='What to compute, by the name of the new column, such as "sum(price)" or "count()"',
        )

    class Output(NodeModel):
        table: Table
        rows: int

    examples = (
        Example(
            input={
                "table": [{"c": "é", "n": 1}, {"c": "b", "n": 5}, {"c": "é", "n": 2}],
                "by": "c",
                "aggregates": {"total": "sum(n)", "rows": "count()"},
            },
            output={
                "table": {"items": [{"c": "é", "total": 3, "rows": 2}, {"c": "b", "total": 5, "rows": 1}]},
                "rows": 2,
            },
        ),
        Example(
            title="Written out",
            input={
                "table": [{"c": 1, "n": None}, {"c": 1, "n": 4}],
                "by": ["c"],
                "aggregates": {"m": {"function": "mean", "column": "n"}, "gaps": "nulls(n)"},
            },
            output={"table": {"items": [{"c": 1, "m": 4.0, "gaps": 1}]}},
        ),
        Example(
            title="No such column",
            input={"table": [{"c": 1}], "by": "c", "aggregates": {"s": "sum(n)"}},
            error="table.unknown_column",
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        frame = await compute(
            _group, await open_frame(ctx, input.table), input, action=Phrase("table.action.grouped", "grouped")
        )
        return self.Output(table=await keep(ctx, frame), rows=frame.height)


def _group(frame: pl.DataFrame, input: Group.Input) -> pl.DataFrame:
    check_columns([*input.by, *columns_used(input.aggregates)], frame.columns)
    grouped = frame.lazy().group_by(input.by, maintain_order=True)
    return grouped.agg(expressions(input.aggregates)).collect()
