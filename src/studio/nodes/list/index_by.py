"""list.index_by."""

from __future__ import annotations

from typing import Any, Literal

from studio.nodes.list._batches import batches
from studio.nodes.list._keys import Key
from studio.sdk import BaseNode, Effect, Example, Items, Json, NodeContext, NodeModel, Param, UserError, describe


class IndexBy(BaseNode):
    """Turn a list into an object in which each item stands under its key.

    Keys are texts; whole numbers become texts.
    """

    type = "list.index_by"
    title = "Index by"
    keywords = ("lookup", "dictionary", "map", "key by", "object")
    effect = Effect.PURE

    class Input(NodeModel):
        items: Items = Param(description="The list")
        by: Key = Param(description="Key of each item: an expression or a field")
        on_duplicate: Literal["fail", "first", "last"] = Param("fail", description="Where two items share a key")

    class Output(NodeModel):
        index: dict[str, Json]

    examples = (
        Example(
            title="By id",
            input={"items": [{"id": 7, "n": "Łódź"}], "by": "id"},
            output={"index": {"7": {"id": 7, "n": "Łódź"}}},
        ),
        Example(
            title="The last wins",
            input={"items": [{"k": "a", "v": 1}, {"k": "a", "v": 2}], "by": "k", "on_duplicate": "last"},
            output={"index": {"a": {"k": "a", "v": 2}}},
        ),
        Example(title="Twice the same", input={"items": ["a", "a"], "by": "{{ item }}"}, error="list.duplicate_key"),
        Example(title="No text", input={"items": [None], "by": "{{ item }}"}, error="list.key_not_text"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        found: dict[str, Any] = {}
        async for start, batch in batches(input.items, ctx):
            for index, item in enumerate(batch, start):
                key = _text(input.by(item, index), index)
                if key in found and input.on_duplicate == "fail":
                    raise UserError(
                        "list.duplicate_key", "Item {index} has the key {key}, as one before.", index=index, key=key
                    )
                if key not in found or input.on_duplicate == "last":
                    found[key] = item
        return self.Output(index=found)


def _text(key: Json, index: int) -> str:
    if isinstance(key, str):
        return key
    if isinstance(key, int) and not isinstance(key, bool):
        return str(key)
    raise UserError(
        "list.key_not_text",
        "The key of item {index} must be a text or a whole number; it is {found}.",
        index=index,
        found=describe(key),
    )
