"""A pack's texts in other languages: ``strings/<language>.toml``.

["text.slugify"]
title = "Identifiant d'URL"
description = "..."
params = {text = "Le titre"}
[errors]
"text.bad_pattern" = "...{pattern}..."
"text.too_many" = {one = "...", other = "...{count}..."}
[texts]
"greeting" = "..."
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import msgspec


class PackStrings:
    """Texts of one pack, read per language at first use. A missing or broken file counts as empty."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._languages: dict[str, dict[str, Any]] = {}

    def _table(self, lang: str, name: str) -> dict[str, Any]:
        if lang not in self._languages:
            try:
                text = (self._folder / f"{lang}.toml").read_bytes() if lang.isalpha() else b""
                self._languages[lang] = msgspec.toml.decode(text, type=dict[str, Any])
            except (OSError, ValueError, msgspec.DecodeError):
                self._languages[lang] = {}
        table: object = self._languages[lang].get(name)
        return cast("dict[str, Any]", table) if isinstance(table, dict) else {}

    def title(self, type_id: str, lang: str) -> str | None:
        """Title of a node, None where it is not translated."""
        return _text(self._table(lang, type_id).get("title"))

    def description(self, type_id: str, lang: str) -> str | None:
        """Description of a node, None where it is not translated."""
        return _text(self._table(lang, type_id).get("description"))

    def params(self, type_id: str, lang: str) -> dict[str, str]:
        """Labels of a node's params, as far as translated."""
        table: object = self._table(lang, type_id).get("params")
        labels = cast("dict[str, object]", table) if isinstance(table, dict) else {}
        return {name: label for name, label in labels.items() if isinstance(label, str)}

    def pack(self, key: str, lang: str) -> str | None:
        """``title`` or ``description`` of the pack itself."""
        return _text(self._table(lang, "pack").get(key))

    def error(self, code: str, lang: str) -> str | dict[str, str] | None:
        """Template of an error that the pack's nodes raise, or one per plural form."""
        return _entry(self._table(lang, "errors").get(code))

    def text(self, key: str, lang: str) -> str | dict[str, str] | None:
        """A text that the pack's nodes write themselves, or one per plural form."""
        return _entry(self._table(lang, "texts").get(key))


def _entry(value: object) -> str | dict[str, str] | None:
    """A template, or the forms of one that has ``other``; everything else counts as not translated."""
    if not isinstance(value, dict):
        return _text(value)
    forms = cast("dict[str, object]", value)
    texts = {name: form for name, form in forms.items() if isinstance(form, str)}
    return texts if len(texts) == len(forms) and "other" in texts else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
