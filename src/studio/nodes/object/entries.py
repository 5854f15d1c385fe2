"""object.entries."""

from __future__ import annotations

from studio.sdk import BaseNode, Effect, Example, Items, Json, NodeContext, NodeModel, Param


class Entries(BaseNode):
    """Turn an object into a list of its fields, each with ``key`` and ``value``."""

    type = "object.entries"
    title = "Entries"
    keywords = ("to list", "pairs", "items", "fields", "rows")
    effect = Effect.PURE

    class Input(NodeModel):
        object: dict[str, Json] = Param(description="The object")

    class Output(NodeModel):
        entries: Items

    examples = (
        Example(
            title="Fields",
            input={"object": {"größe": 2, "b": []}},
            output={"entries": [{"key": "größe", "value": 2}, {"key": "b", "value": []}]},
        ),
        Example(title="None", input={"object": {}}, output={"entries": []}),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        entries = ({"key": name, "value": value} for name, value in input.object.items())
        return self.Output(entries=await ctx.make_items(entries))
