"""list.group."""

from __future__ import annotations

from typing import Any

from studio.nodes.list._batches import batches
from studio.nodes.list._keys import Key, freeze
from studio.sdk import BaseNode, Effect, Example, Items, NodeContext, NodeModel, Param


class Group(BaseNode):
    """Put items with the same key together, groups in the order in which they first appear.

    Each group is an object with ``key``, ``items`` and ``count``.
    """

    type = "list.group"
    title = "Group"
    keywords = ("group by", "bucket", "categorize", "classify", "partition")
    effect = Effect.PURE

    class Input(NodeModel):
        items: Items = Param(description="The list")
        by: Key = Param(description="What the items of a group share: an expression, or the name of a field")

    class Output(NodeModel):
        groups: Items

    examples = (
        Example(
            title="By a field",
            input={"items": [{"c": "é", "n": 1}, {"c": "ö", "n": 2}, {"c": "é", "n": 3}], "by": "c"},
            output={
                "groups": [
                    {"key": "é", "items": [{"c": "é", "n": 1}, {"c": "é", "n": 3}], "count": 2},
                    {"key": "ö", "items": [{"c": "ö", "n": 2}], "count": 1},
                ]
            },
        ),
        Example(
            title="By an expression",
            input={"items": [1, 2, 3], "by": "{{ item % 2 == 0 }}"},
            output={
                "groups": [
                    {"key": False, "items": [1, 3], "count": 2},
                    {"key": True, "items": [2], "count": 1},
                ]
            },
        ),
        Example(title="A missing field", input={"items": [{"a": 1}], "by": "b"}, error="list.no_field"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        groups: dict[Any, tuple[Any, list[Any]]] = {}
        async for start, batch in batches(input.items, ctx):
            for index, item in enumerate(batch, start):
                key = input.by(item, index)
                frozen = freeze(key)
                if frozen not in groups:
                    groups[frozen] = (key, [])
                groups[frozen][1].append(item)
        rows = ({"key": key, "items": members, "count": len(members)} for key, members in groups.values())
        return self.Output(groups=await ctx.make_items(rows))
