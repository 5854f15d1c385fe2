"""lab.slow."""

from __future__ import annotations

import asyncio

from studio.sdk import BaseNode, Effect, Example, Json, NodeContext, NodeModel


class Slow(BaseNode):
    """Take some time, then give the value."""

    type = "lab.slow"
    effect = Effect.READ

    class Input(NodeModel):
        seconds: float = 0.01
        value: Json = None

    class Output(NodeModel):
        value: Json

    examples = (Example(input={"value": 1}, output={"value": 1}),)

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        await asyncio.sleep(input.seconds)
        return self.Output(value=input.value)
