"""fault.total."""

from __future__ import annotations

from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel


class Total(BaseNode):
    """How many numbers there are, and their sum."""

    type = "fault.total"
    effect = Effect.READ

    class Input(NodeModel):
        items: list[int]

    class Output(NodeModel):
        count: int
        sum: int

    examples = (Example(input={"items": [1, 2]}, output={"count": 2, "sum": 3}),)

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        return self.Output(count=len(input.items), sum=sum(input.items))
