"""list.compare."""

from __future__ import annotations

from typing import Any

from studio.nodes.list._batches import batches
from studio.nodes.list._keys import Key, freeze
from studio.sdk import BaseNode, Effect, Example, Items, NodeContext, NodeModel, Param, UserError


class Compare(BaseNode):
    """Tell what was added, removed and changed between two lists, by a key.

    ``changed`` holds objects with ``key``, ``before`` and ``after``.
    """

    type = "list.compare"
    title = "Compare lists"
    keywords = ("diff", "compare datasets", "sync", "changes", "delta", "reconcile")
    effect = Effect.PURE

    class Input(NodeModel):
        before: Items = Param(description="The list as it was")
        after: Items = Param(description="The list as it is")
        by: Key = Param(description="What tells items apart, in both lists: an expression or a field")

    class Output(NodeModel):
        added: Items
        removed: Items
        changed: Items
        same: int

    examples = (
        Example(
            title="A price list",
            input={
                "before": [{"id": "thé", "p": 2}, {"id": "eau", "p": 1}],
                "after": [{"id": "thé", "p": 3}, {"id": "jus", "p": 4}],
                "by": "id",
            },
            output={
                "added": [{"id": "jus", "p": 4}],
                "removed": [{"id": "eau", "p": 1}],
                "changed": [{"key": "thé", "before": {"id": "thé", "p": 2}, "after": {"id": "thé", "p": 3}}],
                "same": 0,
            },
        ),
        Example(title="Equal", input={"before": [1], "after": [1.0], "by": "{{ item }}"}, output={"same": 1}),
        Example(title="A key twice", input={"before": [1, 1], "after": [], "by": "{{ item }}"}, error="list.key_twice"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        before = await _by_key("before", input.before, input.by, ctx)
        after = await _by_key("after", input.after, input.by, ctx)
        both = [(key, item, after[frozen][1]) for frozen, (key, item) in before.items() if frozen in after]
        changed = [{"key": key, "before": old, "after": new} for key, old, new in both if freeze(old) != freeze(new)]
        return self.Output(
            added=await ctx.make_items(item for frozen, (_key, item) in after.items() if frozen not in before),
            removed=await ctx.make_items(item for frozen, (_key, item) in before.items() if frozen not in after),
            changed=await ctx.make_items(changed),
            same=len(both) - len(changed),
        )


async def _by_key(side: str, items: Items, by: Key, ctx: NodeContext) -> dict[Any, tuple[Any, Any]]:
    found: dict[Any, tuple[Any, Any]] = {}
    async for start, batch in batches(items, ctx):
        for index, item in enumerate(batch, start):
            key = by(item, index)
            frozen = freeze(key)
            if frozen in found:
                raise UserError(
                    "list.key_twice", "Two items of `{side}` have the key {key}.", side=side, key=repr(key)[:60]
                )
            found[frozen] = (key, item)
    return found
