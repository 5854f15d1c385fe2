"""list.count_by."""

from __future__ import annotations

from typing import Any

from studio.nodes.list._batches import batches
from studio.nodes.list._keys import Key, freeze
from studio.sdk import BaseNode, Effect, Example, Items, NodeContext, NodeModel, Param


class CountBy(BaseNode):
    """Count the items of each key, most frequent first.

    Each row is an object with ``key`` and ``count``; equally frequent keys keep the order of their first appearance.
    """

    type = "list.count_by"
    title = "Count by"
    keywords = ("frequency", "histogram", "tally", "group", "distribution")
    effect = Effect.PURE

    class Input(NodeModel):
        items: Items = Param(description="The list")
        by: Key | None = Param(None, description="What to count: an expression or a field; the items without")

    class Output(NodeModel):
        counts: Items
        total: int

    examples = (
        Example(
            title="Words",
            input={"items": ["да", "нет", "да"]},
            output={"counts": [{"key": "да", "count": 2}, {"key": "нет", "count": 1}], "total": 3},
        ),
        Example(
            title="By a field",
            input={"items": [{"k": None}, {"k": 1}], "by": "k"},
            output={"counts": [{"key": None, "count": 1}, {"key": 1, "count": 1}]},
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        counts: dict[Any, list[Any]] = {}
        async for start, batch in batches(input.items, ctx):
            for index, item in enumerate(batch, start):
                key = item if input.by is None else input.by(item, index)
                counts.setdefault(freeze(key), [key, 0])[1] += 1
        rows = sorted(counts.values(), key=lambda row: -row[1])
        return self.Output(
            counts=await ctx.make_items({"key": key, "count": count} for key, count in rows), total=len(input.items)
        )
