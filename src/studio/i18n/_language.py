"""Which language to speak."""

from __future__ import annotations

import os
from collections.abc import Mapping

from studio.domain.errors import UserError

LANGUAGES = ("en", "fr", "ar")
"""English is the language of the templates in the code."""

_RIGHT_TO_LEFT = frozenset({"ar"})


def choose_language(wanted: str | None = None, environment: Mapping[str, str] | None = None) -> str:
    """The language asked for, else that of ``STUDIO_LANG``, ``LC_ALL``, ``LC_MESSAGES`` or ``LANG``, else English.

    Raises:
        UserError: ``wanted`` or ``STUDIO_LANG`` names a language that Studio does not speak.
    """
    given = os.environ if environment is None else environment
    for name in (wanted, given.get("STUDIO_LANG")):
        if name:
            found = _known(name)
            if found is None:
                raise UserError(
                    "i18n.unknown_language",
                    "Studio does not speak {language}; it speaks {known}.",
                    language=name,
                    known=", ".join(LANGUAGES),
                )
            return found
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if given.get(variable):
            return _known(given[variable]) or "en"
    return "en"


def right_to_left(lang: str) -> bool:
    """Whether the language is written from right to left."""
    return lang in _RIGHT_TO_LEFT


def _known(name: str) -> str | None:
    """``fr`` for ``fr_CA.UTF-8`` or ``FR-fr``; None for a language that is not there."""
    plain = name.strip().lower().replace("-", "_").partition(".")[0].partition("@")[0].partition("_")[0]
    return plain if plain in LANGUAGES else None
