"""table.filter."""

# polars' annotations refer to numpy, which is not installed, and are unknown in part.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from studio.nodes.table._frames import keep, open_frame
from studio.nodes.table._model import Tabular
from studio.nodes.table._rows import matching
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param, PerItem, Table


class Filter(BaseNode):
    """Keep the rows for which a condition holds.

    Conditions that compare columns run over whole columns at once; any other is evaluated row by row, with the same
    result.
    """

    type = "table.filter"
    title = "Filter rows"
    keywords = ("where", "select", "keep", "condition", "remove")
    effect = Effect.PURE
    cpu_heavy = True

    class Input(NodeModel):
        table: Tabular = Param(description="The table, or a list of records")
        where: PerItem[bool] = Param(description="Condition per row; the row is called item, its position index")

    class Output(NodeModel):
        table: Table
        rows: int

    examples = (
        Example(
            input={
                "table": [{"city": "Zürich", "n": 3}, {"city": "Genève", "n": 7}],
                "where": "{{ item.n > 5 and item.city != 'Bern' }}",
            },
            output={"table": {"items": [{"city": "Genève", "n": 7}]}, "rows": 1},
        ),
        Example(
            title="Any expression",
            input={"table": [{"t": "a b"}, {"t": "c"}], "where": "{{ len(item.t.split(' ')) == 2 }}"},
            output={"rows": 1},
        ),
        Example(
            title="No condition", input={"table": [{"n": 1}], "where": "{{ item.n }}"}, error="table.not_a_condition"
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        frame = await matching(await open_frame(ctx, input.table), input.where)
        return self.Output(table=await keep(ctx, frame), rows=frame.height)
