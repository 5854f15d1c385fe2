"""object.values."""

from __future__ import annotations

from studio.sdk import BaseNode, Effect, Example, Items, Json, NodeContext, NodeModel, Param


class Values(BaseNode):
    """List the values of an object's fields, in their order."""

    type = "object.values"
    title = "Values"
    keywords = ("fields", "properties", "list", "to list")
    effect = Effect.PURE

    class Input(NodeModel):
        object: dict[str, Json] = Param(description="The object")

    class Output(NodeModel):
        values: Items

    examples = (
        Example(title="Values", input={"object": {"a": "ñ", "b": None}}, output={"values": ["ñ", None]}),
        Example(title="None", input={"object": {}}, output={"values": []}),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        return self.Output(values=await ctx.make_items(input.object.values()))
