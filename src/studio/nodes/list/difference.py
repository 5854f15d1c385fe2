"""list.difference."""

from __future__ import annotations

from typing import Any

from studio.nodes.list._batches import batches
from studio.nodes.list._keys import Key, freeze
from studio.sdk import BaseNode, Effect, Example, Items, NodeContext, NodeModel, Param


class Difference(BaseNode):
    """Keep the items of a list that another one lacks, by the whole item or by a key."""

    type = "list.difference"
    title = "Difference"
    keywords = ("subtract", "except", "missing", "without", "anti join", "set")
    effect = Effect.PURE

    class Input(NodeModel):
        items: Items = Param(description="The list")
        other: Items = Param(description="The list to compare with")
        by: Key | None = Param(None, description="What counts, in both lists: an expression or a field")

    class Output(NodeModel):
        items: Items

    examples = (
        Example(title="Words", input={"items": ["é", "b", "é"], "other": ["é"]}, output={"items": ["b"]}),
        Example(
            title="By a field",
            input={"items": [{"id": 1, "x": "a"}, {"id": 2}], "other": [{"id": 1}], "by": "id"},
            output={"items": [{"id": 2}]},
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        known: set[Any] = set()
        async for start, batch in batches(input.other, ctx):
            known.update(freeze(x if input.by is None else input.by(x, i)) for i, x in enumerate(batch, start))
        kept: list[Any] = []
        async for start, batch in batches(input.items, ctx):
            keys = (freeze(x if input.by is None else input.by(x, i)) for i, x in enumerate(batch, start))
            kept += [item for item, key in zip(batch, keys, strict=True) if key not in known]
        return self.Output(items=await ctx.make_items(kept))
