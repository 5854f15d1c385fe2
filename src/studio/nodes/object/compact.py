"""object.compact."""

from __future__ import annotations

from typing import Any

from studio.sdk import BaseNode, Effect, Example, Json, NodeContext, NodeModel, Param


class Compact(BaseNode):
    """Leave out the fields that are null, and if wished those that are empty."""

    type = "object.compact"
    title = "Drop empty fields"
    keywords = ("clean", "remove nulls", "empty", "strip", "sparse")
    effect = Effect.PURE

    class Input(NodeModel):
        object: dict[str, Json] = Param(description="The object")
        empty: bool = Param(False, description="Leave out empty texts, lists and objects too")

    class Output(NodeModel):
        object: dict[str, Json]

    examples = (
        Example(title="Nulls", input={"object": {"é": None, "b": 0, "c": ""}}, output={"object": {"b": 0, "c": ""}}),
        Example(
            title="Empty too",
            input={"object": {"a": [], "b": False}, "empty": True},
            output={"object": {"b": False}},
        ),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        def kept(value: Any) -> bool:
            return value is not None and not (input.empty and value in ("", [], {}))

        return self.Output(object={name: value for name, value in input.object.items() if kept(value)})
