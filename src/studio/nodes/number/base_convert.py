"""number.base_convert."""

from __future__ import annotations

import re

from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param, UserError

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_FORM = re.compile(r"[+-]?[0-9a-z]+")


class BaseConvert(BaseNode):
    """Write a whole number in another base: binary, octal, hexadecimal, up to base 36.

    Numbers are texts, so that they may have up to a thousand digits.
    """

    type = "number.base_convert"
    title = "Convert base"
    keywords = ("binary", "hexadecimal", "octal", "radix", "hex")
    effect = Effect.PURE

    class Input(NodeModel):
        text: str = Param(min_length=1, max_length=1000, description="The number, in capitals or small letters")
        from_: int = Param(10, alias="from", ge=2, le=36, description="Its base")
        to: int = Param(ge=2, le=36, description="The base wanted")

    class Output(NodeModel):
        text: str

    examples = (
        Example(title="To hexadecimal", input={"text": "255", "to": 16}, output={"text": "ff"}),
        Example(title="From binary", input={"text": "-101", "from": 2, "to": 10}, output={"text": "-5"}),
        Example(title="Not a digit", input={"text": "12", "from": 2, "to": 10}, error="number.not_in_base"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        text = input.text.strip().lower()
        allowed = _DIGITS[: input.from_]
        if not _FORM.fullmatch(text) or any(digit not in allowed for digit in text.lstrip("+-")):
            raise UserError(
                "number.not_in_base",
                "{text} is not a whole number in base {base}; its digits are {digits}.",
                text=repr(input.text[:60]),
                base=input.from_,
                digits=f"{allowed[0]} to {allowed[-1]}",
            )
        return self.Output(text=_write(int(text, input.from_), input.to))


def _write(number: int, base: int) -> str:
    rest = abs(number)
    digits: list[str] = []
    while rest:
        rest, digit = divmod(rest, base)
        digits.append(_DIGITS[digit])
    return ("-" if number < 0 else "") + ("".join(reversed(digits)) or "0")
