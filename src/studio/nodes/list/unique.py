"""list.unique."""

from __future__ import annotations

from typing import Any

from studio.nodes.list._batches import batches
from studio.nodes.list._keys import Key, freeze
from studio.sdk import BaseNode, Effect, Example, Items, NodeContext, NodeModel, Param


class Unique(BaseNode):
    """Keep the first of items that are equal, or that share a key."""

    type = "list.unique"
    title = "Unique"
    keywords = ("distinct", "dedupe", "remove duplicates", "deduplicate")
    effect = Effect.PURE

    class Input(NodeModel):
        items: Items = Param(description="The list")
        by: Key | None = Param(None, description="What counts: an expression or a field; the whole item without")

    class Output(NodeModel):
        items: Items
        removed: int

    examples = (
        Example(
            title="Whole items; 1 and 1.0 are equal, true is another value",
            input={"items": [1, 1.0, True, "1", {"a": []}, {"a": []}]},
            output={"items": [1, True, "1", {"a": []}], "removed": 2},
        ),
        Example(
            title="By a key",
            input={"items": [{"mail": "A@x.fr"}, {"mail": "a@x.fr"}], "by": "{{ item.mail.lower() }}"},
            output={"items": [{"mail": "A@x.fr"}], "removed": 1},
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        seen: set[Any] = set()
        kept: list[Any] = []
        async for start, batch in batches(input.items, ctx):
            for index, item in enumerate(batch, start):
                key = freeze(item if input.by is None else input.by(item, index))
                if key not in seen:
                    seen.add(key)
                    kept.append(item)
        return self.Output(items=await ctx.make_items(kept), removed=len(input.items) - len(kept))
