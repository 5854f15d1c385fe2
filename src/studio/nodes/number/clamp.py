"""number.clamp."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from studio.nodes.number._types import Number
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param, Refusal


class Clamp(BaseNode):
    """Keep a number within bounds: below the lowest it becomes the lowest, above the highest the highest."""

    type = "number.clamp"
    title = "Clamp"
    keywords = ("limit", "bounds", "min", "max", "range")
    effect = Effect.PURE

    class Input(NodeModel):
        number: Number = Param(description="The number")
        low: Number | None = Param(None, description="The lowest allowed; no bound without")
        high: Number | None = Param(None, description="The highest allowed; no bound without")

        @model_validator(mode="after")
        def _in_order(self) -> Self:
            if self.low is not None and self.high is not None and self.low > self.high:
                raise Refusal(
                    "number.order", "`low` ({low}) must not lie above `high` ({high})", low=self.low, high=self.high
                )
            return self

    class Output(NodeModel):
        number: int | float
        clamped: bool

    examples = (
        Example(
            title="Too high", input={"number": 130, "low": 0, "high": 100}, output={"number": 100, "clamped": True}
        ),
        Example(title="One bound", input={"number": -0.5, "low": -1}, output={"number": -0.5, "clamped": False}),
        Example(title="Wrong way", input={"number": 1, "low": 2, "high": 1}, error="node.param_invalid"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        number = input.number
        if input.low is not None and number < input.low:
            return self.Output(number=input.low, clamped=True)
        if input.high is not None and number > input.high:
            return self.Output(number=input.high, clamped=True)
        return self.Output(number=number, clamped=False)
