"""list.slice."""

from __future__ import annotations

from studio.sdk import BaseNode, Effect, Example, Items, NodeContext, NodeModel, Param


class Slice(BaseNode):
    """Cut a part out of a list, by positions from 0. Negative ones count from the end."""

    type = "list.slice"
    title = "Slice"
    keywords = ("part", "range", "offset", "skip", "page", "subset")
    effect = Effect.PURE

    class Input(NodeModel):
        items: Items = Param(description="The list")
        start: int = Param(0, ge=-(2**53), le=2**53, description="Position of the first item kept")
        stop: int | None = Param(None, ge=-(2**53), le=2**53, description="Position after the last item kept")

    class Output(NodeModel):
        items: Items

    examples = (
        Example(title="From the second", input={"items": ["è", "é", "ê"], "start": 1}, output={"items": ["é", "ê"]}),
        Example(
            title="Without the ends", input={"items": [1, 2, 3, 4], "start": 1, "stop": -1}, output={"items": [2, 3]}
        ),
        Example(title="Beyond the end", input={"items": [1], "start": 5}, output={"items": []}),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        return self.Output(items=await ctx.make_items(input.items[input.start : input.stop]))
