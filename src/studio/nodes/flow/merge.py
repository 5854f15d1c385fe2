"""flow.merge."""

from __future__ import annotations

from studio.sdk import BaseNode, Effect, Example, Json, NodeContext, NodeModel, Param


class Merge(BaseNode):
    """Bring branches together again.

    The output of a branch not taken is null, so ``value`` is what the branch taken gave: the first that is not null.
    ``values`` holds all that are not null.
    """

    type = "flow.merge"
    title = "Merge"
    keywords = ("join branches", "coalesce", "combine", "unite")
    effect = Effect.PURE

    class Input(NodeModel):
        values: list[Json] = Param(min_length=1, description="Outputs of the branches, in order of preference")

    class Output(NodeModel):
        value: Json
        values: list[Json]

    examples = (
        Example(title="One branch taken", input={"values": [None, "ça va"]}, output={"value": "ça va"}),
        Example(title="False is a value", input={"values": [False, 1]}, output={"value": False, "values": [False, 1]}),
        Example(title="None taken", input={"values": [None, None]}, output={"value": None, "values": []}),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        values = [value for value in input.values if value is not None]
        return self.Output(value=values[0] if values else None, values=values)
