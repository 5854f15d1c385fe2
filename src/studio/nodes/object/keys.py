"""object.keys."""

from __future__ import annotations

from studio.sdk import BaseNode, Effect, Example, Items, Json, NodeContext, NodeModel, Param


class Keys(BaseNode):
    """List the names of an object's fields, in their order."""

    type = "object.keys"
    title = "Keys"
    keywords = ("names", "fields", "properties", "columns")
    effect = Effect.PURE

    class Input(NodeModel):
        object: dict[str, Json] = Param(description="The object")

    class Output(NodeModel):
        keys: Items

    examples = (
        Example(title="Names", input={"object": {"ж": 1, "a": 2}}, output={"keys": ["ж", "a"]}),
        Example(title="None", input={"object": {}}, output={"keys": []}),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        return self.Output(keys=await ctx.make_items(input.object))
