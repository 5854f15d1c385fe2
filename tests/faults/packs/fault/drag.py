"""fault.drag."""

from __future__ import annotations

import time

from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel


class Drag(BaseNode):
    """Add one, quickly until the number is ``beyond`` and at a crawl from there on."""

    type = "fault.drag"
    effect = Effect.PURE

    class Input(NodeModel):
        value: int
        beyond: int

    class Output(NodeModel):
        value: int

    examples = (Example(input={"value": 1, "beyond": 9}, output={"value": 2}),)

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        if input.value >= input.beyond:
            time.sleep(0.002)
        return self.Output(value=input.value + 1)
