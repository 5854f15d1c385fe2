"""list.chunk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from studio.nodes.list._batches import batches
from studio.sdk import BaseNode, Effect, Example, Items, NodeContext, NodeModel, Param


class Chunk(BaseNode):
    """Cut a list into pieces of a given size; the last may be shorter."""

    type = "list.chunk"
    title = "Chunk"
    keywords = ("batch", "split", "page", "slice", "partition")
    effect = Effect.PURE

    class Input(NodeModel):
        items: Items = Param(description="The list")
        size: int = Param(ge=1, le=100_000, description="Items per piece")

    class Output(NodeModel):
        chunks: Items

    examples = (
        Example(title="Pairs", input={"items": ["а", "б", "в"], "size": 2}, output={"chunks": [["а", "б"], ["в"]]}),
        Example(title="Nothing to cut", input={"items": [], "size": 5}, output={"chunks": []}),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        async def pieces() -> AsyncIterator[list[Any]]:
            async for _start, batch in batches(input.items, ctx, size=input.size):
                yield batch

        return self.Output(chunks=await ctx.make_items(pieces()))
