"""lab.paged."""

from __future__ import annotations

from studio.sdk import BaseNode, Effect, Example, Items, NodeContext, NodeModel


class Paged(BaseNode):
    """Texts of these lengths, as a list of any length."""

    type = "lab.paged"
    effect = Effect.READ

    class Input(NodeModel):
        sizes: list[int]

    class Output(NodeModel):
        items: Items

    examples = (Example(input={"sizes": [1, 2]}, output={"items": ["x", "xx"]}),)

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        return self.Output(items=await ctx.make_items("x" * size for size in input.sizes))
