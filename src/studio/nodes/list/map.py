"""list.map."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from studio.nodes.list._batches import batches
from studio.sdk import BaseNode, Effect, Example, Items, Json, NodeContext, NodeModel, Param, PerItem


class Map(BaseNode):
    """Turn each item into a value by an expression.

    For more than an expression, such as a request per item, use ``flow.map``.
    """

    type = "list.map"
    title = "Map items"
    keywords = ("transform", "pluck", "each", "select", "project", "convert")
    effect = Effect.PURE

    class Input(NodeModel):
        items: Items = Param(description="The list")
        value: PerItem[Json] = Param(description="What each item becomes; may use item and index")

    class Output(NodeModel):
        items: Items

    examples = (
        Example(
            title="One field",
            input={"items": [{"name": "Ada"}, {"name": "Émilie"}], "value": "{{ item.name }}"},
            output={"items": ["Ada", "Émilie"]},
        ),
        Example(
            title="With its position",
            input={"items": ["a", "b"], "value": "{{ {'n': index + 1, 'v': item} }}"},
            output={"items": [{"n": 1, "v": "a"}, {"n": 2, "v": "b"}]},
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        async def values() -> AsyncIterator[Any]:
            async for start, batch in batches(input.items, ctx):
                for index, item in enumerate(batch, start):
                    yield input.value(item, index)

        return self.Output(items=await ctx.make_items(values()))
