"""flow.counter."""

from __future__ import annotations

from studio.sdk import BaseNode, Effect, Example, Json, NodeContext, NodeModel, Param, UserError, describe

_LIMIT = 2**63


class Counter(BaseNode):
    """Count over executions: each run adds to the number kept before."""

    type = "flow.counter"
    title = "Counter"
    keywords = ("increment", "sequence", "number", "serial", "state")
    effect = Effect.IDEMPOTENT

    class Input(NodeModel):
        step: int = Param(1, ge=-(10**12), le=10**12, description="How much each run adds")
        start: int = Param(0, ge=-(10**15), le=10**15, description="The number before the first run")

    class Output(NodeModel):
        count: int

    examples = (
        Example(title="The first run", input={}, output={"count": 1}),
        Example(title="Invoice numbers", input={"start": 1000, "step": 10}, output={"count": 1010}),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        kept: Json = await ctx.state.get(input.start)
        if isinstance(kept, bool) or not isinstance(kept, int):
            raise UserError(
                "flow.counter_state",
                "This counter's kept state is {found}, not a whole number; clear the node's state.",
                found=describe(kept),
            )
        count = kept + input.step
        if not -_LIMIT <= count < _LIMIT:
            raise UserError("flow.counter_full", "The counter would leave the range of 64 bits.")
        await ctx.state.set(count)
        return self.Output(count=count)
