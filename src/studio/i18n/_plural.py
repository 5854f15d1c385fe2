"""Plural categories of whole and decimal numbers.

Source: the Unicode Common Locale Data Repository, "Language Plural Rules", cardinal numbers.
"""

from __future__ import annotations

from collections.abc import Callable


def plural_category(number: float, lang: str) -> str:
    """``zero``, ``one``, ``two``, ``few``, ``many`` or ``other``; English rules for unknown languages."""
    return _RULES.get(lang, _english)(abs(number))


def categories(lang: str) -> tuple[str, ...]:
    """The categories that whole numbers of a language fall into."""
    return _CATEGORIES.get(lang, ("one", "other"))


def _english(number: float) -> str:
    return "one" if number == 1 and isinstance(number, int) else "other"


def _french(number: float) -> str:
    if int(number) in (0, 1):
        return "one"
    return "many" if isinstance(number, int) and number % 1_000_000 == 0 else "other"


def _arabic(number: float) -> str:
    if number in (0, 1, 2):
        return ("zero", "one", "two")[int(number)]
    rest = number % 100
    if rest != int(rest):
        return "other"
    if 3 <= rest <= 10:
        return "few"
    return "many" if rest >= 11 else "other"


_RULES: dict[str, Callable[[float], str]] = {"en": _english, "fr": _french, "ar": _arabic}
_CATEGORIES = {"fr": ("one", "many", "other"), "ar": ("zero", "one", "two", "few", "many", "other")}
