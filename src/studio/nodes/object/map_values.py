"""object.map_values."""

from __future__ import annotations

from typing import Any

from studio.sdk import BaseNode, Effect, Example, Json, NodeContext, NodeModel, Param, PerItem


class MapValues(BaseNode):
    """Turn the value of each field into another by an expression over ``item.key`` and ``item.value``."""

    type = "object.map_values"
    title = "Map values"
    keywords = ("transform", "each field", "convert", "apply")
    effect = Effect.PURE

    class Input(NodeModel):
        object: dict[str, Json] = Param(description="The object")
        value: PerItem[Json] = Param(description="New value of each field, such as {{ item.value * 2 }}")

    class Output(NodeModel):
        object: dict[str, Json]

    examples = (
        Example(
            title="Doubled",
            input={"object": {"ä": 1, "b": 2}, "value": "{{ item.value * 2 }}"},
            output={"object": {"ä": 2, "b": 4}},
        ),
        Example(
            title="With the name",
            input={"object": {"x": 1}, "value": "{{ [index, item.key] }}"},
            output={"object": {"x": [0, "x"]}},
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        mapped: dict[str, Any] = {}
        for index, (name, value) in enumerate(input.object.items()):
            if index % 1024 == 1023:
                await ctx.check_cancelled()
            mapped[name] = input.value({"key": name, "value": value}, index)
        return self.Output(object=mapped)
