"""list.sort."""

from __future__ import annotations

from typing import Any, Literal

from studio.nodes.list._batches import batches
from studio.nodes.list._keys import Key
from studio.nodes.list._order import sorted_positions
from studio.sdk import BaseNode, Effect, Example, Items, NodeContext, NodeModel, Param


class Sort(BaseNode):
    """Put a list in order.

    Where ``by`` gives a list, its first part counts most. Equal items keep their order. Texts are compared by code
    point, or without regard to case.
    """

    type = "list.sort"
    title = "Sort"
    keywords = ("order", "rank", "arrange", "ascending", "descending")
    effect = Effect.PURE

    class Input(NodeModel):
        items: Items = Param(description="The list")
        by: Key = Param(description="What to sort by: an expression, the name of a field, or a list of such")
        descending: bool | list[bool] = Param(False, description="Largest first; a list says it for each part of `by`")
        ignore_case: bool = Param(False, description="Take capitals and small letters as equal")
        nulls: Literal["first", "last"] = Param("last", description="Where items without a key go")

    class Output(NodeModel):
        items: Items

    examples = (
        Example(
            title="By a field, largest first",
            input={"items": [{"n": 2}, {"n": None}, {"n": 10}], "by": "n", "descending": True},
            output={"items": [{"n": 10}, {"n": 2}, {"n": None}]},
        ),
        Example(
            title="By two things",
            input={
                "items": [{"c": "fr", "n": 1}, {"c": "de", "n": 2}, {"c": "fr", "n": 3}],
                "by": "{{ [item.c, item.n] }}",
                "descending": [False, True],
            },
            output={"items": [{"c": "de", "n": 2}, {"c": "fr", "n": 3}, {"c": "fr", "n": 1}]},
        ),
        Example(
            title="By several fields",
            input={"items": [{"c": "b", "n": 1}, {"c": "a", "n": 2}, {"c": "a", "n": 1}], "by": ["c", "n"]},
            output={"items": [{"c": "a", "n": 1}, {"c": "a", "n": 2}, {"c": "b", "n": 1}]},
        ),
        Example(
            title="Any letters",
            input={"items": ["Ω", "b", "A"], "by": "{{ item }}", "ignore_case": True},
            output={"items": ["A", "b", "Ω"]},
        ),
        Example(title="Mixed kinds", input={"items": [1, "1"], "by": "{{ item }}"}, error="list.mixed_keys"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        items: list[Any] = []
        keys: list[Any] = []
        async for start, batch in batches(input.items, ctx):
            items += batch
            keys += [input.by(item, index) for index, item in enumerate(batch, start)]
        directions = [input.descending] if isinstance(input.descending, bool) else list(input.descending) or [False]
        order = sorted_positions(keys, directions, ignore_case=input.ignore_case, nulls_first=input.nulls == "first")
        return self.Output(items=await ctx.make_items(items[place] for place in order))
