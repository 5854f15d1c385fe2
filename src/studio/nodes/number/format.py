"""number.format."""

from __future__ import annotations

import decimal
from decimal import Decimal

from studio.nodes.number._types import Number, locale_of
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param

_ZEROS = {"arab": 0x0660, "arabext": 0x06F0, "beng": 0x09E6, "deva": 0x0966, "mymr": 0x1040}
"""The digit zero of numbering systems that are some locale's usual one (CLDR)."""


class Format(BaseNode):
    """Write a number as people of a country do.

    Digits are 0 to 9 unless ``own_digits`` asks for those of the country's script.
    """

    type = "number.format"
    title = "Format number"
    keywords = ("locale", "thousands", "separator", "decimals", "display")
    effect = Effect.PURE

    class Input(NodeModel):
        number: Number = Param(description="The number")
        locale: str = Param("en", max_length=40, description="Language and country, such as fr, pt-BR or ar-EG")
        decimals: int | None = Param(
            None, ge=0, le=20, description="Digits after the point; as many as there are without"
        )
        grouping: bool = Param(True, description="Part thousands")
        own_digits: bool = Param(False, description="Digits of the country's script, such as ١٢٣")

    class Output(NodeModel):
        text: str

    examples = (
        Example(title="German", input={"number": 1234567.5, "locale": "de"}, output={"text": "1.234.567,5"}),
        Example(
            title="French, two decimals",
            input={"number": 1234.5, "locale": "fr", "decimals": 2},
            output={"text": "1\u202f234,50"},
        ),
        Example(title="Indian groups", input={"number": 1234567, "locale": "hi-IN"}, output={"text": "12,34,567"}),
        Example(
            title="Arabic digits",
            input={"number": 1234.5, "locale": "ar-EG", "own_digits": True},
            output={"text": "١٬٢٣٤٫٥"},
        ),
        Example(title="No such locale", input={"number": 1, "locale": "xx-yy"}, error="number.unknown_locale"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        from babel.numbers import format_decimal

        locale = locale_of(input.locale)
        with decimal.localcontext(prec=400):
            value = Decimal(repr(input.number))
            places = input.decimals
            if places is None:
                places = max(0, -int(value.normalize().as_tuple().exponent))
            rounded = value.quantize(Decimal(1).scaleb(-places), rounding=decimal.ROUND_HALF_UP)
            text = format_decimal(
                rounded,
                format=_pattern(str(locale.decimal_formats[None].pattern), places),
                locale=locale,
                group_separator=input.grouping,
                numbering_system="default" if input.own_digits else "latn",
            )
        if input.own_digits and (zero := _ZEROS.get(locale.default_numbering_system)):
            text = text.translate({ord("0") + digit: zero + digit for digit in range(10)})
        return self.Output(text=text)


def _pattern(usual: str, places: int) -> str:
    """So many decimals with the grouping of the locale's usual pattern, such as ``#,##,##0.###``."""
    return usual.partition(".")[0] + ("." + "0" * places if places else "")
