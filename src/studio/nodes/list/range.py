"""list.range."""

from __future__ import annotations

import math
from typing import Self

from pydantic import model_validator

from studio.sdk import BaseNode, Effect, Example, Items, NodeContext, NodeModel, Param, Refusal

_MOST = 10_000_000


class Range(BaseNode):
    """Make a list of evenly spaced numbers.

    ``stop`` is not among them. Each number is reckoned from the start, so that rounding does not add up.
    """

    type = "list.range"
    title = "Range"
    keywords = ("sequence", "numbers", "series", "generate", "count")
    effect = Effect.PURE

    class Input(NodeModel):
        start: int | float = Param(0, ge=-(2**53), le=2**53, description="The first number")
        stop: int | float = Param(ge=-(2**53), le=2**53, description="Where it ends; not included")
        step: int | float = Param(1, ge=-(2**53), le=2**53, description="From each to the next; negative counts down")

        @model_validator(mode="after")
        def _is_finite(self) -> Self:
            if self.step == 0:
                raise Refusal("list.step_zero", "`step` must not be 0")
            if (self.stop - self.start) / self.step > _MOST:
                raise Refusal("list.range_long", "the list would have more than {limit} numbers", limit=_MOST)
            return self

    class Output(NodeModel):
        items: Items

    examples = (
        Example(title="Positions", input={"stop": 4}, output={"items": [0, 1, 2, 3]}),
        Example(title="Tenths", input={"start": 0, "stop": 0.3, "step": 0.1}, output={"items": [0.0, 0.1, 0.2]}),
        Example(title="Down", input={"start": 3, "stop": 0, "step": -1}, output={"items": [3, 2, 1]}),
        Example(title="The wrong way", input={"start": 3, "stop": 0}, output={"items": []}),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        start, stop, step = input.start, input.stop, input.step
        if isinstance(start, int) and isinstance(stop, int) and isinstance(step, int):
            return self.Output(items=await ctx.make_items(range(start, stop, step)))
        count = max(0, math.ceil(round((stop - start) / step, 9)))
        return self.Output(items=await ctx.make_items(round(start + place * step, 12) for place in range(count)))
