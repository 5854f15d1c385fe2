"""list.explode."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, cast

from studio.nodes.list._batches import batches
from studio.sdk import BaseNode, Effect, Example, Items, ItemsBase, NodeContext, NodeModel, Param, UserError, describe


class Explode(BaseNode):
    """Repeat each object once per entry of a list it holds.

    The field then holds the single entry. Objects whose list is empty or null are left out unless ``keep_empty``.
    """

    type = "list.explode"
    title = "Split out"
    keywords = ("split out", "unwind", "unnest", "expand", "rows")
    effect = Effect.PURE

    class Input(NodeModel):
        items: Items = Param(description="Objects")
        field: str = Param(min_length=1, description="Name of the field that holds a list")
        keep_empty: bool = Param(False, description="Keep objects without entries, with null in the field")

    class Output(NodeModel):
        items: Items

    examples = (
        Example(
            title="A row per tag",
            input={"items": [{"n": 1, "tags": ["vélo", "été"]}, {"n": 2, "tags": []}], "field": "tags"},
            output={"items": [{"n": 1, "tags": "vélo"}, {"n": 1, "tags": "été"}]},
        ),
        Example(
            title="Nothing is lost",
            input={"items": [{"n": 2, "tags": None}], "field": "tags", "keep_empty": True},
            output={"items": [{"n": 2, "tags": None}]},
        ),
        Example(title="No list", input={"items": [{"tags": "a"}], "field": "tags"}, error="list.not_a_list_field"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        async def rows() -> AsyncIterator[dict[str, Any]]:
            async for start, batch in batches(input.items, ctx):
                for index, item in enumerate(batch, start):
                    entries = _entries(item, input.field, index)
                    for entry in entries or ([None] if input.keep_empty else []):
                        yield {**item, input.field: entry}

        return self.Output(items=await ctx.make_items(rows()))


def _entries(item: Any, field: str, index: int) -> list[Any]:
    value: Any = cast("dict[str, Any]", item).get(field) if isinstance(item, dict) else item
    if isinstance(item, dict) and (value is None or isinstance(value, list | ItemsBase)):
        return cast("list[Any]", value or [])
    raise UserError(
        "list.not_a_list_field",
        "Item {index} must be an object with a list in `{field}`; there is {found}.",
        index=index,
        field=field,
        found=describe(value),
    )
