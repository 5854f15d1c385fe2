"""number.format."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from studio.nodes.number._types import Number, locale_of
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param


class Format(BaseNode):
    """Write a number as people of a country do."""

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
        Example(title="No such locale", input={"number": 1, "locale": "xx-yy"}, error="number.unknown_locale"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        from babel.numbers import format_decimal

        value = Decimal(repr(input.number))
        places = input.decimals
        if places is None:
            places = max(0, -int(value.normalize().as_tuple().exponent))
        elif abs(value) < 10**30:
            value = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
        pattern = "#,##0" + ("." + "0" * places if places else "")
        locale = locale_of(input.locale)
        pattern = _grouped(str(locale.decimal_formats[None].pattern), pattern)
        return self.Output(
            text=format_decimal(
                value, format=pattern, locale=locale, group_separator=input.grouping, decimal_quantization=False
            )
        )


def _grouped(usual: str, plain: str) -> str:
    """``plain`` with the grouping of the locale's usual pattern, such as ``#,##,##0.###``."""
    return usual.partition(".")[0] + plain[len("#,##0") :]
