"""number.parse."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from studio.nodes.number._types import as_number, locale_of
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel, Param, UserError

_SPACES = " \u00a0\u2009\u202f"
_APOSTROPHES = "'’"


class Parse(BaseNode):
    """Read a number as people of a country write it.

    Digits of all scripts are read. Thousands may be parted in the usual way, or not at all; anything else is refused
    rather than guessed at.
    """

    type = "number.parse"
    title = "Parse number"
    keywords = ("read", "convert", "to number", "locale", "decimal comma")
    effect = Effect.PURE

    class Input(NodeModel):
        text: str = Param(max_length=400, description="The number as a text")
        locale: str = Param("en", max_length=40, description="Language and country, such as fr, pt-BR or ar-EG")

    class Output(NodeModel):
        number: int | float

    examples = (
        Example(title="German", input={"text": "1.234,5", "locale": "de"}, output={"number": 1234.5}),
        Example(title="French, any space", input={"text": "-1 234 567", "locale": "fr"}, output={"number": -1234567}),
        Example(title="Arabic digits", input={"text": "١٢٣٫٥", "locale": "ar-EG"}, output={"number": 123.5}),
        Example(title="Not clear", input={"text": "1,5"}, error="number.not_a_number"),
    )

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        from babel.numbers import get_decimal_symbol, get_group_symbol

        locale = locale_of(input.locale)
        systems = dict.fromkeys(("latn", locale.default_numbering_system))
        text = "".join(_plain(character) for character in input.text.strip())
        for system in systems:
            point = get_decimal_symbol(locale, numbering_system=system)
            group = get_group_symbol(locale, numbering_system=system)
            if number := _read(text, point, group):
                return self.Output(number=as_number(number))
        raise UserError(
            "number.not_a_number",
            "{text} is not a number as written in {locale}.",
            text=repr(input.text[:60]),
            locale=str(locale),
        )


def _plain(character: str) -> str:
    if character in "−‐–":
        return "-"
    if character in "\u061c\u200e\u200f":
        return ""
    digit = unicodedata.decimal(character, None)
    return character if digit is None else str(digit)


def _read(text: str, point: str, group: str) -> Decimal | None:
    alike = next((set_ for set_ in (_SPACES, _APOSTROPHES) if group in set_), group)
    gap = f"[{re.escape(alike)}]"
    pattern = (
        rf"([+-]?)(\d{{1,3}}(?:{gap}\d{{2,3}})*{gap}\d{{3}}|\d+)(?:{re.escape(point)}(\d+))?(?:[eE]([+-]?\d{{1,4}}))?"
    )
    match = re.fullmatch(pattern, text)
    if match is None:
        return None
    sign, whole, fraction, exponent = match.groups()
    return Decimal(f"{sign}{re.sub(gap, '', whole)}.{fraction or '0'}E{exponent or '0'}")
