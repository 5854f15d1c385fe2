"""lab.stubborn."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel
from tests.engine.gates import GATES


class Stubborn(BaseNode):
    """Come to a gate, and go on whoever wants it to stop; the next time there is nothing in the way."""

    type = "lab.stubborn"
    effect = Effect.READ

    class Input(NodeModel):
        name: str

    class Output(NodeModel):
        come: int

    examples = (Example(input={"name": "open"}, output={"come": 0}),)

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        gate = GATES[input.name]
        if not gate.come:
            entering = asyncio.ensure_future(gate.enter())
            while not entering.done():
                with suppress(asyncio.CancelledError):
                    await asyncio.wait([entering])
        return self.Output(come=gate.come)
