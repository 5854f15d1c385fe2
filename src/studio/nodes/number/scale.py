"""number.scale."""

from __future__ import annotations

from fractions import Fraction
from typing import Self

from pydantic import model_validator

from studio.nodes.number._types import Number, as_float
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param, Refusal


class Scale(BaseNode):
    """Carry a number from one range over to another, in proportion."""

    type = "number.scale"
    title = "Scale"
    keywords = ("map range", "normalize", "interpolate", "proportion", "linear")
    effect = Effect.PURE

    class Input(NodeModel):
        number: Number = Param(description="The number")
        from_: tuple[Number, Number] = Param(alias="from", description="Both ends of the range it lies in")
        to: tuple[Number, Number] = Param((0, 1), description="Both ends of the range it is carried to")
        clamp: bool = Param(False, description="Keep it within the new range")

        @model_validator(mode="after")
        def _ends_differ(self) -> Self:
            if self.from_[0] == self.from_[1]:
                raise Refusal("number.same_ends", "the ends of `from` must differ")
            return self

    class Output(NodeModel):
        number: float

    examples = (
        Example(
            title="Celsius to Fahrenheit",
            input={"number": 20, "from": [0, 100], "to": [32, 212]},
            output={"number": 68.0},
        ),
        Example(title="Within bounds", input={"number": 15, "from": [0, 10], "clamp": True}, output={"number": 1.0}),
        Example(title="No range", input={"number": 1, "from": [2, 2]}, error="node.param_invalid"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        # Fractions are exact: no step on the way leaves the range of floats, or loses what the ends have in common.
        low, high, start, end = (Fraction(each) for each in (*input.from_, *input.to))
        part = (Fraction(input.number) - low) / (high - low)
        if input.clamp:
            part = min(Fraction(1), max(Fraction(0), part))
        return self.Output(number=as_float(start + (end - start) * part))
