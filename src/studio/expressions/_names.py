"""Names of types as messages say them, in every language."""

from __future__ import annotations

from collections.abc import Iterable

from studio.domain.phrases import Phrase, listed

_NAMES: dict[str, Phrase] = {
    "any": Phrase("type.any", "any"),
    "bool": Phrase("type.bool", "bool"),
    "int": Phrase("type.int", "int"),
    "float": Phrase("type.float", "float"),
    "number": Phrase("type.number", "number"),
    "text": Phrase("type.text", "text"),
    "list": Phrase("type.list", "list"),
    "object": Phrase("type.object", "object"),
    "date": Phrase("type.date", "date"),
    "datetime": Phrase("type.datetime", "datetime"),
    "date or datetime": Phrase("type.date_or_datetime", "date or datetime"),
    "duration": Phrase("type.duration", "duration"),
    "file": Phrase("type.file", "file"),
    "table": Phrase("type.table", "table"),
    "function": Phrase("type.function", "function"),
    "value": Phrase("type.value", "value"),
}


THE_VALUE = Phrase("expression.the_value", "the value")
"""Stands for what has no name in an expression."""


THE_ITEM = Phrase("expression.the_item", "the item")
"""Stands for an item that a path is looked up in."""


def type_name(name: str) -> str:
    """The type of that name, as a part of a sentence."""
    return _NAMES.get(name, name)


def type_names(names: Iterable[str]) -> str:
    """Several types, one after the other."""
    return listed(type_name(name) for name in names)
