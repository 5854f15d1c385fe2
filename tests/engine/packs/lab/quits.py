"""lab.quits."""

from __future__ import annotations

import sys

from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel


class Quits(BaseNode):
    """Try to end the process for one value; give back any other."""

    type = "lab.quits"
    effect = Effect.PURE

    class Input(NodeModel):
        value: int
        at: int

    class Output(NodeModel):
        value: int

    examples = (Example(input={"value": 1, "at": 2}, output={"value": 1}),)

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        if input.value == input.at:
            sys.exit("enough")
        return self.Output(value=input.value)
