"""Message catalogues: templates by code, per language.

    [errors]
    "workflow.unknown_type" = "Le type de nœud {type} n'existe pas."
    [texts]
    "run.items" = {one = "{count} élément", other = "{count} éléments"}

A template may have plural forms, chosen by the argument ``count``, or by the one that ``by`` names. An argument that is
a phrase is said in the same language.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias, cast

import msgspec

from studio.domain.errors import StudioError, fill
from studio.domain.phrases import Phrase
from studio.i18n._plural import plural_category

Entry: TypeAlias = str | dict[str, str]
"""A template, or one per plural category."""

Packs: TypeAlias = Callable[[str, str], "Entry | None"]
"""Gives a pack's own entry for a code in a language."""

_LOCALES = Path(__file__).parent / "locales"
_HELP = Path(__file__).parent / "help"
_FUNCTIONS = Path(__file__).parent / "functions"
_PACKS = Path(__file__).parent.parent / "nodes"


class Catalogue(msgspec.Struct, frozen=True):
    """Templates of one language."""

    errors: dict[str, Entry] = {}
    texts: dict[str, Entry] = {}


@cache
def catalogue(lang: str) -> Catalogue:
    """Studio's own templates of a language; empty where there are none."""
    return _read(_LOCALES / f"{lang}.toml", Catalogue) or Catalogue()


@cache
def help_texts(lang: str) -> dict[str, str]:
    """What the help of the command line says in a language, by the English that stands in the code; none in English."""
    return _read(_HELP / f"{lang}.toml", dict[str, str]) or {}


@cache
def function_texts(lang: str) -> dict[str, str]:
    """What the library of expressions says of its functions in a language, by the English in the code."""
    return _read(_FUNCTIONS / f"{lang}.toml", dict[str, str]) or {}


def function_text(english: str, lang: str) -> str:
    """What a function of the expression language does, in a language; English where it is not translated."""
    return function_texts(lang).get(english, english)


@cache
def _pack_errors(pack: str, lang: str) -> dict[str, Entry]:
    """Templates that a built-in pack brings for the errors of its nodes."""
    found: dict[str, Any] = _read(_PACKS / pack / "strings" / f"{lang}.toml", dict[str, Any]) or {}
    errors: object = found.get("errors")
    return cast("dict[str, Entry]", errors) if isinstance(errors, dict) else {}


def _read(path: Path, kind: Any) -> Any:
    try:
        return msgspec.toml.decode(path.read_bytes(), type=kind)
    except FileNotFoundError:
        return None


def render(
    error: StudioError | str,
    template: str = "",
    arguments: Mapping[str, Any] | None = None,
    lang: str = "en",
    *,
    packs: Packs | None = None,
) -> str:
    """The sentence for an error, or for a code with its English template and arguments.

    Args:
        error: The error, or its code.
        template: The English template, where a code is given.
        arguments: Its arguments, where a code is given.
        lang: The language; English where there is no translation.
        packs: Gives the template of a pack that is not built in: ``Catalog.error_template``.
    """
    if isinstance(error, StudioError):
        code, template, arguments = error.code, error.template, error.arguments
    else:
        code = error
    entry: Entry | None = None
    if lang != "en":
        own = catalogue(lang)
        entry = own.errors.get(code) or own.texts.get(code)
        pack = code.partition(".")[0]
        if entry is None and pack.isidentifier():
            entry = _pack_errors(pack, lang).get(code)
        if entry is None and packs is not None:
            entry = packs(code, lang)
    return filled(template if entry is None else entry, arguments or {}, lang, packs=packs)


def filled(entry: Entry, arguments: Mapping[str, Any], lang: str, *, packs: Packs | None = None) -> str:
    """A template of a language with its arguments: the plural form that goes with them, phrases said in it too."""
    given = {key: _spoken(value, lang, packs) for key, value in arguments.items()}
    return fill(_chosen(entry, given, lang), given)


def _spoken(value: Any, lang: str, packs: Packs | None) -> Any:
    """An argument in the language of the sentence it stands in."""
    if isinstance(value, Phrase):
        return render(value.code, value.template, value.arguments, lang, packs=packs)
    return value


def text(key: str, lang: str = "en", /, **arguments: Any) -> str:
    """A text of Studio's own: a status, a heading, a line of the command line. English where it is not translated.

    Raises:
        LookupError: There is no such text in English either.
    """
    entry = catalogue(lang).texts.get(key)
    if entry is None:
        lang, entry = "en", catalogue("en").texts.get(key)
    if entry is None:
        raise LookupError(f"there is no text {key!r} in locales/en.toml")
    return filled(entry, arguments, lang)


def _chosen(entry: Entry, arguments: Mapping[str, Any], lang: str) -> str:
    if isinstance(entry, str):
        return entry
    number = arguments.get(entry.get("by", "count"), 0)
    category = plural_category(number, lang) if isinstance(number, int | float) else "other"
    return entry.get(category, entry["other"])
