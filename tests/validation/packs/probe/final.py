"""probe.final."""

from __future__ import annotations

from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel


class Final(BaseNode):
    """Something that can never be undone."""

    type = "probe.final"
    effect = Effect.IRREVERSIBLE

    class Input(NodeModel):
        pass

    class Output(NodeModel):
        done: bool

    examples = (Example(input={}, output={"done": True}),)

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        return self.Output(done=True)
