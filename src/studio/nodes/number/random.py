"""number.random."""

from __future__ import annotations

from random import Random as Generator
from typing import Self

from pydantic import model_validator

from studio.nodes.number._types import Number
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param, Refusal


class Random(BaseNode):
    """Draw a number at random, evenly between two bounds; a retry draws the same.

    Between whole numbers a whole one is drawn, both bounds included. Not for secrets: use ``crypto.random_token``.
    """

    type = "number.random"
    title = "Random number"
    keywords = ("dice", "draw", "lottery", "chance", "jitter")
    effect = Effect.READ

    class Input(NodeModel):
        low: Number = Param(0, ge=-(2**53), le=2**53, description="The lowest")
        high: Number = Param(1, ge=-(2**53), le=2**53, description="The highest")
        seed: int | str | None = Param(None, description="The same seed always draws the same")

        @model_validator(mode="after")
        def _in_order(self) -> Self:
            if self.low > self.high:
                raise Refusal(
                    "number.order", "`low` ({low}) must not lie above `high` ({high})", low=self.low, high=self.high
                )
            return self

    class Output(NodeModel):
        number: int | float

    examples = (
        Example(title="Only one choice", input={"low": 7, "high": 7}, output={"number": 7}),
        Example(title="Seeded", input={"low": 1, "high": 6, "seed": "würfel"}, output={"number": 1}),
        Example(title="Wrong way", input={"low": 2, "high": 1}, error="node.param_invalid"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        seed = f"run:{ctx.idempotency_key}" if input.seed is None else f"{type(input.seed).__name__}:{input.seed}"
        generator = Generator(seed)  # noqa: S311 # reproducible on purpose, no secret
        if isinstance(input.low, int) and isinstance(input.high, int):
            return self.Output(number=generator.randint(input.low, input.high))
        return self.Output(number=generator.uniform(input.low, input.high))
