"""Locales of dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.sdk import UserError

if TYPE_CHECKING:
    from babel import Locale


def locale_of(name: str) -> Locale:
    """A locale by its name: ``fr``, ``pt-BR``, ``zh_Hant_TW``.

    Raises:
        UserError: There is no such locale (``date.unknown_locale``).
    """
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError, TypeError) as error:
        raise UserError(
            "date.unknown_locale",
            "There is no locale {locale}; write for example en, fr-CA or ar-EG.",
            locale=repr(name[:40]),
        ) from error
