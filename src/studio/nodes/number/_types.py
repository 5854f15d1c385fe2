"""Numbers as params, and locales."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, TypeAlias

from pydantic import Field

from studio.sdk import UserError

if TYPE_CHECKING:
    from babel import Locale

_LIMIT = 2**63

Number: TypeAlias = Annotated[int, Field(strict=True)] | Annotated[float, Field(strict=True, allow_inf_nan=False)]
"""A whole number or a finite one with a fraction. A text or a truth value is none."""


def locale_of(name: str) -> Locale:
    """A locale by its name: ``fr``, ``pt-BR``, ``zh_Hant_TW``.

    Raises:
        UserError: There is no such locale (``number.unknown_locale``).
    """
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError, TypeError) as error:
        raise UserError(
            "number.unknown_locale",
            "There is no locale {locale}; write for example en, fr-CA or ar-EG.",
            locale=repr(name[:40]),
        ) from error


def as_float(value: Fraction) -> float:
    """The nearest float.

    Raises:
        UserError: There is none (``number.out_of_range``).
    """
    try:
        return float(value)
    except OverflowError as error:
        shown = f"{'-' if value < 0 else ''}10^{len(str(abs(int(value)))) - 1}"
        raise UserError("number.out_of_range", "The number {number} does not fit 64 bits.", number=shown) from error


def as_number(value: Decimal) -> int | float:
    """A whole number where the value is one without a fraction, otherwise the nearest float.

    Raises:
        UserError: It does not fit 64 bits (``number.out_of_range``).
    """
    if value.is_finite() and abs(value) < _LIMIT and value == value.to_integral_value():
        return int(value)
    number = float(value)
    if number - number != 0:
        raise UserError("number.out_of_range", "The number {number} does not fit 64 bits.", number=str(value)[:40])
    return number
