"""lab.charge."""

from __future__ import annotations

import asyncio
from typing import Any

from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, ProviderError, UserError
from tests.engine.gates import GATES


class Charge(BaseNode):
    """Append a line with the idempotency key to a ledger; the effect class and what comes then are params."""

    type = "lab.charge"
    effect = Effect.IRREVERSIBLE

    class Input(NodeModel):
        ledger: str
        what: str = ""
        effect: Effect = Effect.KEYED
        seconds: float = 0
        lose_answer: int = 0
        gate: str | None = None
        fail: bool = False

    class Output(NodeModel):
        key: str
        recovering: bool
        intent: Any = None

    examples = (Example(input={"ledger": "ledger.txt"}, output={"recovering": False}),)

    def effect_of(self, input: Input) -> Effect:
        return input.effect

    async def prepare(self, input: Input, ctx: NodeContext) -> dict[str, Any]:
        return {"length": await ctx.files.size(input.ledger) or 0}

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        line = f"{ctx.idempotency_key} {ctx.path} {input.what} {ctx.attempt}\n"
        await ctx.files.append(input.ledger, line.encode())
        if input.seconds:
            await asyncio.sleep(input.seconds)
        if input.gate is not None:
            await GATES[input.gate].enter()
        if input.fail:
            raise UserError("lab.refused", "Refused.")
        if ctx.attempt <= input.lose_answer:
            raise ProviderError("lab.lost", "The answer was lost.", in_doubt=True)
        return self.Output(key=ctx.idempotency_key, recovering=ctx.recovering, intent=ctx.intent)
