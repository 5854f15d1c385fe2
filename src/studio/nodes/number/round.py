"""number.round."""

from __future__ import annotations

import decimal
from decimal import Decimal
from typing import Literal

from studio.nodes.number._types import Number, as_number
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param

_MODES = {
    "half_up": decimal.ROUND_HALF_UP,
    "half_even": decimal.ROUND_HALF_EVEN,
    "half_down": decimal.ROUND_HALF_DOWN,
    "up": decimal.ROUND_UP,
    "down": decimal.ROUND_DOWN,
    "ceiling": decimal.ROUND_CEILING,
    "floor": decimal.ROUND_FLOOR,
}
_PRECISE = decimal.Context(prec=400)


class Round(BaseNode):
    """Round a number to so many decimals, as it is written.

    2.675 is rounded to 2.68, although the nearest binary number lies a little below. Negative decimals round to tens
    and hundreds.
    """

    type = "number.round"
    title = "Round"
    keywords = ("decimals", "floor", "ceil", "truncate", "precision")
    effect = Effect.PURE

    class Input(NodeModel):
        number: Number = Param(description="The number")
        decimals: int = Param(0, ge=-18, le=18, description="Digits after the point; negative for tens and hundreds")
        mode: Literal["half_up", "half_even", "half_down", "up", "down", "ceiling", "floor"] = Param(
            "half_up", description="What to do with a half, or always away from (up) or towards (down) zero"
        )

    class Output(NodeModel):
        number: int | float

    examples = (
        Example(title="As written", input={"number": 2.675, "decimals": 2}, output={"number": 2.68}),
        Example(title="Bankers' way", input={"number": 2.5, "mode": "half_even"}, output={"number": 2}),
        Example(title="To hundreds", input={"number": -1250, "decimals": -2}, output={"number": -1300}),
        Example(title="A text", input={"number": "2.5"}, error="node.param_invalid"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        exact = Decimal(repr(input.number))
        rounded = exact.quantize(Decimal(1).scaleb(-input.decimals), rounding=_MODES[input.mode], context=_PRECISE)
        return self.Output(number=as_number(rounded))
