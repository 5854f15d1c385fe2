"""lab.add."""

from __future__ import annotations

from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel


class Add(BaseNode):
    """Add two whole numbers."""

    type = "lab.add"
    effect = Effect.PURE

    class Input(NodeModel):
        value: int
        by: int = 1

    class Output(NodeModel):
        value: int

    examples = (Example(input={"value": 1}, output={"value": 2}),)

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        return self.Output(value=input.value + input.by)
