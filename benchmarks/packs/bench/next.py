"""bench.next."""

from __future__ import annotations

from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel


class Next(BaseNode):
    """Give the next whole number."""

    type = "bench.next"
    effect = Effect.PURE

    class Input(NodeModel):
        value: int

    class Output(NodeModel):
        value: int

    examples = (Example(input={"value": 1}, output={"value": 2}),)

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        return self.Output(value=input.value + 1)
