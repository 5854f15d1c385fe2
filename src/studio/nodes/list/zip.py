"""list.zip."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any, Literal

from studio.sdk import BaseNode, Effect, Example, Items, NodeContext, NodeModel, Param, UserError


class Zip(BaseNode):
    """Combine lists position by position into objects, one field per list."""

    type = "list.zip"
    title = "Zip"
    keywords = ("combine", "pair", "merge by position", "columns", "parallel")
    effect = Effect.PURE

    class Input(NodeModel):
        lists: dict[str, Items] = Param(min_length=1, max_length=1000, description="Field names and their lists")
        lengths: Literal["equal", "shortest", "longest"] = Param(
            "equal", description="Where lengths differ: refuse, stop at the shortest, or fill up with null"
        )

    class Output(NodeModel):
        items: Items

    examples = (
        Example(
            title="Two columns",
            input={"lists": {"name": ["Zoé", "Åke"], "age": [7, 9]}},
            output={"items": [{"name": "Zoé", "age": 7}, {"name": "Åke", "age": 9}]},
        ),
        Example(
            title="Filled up",
            input={"lists": {"a": [1, 2], "b": []}, "lengths": "longest"},
            output={"items": [{"a": 1, "b": None}, {"a": 2, "b": None}]},
        ),
        Example(title="Different lengths", input={"lists": {"a": [1], "b": []}}, error="list.lengths_differ"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        lengths = {name: len(items) for name, items in input.lists.items()}
        if input.lengths == "equal" and len(set(lengths.values())) > 1:
            raise UserError(
                "list.lengths_differ",
                "The lists differ in length: {lengths}.",
                lengths=", ".join(f"{name} {length}" for name, length in lengths.items()),
            )
        names = list(input.lists)

        def rows() -> Iterator[dict[str, Any]]:
            together = zip_longest if input.lengths == "longest" else zip
            return (dict(zip(names, parts, strict=True)) for parts in together(*input.lists.values()))

        return self.Output(items=await ctx.make_items(rows()))
