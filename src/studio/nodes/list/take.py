"""list.take."""

from __future__ import annotations

from typing import Literal

from studio.sdk import BaseNode, Effect, Example, Items, NodeContext, NodeModel, Param


class Take(BaseNode):
    """Keep at most so many items, from the start or from the end."""

    type = "list.take"
    title = "Limit"
    keywords = ("limit", "top", "head", "tail", "max items")
    effect = Effect.PURE

    class Input(NodeModel):
        items: Items = Param(description="The list")
        count: int = Param(ge=0, le=2**53, description="How many to keep at most")
        from_: Literal["start", "end"] = Param("start", alias="from", description="Which end to keep")

    class Output(NodeModel):
        items: Items

    examples = (
        Example(title="The first two", input={"items": ["α", "β", "γ"], "count": 2}, output={"items": ["α", "β"]}),
        Example(title="The last", input={"items": [1, 2], "count": 1, "from": "end"}, output={"items": [2]}),
        Example(title="Fewer than asked for", input={"items": [1], "count": 9}, output={"items": [1]}),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        length = len(input.items)
        start = 0 if input.from_ == "start" else max(0, length - input.count)
        kept = input.items if input.count >= length else input.items[start : start + input.count]
        return self.Output(items=await ctx.make_items(kept))
