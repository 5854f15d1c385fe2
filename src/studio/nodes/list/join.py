"""list.join."""

from __future__ import annotations

from typing import Literal

from studio.nodes.list._batches import batches
from studio.nodes.list._join import Joiner, common_field, objects
from studio.nodes.list._keys import Key
from studio.sdk import BaseNode, Effect, Example, Items, NodeContext, NodeModel, Param


class Join(BaseNode):
    """Combine the objects of two lists that share a key.

    Each match gives one object with the fields of both. Fields of the right list whose names the left one uses get
    ``suffix``, but not the key where both call it the same. Fields of an absent partner are null; null keys match
    nothing.
    """

    type = "list.join"
    title = "Join"
    keywords = ("merge by key", "lookup", "combine", "vlookup", "match", "left join", "enrich")
    effect = Effect.PURE

    class Input(NodeModel):
        left: Items = Param(description="Objects")
        right: Items = Param(description="Objects to be found by key")
        left_key: Key = Param(description="Key of the left objects: an expression or a field")
        right_key: Key = Param(description="Key of the right objects: an expression or a field")
        how: Literal["inner", "left", "outer"] = Param(
            "inner", description="Matches only; every left object; or every object of both"
        )
        suffix: str = Param("_right", min_length=1, max_length=40, description="Added to right names that clash")

    class Output(NodeModel):
        items: Items

    examples = (
        Example(
            title="Matches only",
            input={
                "left": [{"id": 1, "city": "Köln"}, {"id": 2, "city": "Nîmes"}],
                "right": [{"id": 2, "pop": 148}],
                "left_key": "id",
                "right_key": "id",
            },
            output={"items": [{"id": 2, "city": "Nîmes", "pop": 148}]},
        ),
        Example(
            title="Every object of both",
            input={
                "left": [{"id": 1, "n": "a"}],
                "right": [{"ref": 2, "n": "b"}],
                "left_key": "{{ item.id }}",
                "right_key": "{{ item.ref }}",
                "how": "outer",
            },
            output={
                "items": [
                    {"id": 1, "n": "a", "ref": None, "n_right": None},
                    {"id": None, "n": None, "ref": 2, "n_right": "b"},
                ]
            },
        ),
        Example(
            title="No objects",
            input={"left": [1], "right": [], "left_key": "id", "right_key": "id"},
            error="list.not_an_object",
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        joiner = Joiner(common_field(input.left_key.source, input.right_key.source), input.suffix)
        async for start, batch in batches(input.right, ctx):
            rows = objects("right", batch, start)
            joiner.add_right(rows, [input.right_key(row, index) for index, row in enumerate(rows, start)])
        async for start, batch in batches(input.left, ctx):
            rows = objects("left", batch, start)
            joiner.add_left(rows, [input.left_key(row, index) for index, row in enumerate(rows, start)])
        joined = joiner.rows(loose_left=input.how != "inner", loose_right=input.how == "outer")
        return self.Output(items=await ctx.make_items(joined))
