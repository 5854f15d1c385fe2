"""number.format_currency."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from studio.nodes.number._types import Number, locale_of
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param, UserError


class FormatCurrency(BaseNode):
    """Write an amount of money as people of a country do, with the currency's usual decimals."""

    type = "number.format_currency"
    title = "Format currency"
    keywords = ("money", "price", "amount", "euro", "dollar", "locale")
    effect = Effect.PURE

    class Input(NodeModel):
        amount: Number = Param(ge=-(10**15), le=10**15, description="The amount")
        currency: str = Param(pattern=r"^[A-Z]{3}$", description="Three letters (ISO 4217), such as EUR")
        locale: str = Param("en", max_length=40, description="Language and country, such as fr, pt-BR or ar-EG")

    class Output(NodeModel):
        text: str

    examples = (
        Example(
            title="Euros in French",
            input={"amount": 1234.5, "currency": "EUR", "locale": "fr"},
            output={"text": "1\u202f234,50\u00a0€"},
        ),
        Example(title="Yen have no decimals", input={"amount": 1234.5, "currency": "JPY"}, output={"text": "¥1,235"}),
        Example(title="No currency", input={"amount": 1, "currency": "QQQ"}, error="number.unknown_currency"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        from babel.numbers import format_currency, get_currency_precision, is_currency

        if not is_currency(input.currency):
            raise UserError("number.unknown_currency", "There is no currency {currency}.", currency=input.currency)
        places = Decimal(1).scaleb(-get_currency_precision(input.currency))
        amount = Decimal(repr(input.amount)).quantize(places, rounding=ROUND_HALF_UP)
        return self.Output(text=format_currency(amount, input.currency, locale=locale_of(input.locale)))
