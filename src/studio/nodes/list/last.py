"""list.last."""

from __future__ import annotations

from typing import Any

from studio.nodes.list._batches import batches
from studio.nodes.list._conditions import verdicts
from studio.sdk import BaseNode, Effect, Example, Items, Json, NodeContext, NodeModel, Param, PerItem


class Last(BaseNode):
    """Find the last item, or the last for which a condition holds."""

    type = "list.last"
    title = "Last item"
    keywords = ("find", "tail", "end", "newest", "latest")
    effect = Effect.PURE

    class Input(NodeModel):
        items: Items = Param(description="The list")
        where: PerItem[bool] | None = Param(None, description="Condition per item; any item without")

    class Output(NodeModel):
        item: Json
        index: int | None

    examples = (
        Example(title="The last", input={"items": ["a", "ž"]}, output={"item": "ž", "index": 1}),
        Example(
            title="The last that fits",
            input={"items": [3, 8, 9, 1], "where": "{{ item > 5 }}"},
            output={"item": 9, "index": 2},
        ),
        Example(title="There is none", input={"items": []}, output={"item": None, "index": None}),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        item: Any = None
        index: int | None = None
        if input.where is None:
            count = len(input.items)
            return self.Output(item=input.items[-1] if count else None, index=count - 1 if count else None)
        async for start, batch in batches(input.items, ctx):
            found = verdicts(input.where, batch, start)
            if True in found:
                place = len(found) - 1 - found[::-1].index(True)
                item, index = batch[place], start + place
        return self.Output(item=item, index=index)
