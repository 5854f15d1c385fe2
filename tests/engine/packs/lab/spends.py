"""lab.spends."""

from __future__ import annotations

from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, ProviderError
from tests.engine.gates import GATES


class Spends(BaseNode):
    """Use tokens and money, then perhaps wait at a gate or fail."""

    type = "lab.spends"
    effect = Effect.READ

    class Input(NodeModel):
        tokens: int = 0
        cost: float = 0.0
        gate: str | None = None
        failures: int = 0

    class Output(NodeModel):
        done: bool

    examples = (Example(input={"tokens": 1}, output={"done": True}),)

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        await ctx.usage(tokens=input.tokens, cost=input.cost)
        if input.gate is not None:
            await GATES[input.gate].enter()
        if ctx.attempt <= input.failures:
            raise ProviderError("lab.down", "Down on attempt {attempt}.", attempt=ctx.attempt)
        return self.Output(done=True)
