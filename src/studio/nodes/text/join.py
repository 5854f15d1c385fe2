"""text.join."""

from __future__ import annotations

from typing import Any

from studio.nodes.text._limits import LONGEST, check_length
from studio.sdk import BaseNode, Effect, Example, Items, NodeContext, NodeModel, Param, UserError, describe


class Join(BaseNode):
    """Write the items of a list one after the other, with something between them.

    Numbers are written as they are; null and empty texts can be left out. ``last_separator`` stands before the last
    item, as in "a, b and c".
    """

    type = "text.join"
    title = "Join texts"
    keywords = ("concatenate", "implode", "combine", "list", "glue")
    effect = Effect.PURE

    class Input(NodeModel):
        items: Items = Param(description="Texts and numbers")
        separator: str = Param(", ", max_length=10_000, description="What stands between two items")
        last_separator: str | None = Param(None, max_length=10_000, description="What stands before the last item")
        skip_empty: bool = Param(False, description="Leave out null and empty texts")

    class Output(NodeModel):
        text: str

    examples = (
        Example(title="A list", input={"items": ["Zoë", 2, 0.5]}, output={"text": "Zoë, 2, 0.5"}),
        Example(
            title="As one says it",
            input={"items": ["un", None, "deux", "trois"], "last_separator": " et ", "skip_empty": True},
            output={"text": "un, deux et trois"},
        ),
        Example(title="No text", input={"items": [{"a": 1}]}, error="text.not_a_text"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        parts: list[str] = []
        length = 0
        for index, item in enumerate(input.items):
            if index % 1024 == 1023:
                await ctx.check_cancelled()
            if input.skip_empty and item in (None, ""):
                continue
            parts.append(_written(item, index))
            length += len(parts[-1]) + len(input.separator)
            if length > LONGEST:
                check_length(length)
        if input.last_separator is not None and len(parts) > 1:
            parts[-2:] = [parts[-2] + input.last_separator + parts[-1]]
        return self.Output(text=input.separator.join(parts))


def _written(item: Any, index: int) -> str:
    if isinstance(item, str):
        return item
    if isinstance(item, int | float) and not isinstance(item, bool):
        return str(item)
    raise UserError(
        "text.not_a_text",
        "Item {index} must be a text or a number; it is {found}.",
        index=index,
        found=describe(item),
    )
