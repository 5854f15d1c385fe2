"""absent.thing."""

from __future__ import annotations

import no_such_library_here

from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel


class Thing(BaseNode):
    """Needs a library that is not there."""

    type = "absent.thing"
    effect = Effect.PURE

    class Input(NodeModel):
        pass

    class Output(NodeModel):
        value: int

    examples = (Example(input={}, output={"value": 1}),)

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        return self.Output(value=no_such_library_here.value)
