"""lab.bulk."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from studio.domain.errors import StudioError
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param, ProviderError, UserError
from tests.engine.gates import GATES


class Bulk(BaseNode):
    """Takes what it is given in batches of up to four, and writes a line for each call into a ledger."""

    type = "lab.bulk"
    effect = Effect.IRREVERSIBLE
    batch_size = 4

    class Input(NodeModel):
        value: Any
        ledger: str = ""
        effect: Effect = Effect.READ
        lose: list[int] = Param(default_factory=list)
        fail_first: bool = False
        whole: str | None = None
        gate: str | None = None

    class Output(NodeModel):
        value: Any
        batch: int
        key: str
        recovering: bool

    examples = (Example(input={"value": 1}, output={"value": 1, "batch": 1}),)

    def effect_of(self, input: Input) -> Effect:
        return input.effect

    async def run_many(self, inputs: Sequence[Input], ctx: NodeContext) -> Sequence[Output | Exception]:
        first = inputs[0]
        if first.ledger:
            written = [f"{one.value}:{context.idempotency_key}" for one, context in zip(inputs, ctx.batch, strict=True)]
            await ctx.files.append(first.ledger, (" ".join(written) + "\n").encode())
        if first.gate is not None:
            await GATES[first.gate].enter()
        if first.whole == "crash":
            raise ValueError("no")
        if first.whole == "short":
            return []
        if first.whole == "slow":
            await asyncio.Event().wait()
        shared: StudioError = UserError("lab.refused", "Refused.")
        out: list[Any] = []
        for one, context in zip(inputs, ctx.batch, strict=True):
            if one.value in one.lose:
                out.append(shared)
            elif one.fail_first and context.attempt == 1:
                out.append(ProviderError("lab.down", "Down.", status=503))
            else:
                out.append(
                    self.Output(
                        value=one.value,
                        batch=len(inputs),
                        key=context.idempotency_key,
                        recovering=context.recovering,
                    )
                )
        return out
