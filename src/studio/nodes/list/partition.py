"""list.partition."""

from __future__ import annotations

from typing import Any

from studio.nodes.list._batches import batches
from studio.nodes.list._conditions import verdicts
from studio.sdk import BaseNode, Effect, Example, Items, NodeContext, NodeModel, Param, PerItem


class Partition(BaseNode):
    """Split a list in two: items for which a condition holds, and the others."""

    type = "list.partition"
    title = "Partition"
    keywords = ("split", "separate", "divide", "filter", "reject")
    effect = Effect.PURE

    class Input(NodeModel):
        items: Items = Param(description="The list")
        where: PerItem[bool] = Param(description="Condition per item; may use item and index")

    class Output(NodeModel):
        matching: Items
        rest: Items

    examples = (
        Example(
            title="Passed and failed",
            input={"items": [{"é": 12}, {"é": 7}], "where": "{{ item['é'] >= 10 }}"},
            output={"matching": [{"é": 12}], "rest": [{"é": 7}]},
        ),
        Example(
            title="No items",
            input={"items": [], "where": "{{ item > 1 }}"},
            output={"matching": [], "rest": []},
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        sides: dict[bool, list[Any]] = {True: [], False: []}
        async for start, batch in batches(input.items, ctx):
            for item, verdict in zip(batch, verdicts(input.where, batch, start), strict=True):
                sides[verdict].append(item)
        return self.Output(matching=await ctx.make_items(sides[True]), rest=await ctx.make_items(sides[False]))
