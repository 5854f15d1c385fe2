"""bench.count."""

from __future__ import annotations

from studio.sdk import BaseNode, Effect, Example, Items, NodeContext, NodeModel


class Count(BaseNode):
    """Whole numbers from 0, as a list of any length."""

    type = "bench.count"
    effect = Effect.READ

    class Input(NodeModel):
        count: int

    class Output(NodeModel):
        items: Items

    examples = (Example(input={"count": 2}, output={"items": [0, 1]}),)

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        return self.Output(items=await ctx.make_items(iter(range(input.count))))
