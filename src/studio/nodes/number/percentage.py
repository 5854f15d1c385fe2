"""number.percentage."""

from __future__ import annotations

from fractions import Fraction

from studio.nodes.number._types import Number, as_float
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param, UserError


class Percentage(BaseNode):
    """Tell which part of a whole a number is, in per cent, and by how much it differs from the whole."""

    type = "number.percentage"
    title = "Percentage"
    keywords = ("percent", "share", "ratio", "change", "growth", "proportion")
    effect = Effect.PURE

    class Input(NodeModel):
        part: Number = Param(description="The part, or the new value")
        whole: Number = Param(description="The whole, or the old value")
        decimals: int = Param(2, ge=0, le=15, description="Digits after the point")

    class Output(NodeModel):
        percent: float
        change: float

    examples = (
        Example(title="A share", input={"part": 1, "whole": 3}, output={"percent": 33.33, "change": -66.67}),
        Example(title="A growth", input={"part": 120, "whole": 96}, output={"percent": 125.0, "change": 25.0}),
        Example(title="Of nothing", input={"part": 1, "whole": 0}, error="number.no_whole"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        if input.whole == 0:
            raise UserError("number.no_whole", "`whole` is 0; there is no percentage of nothing.")
        part, whole = Fraction(input.part), Fraction(input.whole)
        percent, change = as_float(part / whole * 100), as_float((part - whole) / abs(whole) * 100)
        return self.Output(percent=round(percent, input.decimals), change=round(change, input.decimals))
