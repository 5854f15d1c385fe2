"""list.concat."""

from __future__ import annotations

from itertools import chain

from studio.sdk import BaseNode, Effect, Example, Items, NodeContext, NodeModel, Param


class Concat(BaseNode):
    """Put lists one after the other into one. Null, as a branch not taken gives it, counts as empty."""

    type = "list.concat"
    title = "Concatenate"
    keywords = ("append", "union", "combine", "merge lists", "add")
    effect = Effect.PURE

    class Input(NodeModel):
        lists: list[Items | None] = Param(max_length=1000, description="The lists")

    class Output(NodeModel):
        items: Items

    examples = (
        Example(title="Two lists", input={"lists": [["é"], [1, 2]]}, output={"items": ["é", 1, 2]}),
        Example(title="A branch not taken", input={"lists": [None, [1]]}, output={"items": [1]}),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        return self.Output(items=await ctx.make_items(chain.from_iterable(part for part in input.lists if part)))
