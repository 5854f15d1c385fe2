"""object.from_entries."""

from __future__ import annotations

from typing import Annotated, Any

from studio.sdk import (
    BaseNode,
    Effect,
    Example,
    Items,
    Json,
    NodeContext,
    NodeModel,
    Param,
    PerItem,
    UserError,
    Varying,
    describe,
)


class FromEntries(BaseNode):
    """Make an object from a list, one field per item. Of several with one name the last wins."""

    type = "object.from_entries"
    title = "From entries"
    keywords = ("to object", "dictionary", "build", "pairs", "lookup")
    effect = Effect.PURE

    class Input(NodeModel):
        items: Items = Param(description="The list")
        key: Annotated[PerItem[Json], Varying] = Param(
            description="Name of the field, a text or a whole number; such as {{ item.key }}"
        )
        value: PerItem[Json] = Param(description="Its value; such as {{ item.value }}")

    class Output(NodeModel):
        object: dict[str, Json]

    examples = (
        Example(
            title="Back from entries",
            input={"items": [{"key": "ø", "value": 1}], "key": "{{ item.key }}", "value": "{{ item.value }}"},
            output={"object": {"ø": 1}},
        ),
        Example(
            title="Made up",
            input={"items": ["a", "b"], "key": "{{ index }}", "value": "{{ item.upper() }}"},
            output={"object": {"0": "A", "1": "B"}},
        ),
        Example(title="No name", input={"items": [1], "key": "{{ [item] }}", "value": 0}, error="object.key_not_text"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        fields: dict[str, Any] = {}
        for index, item in enumerate(input.items):
            if index % 1024 == 1023:
                await ctx.check_cancelled()
            key: Any = input.key(item, index)
            if isinstance(key, bool) or not isinstance(key, str | int):
                raise UserError(
                    "object.key_not_text",
                    "The key of item {index} must be a text or a whole number; it is {found}.",
                    index=index,
                    found=describe(key),
                )
            fields[str(key)] = input.value(item, index)
        return self.Output(object=fields)
