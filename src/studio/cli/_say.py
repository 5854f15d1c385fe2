"""Texts of the command line in the language that was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from studio.domain.errors import StudioError
from studio.i18n import choose_language, render, text

if TYPE_CHECKING:
    from studio.bootstrap import Settings, Studio

_installed: list[Studio] = []
"""The Studio whose packs bring their own sentences, once a command knows its data folder."""


def speak_for(settings: Settings) -> None:
    """Also say what the packs of this data folder say. Nothing is read until a sentence is missing."""
    from studio.bootstrap import Studio

    _installed[:] = [Studio(settings)]


def _from_packs(code: str, lang: str) -> str | dict[str, str] | None:
    return _installed[0].catalog.error_template(code, lang) if _installed else None


class Voice:
    """Speaks one language. ``lang`` None takes the environment's."""

    def __init__(self, lang: str | None = None) -> None:
        self.lang = choose_language(lang)

    def say(self, key: str, **arguments: Any) -> str:
        """A text of the command line's own."""
        return text(key, self.lang, **arguments)

    def error(self, error: StudioError) -> str:
        """An error's sentence. That of a server has come in the language that was asked for."""
        told = getattr(error, "detail", None)
        if isinstance(told, str):
            return told
        return self.sentence(error.code, error.template, error.arguments)

    def sentence(self, code: str, template: str, arguments: dict[str, Any]) -> str:
        """The sentence of a code; ``template`` is its English."""
        return render(code, template, arguments, self.lang, packs=_from_packs)
