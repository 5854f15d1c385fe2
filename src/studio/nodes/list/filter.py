"""list.filter."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import compress
from typing import Any

from studio.nodes.list._batches import batches
from studio.nodes.list._conditions import verdicts
from studio.sdk import BaseNode, Effect, Example, Items, NodeContext, NodeModel, Param, PerItem


class Filter(BaseNode):
    """Keep the items for which a condition holds, in their order."""

    type = "list.filter"
    title = "Filter"
    keywords = ("where", "select", "keep", "remove", "condition")
    effect = Effect.PURE

    class Input(NodeModel):
        items: Items = Param(description="The list")
        where: PerItem[bool] = Param(description="Condition per item; may use item and index")

    class Output(NodeModel):
        items: Items

    examples = (
        Example(
            title="By a field",
            input={"items": [{"mag": 4.9}, {"mag": 5.2}], "where": "{{ item.mag >= 5 }}"},
            output={"items": [{"mag": 5.2}]},
        ),
        Example(
            title="By position",
            input={"items": ["α", "β", "γ"], "where": "{{ index != 1 }}"},
            output={"items": ["α", "γ"]},
        ),
        Example(title="Nothing in", input={"items": [], "where": "{{ item.x > 1 }}"}, output={"items": []}),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        async def kept() -> AsyncIterator[Any]:
            async for start, batch in batches(input.items, ctx):
                for item in compress(batch, verdicts(input.where, batch, start)):
                    yield item

        return self.Output(items=await ctx.make_items(kept()))
