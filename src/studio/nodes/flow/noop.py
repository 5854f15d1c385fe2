"""flow.noop."""

from __future__ import annotations

from studio.sdk import BaseNode, Effect, Example, Json, NodeContext, NodeModel, Param


class Noop(BaseNode):
    """Do nothing: a joint for edges, or an empty branch that says so."""

    type = "flow.noop"
    title = "No operation"
    keywords = ("nothing", "pass through", "empty branch", "joint")
    effect = Effect.PURE
    passes_input = True

    class Input(NodeModel):
        value: Json = Param(None, description="Given on as it is")

    class Output(NodeModel):
        value: Json

    examples = (
        Example(title="Nothing", input={}, output={"value": None}),
        Example(title="Given on", input={"value": {"naïve": [1]}}, output={"value": {"naïve": [1]}}),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        return self.Output(value=input.value)
