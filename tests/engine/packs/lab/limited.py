"""lab.limited."""

from __future__ import annotations

from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Rate


class Limited(BaseNode):
    """Five runs per second at most, all together."""

    type = "lab.limited"
    effect = Effect.READ
    rate = Rate(5, 0.5, "node")

    class Input(NodeModel):
        value: int = 0

    class Output(NodeModel):
        value: int

    examples = (Example(input={"value": 1}, output={"value": 1}),)

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        return self.Output(value=input.value)
