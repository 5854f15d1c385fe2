"""list.first."""

from __future__ import annotations

from studio.nodes.list._batches import batches
from studio.nodes.list._conditions import verdicts
from studio.sdk import BaseNode, Effect, Example, Items, Json, NodeContext, NodeModel, Param, PerItem


class First(BaseNode):
    """Find the first item, or the first for which a condition holds."""

    type = "list.first"
    title = "First item"
    keywords = ("find", "head", "top", "search", "single")
    effect = Effect.PURE

    class Input(NodeModel):
        items: Items = Param(description="The list")
        where: PerItem[bool] | None = Param(None, description="Condition per item; any item without")

    class Output(NodeModel):
        item: Json
        index: int | None

    examples = (
        Example(title="The first", input={"items": ["ž", "a"]}, output={"item": "ž", "index": 0}),
        Example(
            title="The first that fits",
            input={"items": [3, 8, 9], "where": "{{ item > 5 }}"},
            output={"item": 8, "index": 1},
        ),
        Example(title="There is none", input={"items": []}, output={"item": None, "index": None}),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        async for start, batch in batches(input.items, ctx):
            if input.where is None:
                return self.Output(item=batch[0], index=start)
            for index, item in enumerate(batch, start):
                if verdicts(input.where, [item], index)[0]:
                    return self.Output(item=item, index=index)
        return self.Output(item=None, index=None)
