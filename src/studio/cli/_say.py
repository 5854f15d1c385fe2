"""Texts of the command line in the language that was asked for."""

from __future__ import annotations

from typing import Any

from studio.domain.errors import StudioError
from studio.i18n import choose_language, render, text


class Voice:
    """Speaks one language. ``lang`` None takes the environment's."""

    def __init__(self, lang: str | None = None) -> None:
        self.lang = choose_language(lang)

    def say(self, key: str, **arguments: Any) -> str:
        """A text of the command line's own."""
        return text(key, self.lang, **arguments)

    def error(self, error: StudioError) -> str:
        """An error's sentence."""
        return self.sentence(error.code, error.template, error.arguments)

    def sentence(self, code: str, template: str, arguments: dict[str, Any]) -> str:
        """The sentence of a code; ``template`` is its English."""
        return render(code, template, arguments, self.lang)
