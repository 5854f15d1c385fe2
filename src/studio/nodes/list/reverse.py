"""list.reverse."""

from __future__ import annotations

from studio.sdk import BaseNode, Effect, Example, Items, NodeContext, NodeModel, Param


class Reverse(BaseNode):
    """Turn a list round: last item first."""

    type = "list.reverse"
    title = "Reverse"
    keywords = ("invert", "backwards", "flip", "order")
    effect = Effect.PURE

    class Input(NodeModel):
        items: Items = Param(description="The list")

    class Output(NodeModel):
        items: Items

    examples = (
        Example(title="Round", input={"items": ["א", "ב", None]}, output={"items": [None, "ב", "א"]}),
        Example(title="Empty", input={"items": []}, output={"items": []}),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        return self.Output(items=await ctx.make_items(reversed(list(input.items))))
