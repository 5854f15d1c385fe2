"""lab.lazy."""

from __future__ import annotations

import asyncio

from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel


class Lazy(BaseNode):
    """A pure node that waits a moment, which pure nodes rarely do."""

    type = "lab.lazy"
    effect = Effect.PURE

    class Input(NodeModel):
        value: int

    class Output(NodeModel):
        value: int

    examples = (Example(input={"value": 1}, output={"value": 1}),)

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        async with asyncio.timeout(5):
            await asyncio.sleep(0)
        return self.Output(value=input.value)
