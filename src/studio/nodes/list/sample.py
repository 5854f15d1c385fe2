"""list.sample."""

from __future__ import annotations

import random

from studio.nodes.list._batches import batches
from studio.sdk import BaseNode, Effect, Example, Items, NodeContext, NodeModel, Param


class Sample(BaseNode):
    """Draw items at random, in their order; the same seed draws the same positions."""

    type = "list.sample"
    title = "Sample"
    keywords = ("random", "pick", "draw", "subset", "shuffle")
    effect = Effect.PURE

    class Input(NodeModel):
        items: Items = Param(description="The list")
        count: int = Param(ge=0, le=1_000_000, description="How many to draw; all where there are fewer")
        seed: int | str = Param(0, description="Another seed draws others")

    class Output(NodeModel):
        items: Items

    examples = (
        Example(title="All of a short list", input={"items": ["ü", "ö"], "count": 5}, output={"items": ["ü", "ö"]}),
        Example(title="Always the same", input={"items": [0, 1, 2, 3, 4, 5], "count": 2}, output={"items": [2, 3]}),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        length = len(input.items)
        generator = random.Random(f"{type(input.seed).__name__}:{input.seed}")  # noqa: S311 # a sample, no secret
        drawn = set(generator.sample(range(length), min(input.count, length)))
        kept: list[object] = []
        async for start, batch in batches(input.items, ctx):
            kept += [item for place, item in enumerate(batch, start) if place in drawn]
        return self.Output(items=await ctx.make_items(kept))
