"""bench.same."""

from __future__ import annotations

from studio.sdk import BaseNode, Effect, Example, Json, NodeContext, NodeModel


class Same(BaseNode):
    """Pass a value on."""

    type = "bench.same"
    effect = Effect.PURE

    class Input(NodeModel):
        value: Json

    class Output(NodeModel):
        value: Json

    examples = (Example(input={"value": 1}, output={"value": 1}),)

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        return self.Output(value=input.value)
