"""list.flatten."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any, cast

from studio.nodes.list._batches import BATCH
from studio.sdk import BaseNode, Effect, Example, Items, ItemsBase, NodeContext, NodeModel, Param, UserError

_MOST = 10_000_000


class Flatten(BaseNode):
    """Put the items of lists within a list into one list."""

    type = "list.flatten"
    title = "Flatten"
    keywords = ("unnest", "concat", "merge lists", "nested")
    effect = Effect.PURE

    class Input(NodeModel):
        items: Items = Param(description="A list with lists in it; other items are kept")
        depth: int = Param(1, ge=1, le=100, description="How many levels to open")

    class Output(NodeModel):
        items: Items

    examples = (
        Example(title="One level", input={"items": [[1, [2]], [], 3]}, output={"items": [1, [2], 3]}),
        Example(title="All levels", input={"items": [["å", [["ä"]]]], "depth": 9}, output={"items": ["å", "ä"]}),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        async def flat() -> AsyncIterator[Any]:
            stack: list[Iterator[Any]] = [iter(input.items)]
            steps = 0
            while stack:
                for item in stack[-1]:
                    steps += 1
                    if steps % BATCH == 0:
                        await ctx.check_cancelled()
                    if steps > _MOST:
                        raise UserError(
                            "list.flatten_too_large", "There are more than {limit} items to flatten.", limit=_MOST
                        )
                    if isinstance(item, list | ItemsBase) and len(stack) <= input.depth:
                        stack.append(iter(cast("list[Any]", item)))
                        break
                    yield item
                else:
                    stack.pop()

        return self.Output(items=await ctx.make_items(flat()))
