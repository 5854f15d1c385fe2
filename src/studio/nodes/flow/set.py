"""flow.set."""

from __future__ import annotations

from studio.sdk import BaseNode, Effect, Example, Json, NodeContext, NodeModel, Param


class Set(BaseNode):
    """Name values for later nodes.

    Values keep their types: a param that is one expression may be a number, a list or an object.
    """

    type = "flow.set"
    title = "Set values"
    keywords = ("assign", "variables", "edit fields", "constant", "define")
    effect = Effect.PURE

    class Input(NodeModel):
        values: dict[str, Json] = Param(description="Names and what they stand for")

    class Output(NodeModel):
        values: dict[str, Json]

    examples = (
        Example(
            title="Types are kept",
            input={"values": {"city": "Orléans", "days": 3, "tags": ["a", None]}},
            output={"values": {"city": "Orléans", "days": 3, "tags": ["a", None]}},
        ),
        Example(title="Nothing yet", input={"values": {}}, output={"values": {}}),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        return self.Output(values=input.values)
