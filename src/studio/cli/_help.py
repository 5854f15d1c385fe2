"""Help in the language that was asked for: English as it stands in the code, and what a catalogue says instead."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from studio.i18n import choose_language, help_texts

if TYPE_CHECKING:
    from studio.cli._typer import Command

_HEADINGS = ("Usage:", "Arguments:", "Options:")
_HEADING = re.compile(rf"^({'|'.join(_HEADINGS)})", re.MULTILINE)


def language_of(words: Sequence[str]) -> str:
    """The language that a command line asks for; the environment's where it asks for none."""
    for at, word in enumerate(words):
        if word.startswith("--lang="):
            return choose_language(word.partition("=")[2])
        if word == "--lang" and at + 1 < len(words):
            return choose_language(words[at + 1])
    return choose_language(None)


def translate(command: Command, lang: str) -> None:
    """Let a command tell about itself in a language, as far as that is translated."""
    known = help_texts(lang)
    if not known:
        return
    if command.help:
        command.help = "\n\n".join(_said(known, part) for part in command.help.split("\n\n"))
    for param in command.params:
        param.help = _said(known, getattr(param, "help", None) or "")
    shown = command.get_help

    def get_help(ctx: Any) -> str:
        # Typer's own words stand in its layout, which leaves no other place for them.
        text = _HEADING.sub(lambda found: known.get(found[1], found[1]), shown(ctx))
        for own in ("required", "Show this message and exit."):
            text = text.replace(own, known.get(own, own))
        return text

    command.get_help = get_help


def _said(known: dict[str, str], english: str) -> str:
    """A paragraph in the language; a full stop at its end is no part of what is looked up."""
    plain = " ".join(english.split())
    if plain in known:
        return known[plain]
    found = known.get(plain.removesuffix("."))
    return english if found is None else f"{found}."
