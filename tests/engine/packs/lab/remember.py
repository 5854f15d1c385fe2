"""lab.remember."""

from __future__ import annotations

from studio.sdk import BaseNode, Effect, Example, Json, NodeContext, NodeModel, UserError
from tests.engine.gates import GATES


class Remember(BaseNode):
    """Count how often this node has run, across executions."""

    type = "lab.remember"
    effect = Effect.IDEMPOTENT

    class Input(NodeModel):
        fail: bool = False
        together: str | None = None
        note: Json = None
        keep: Json = None

    class Output(NodeModel):
        count: int
        note: Json = None

    examples = (Example(input={}, output={"count": 1}),)

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        if input.keep is not None:
            before = await ctx.state.get()
            await ctx.state.set(input.keep)
            return self.Output(count=0, note=before)
        count = await ctx.state.get(0) + 1
        if input.together is not None:
            await GATES[input.together].enter()
        await ctx.state.set(count)
        if input.fail:
            raise UserError("lab.refused", "Refused.")
        return self.Output(count=count, note=input.note)
