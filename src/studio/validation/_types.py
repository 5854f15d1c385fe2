"""Types of values, as the checks of nodes and params need them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from studio.domain import nouns
from studio.domain.phrases import Phrase, either
from studio.expressions.types import (
    ANY,
    BOOL,
    FILE,
    FLOAT,
    INT,
    NULL,
    STR,
    TABLE,
    DictType,
    ListType,
    ObjectType,
    Type,
    accepts,
    options_of,
    shown_type,
)

_CONVERTED: dict[Type, frozenset[Type]] = {
    INT: frozenset({STR, FLOAT}),
    FLOAT: frozenset({STR}),
    BOOL: frozenset({STR, INT, FLOAT}),
}
"""Type expected -> types of which some values are converted to it when the node runs, and others refused."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Why a value of one type cannot stand where another is expected. ``convertible``: some values can."""

    expected: str
    actual: str
    convertible: bool


def conflict(expected: Type, actual: Type) -> Conflict | None:
    """What is wrong with the type of an expression, None where it may fit."""
    if accepts(expected, actual):
        return None
    pairs = [(one, other) for one in options_of(expected) for other in options_of(actual)]
    convertible = any(other in _CONVERTED.get(one, ()) for one, other in pairs)
    return Conflict(described(expected), described(actual), convertible)


_WORDS: dict[Type, str] = {
    NULL: "null",
    BOOL: nouns.TRUE_OR_FALSE,
    INT: nouns.WHOLE_NUMBER,
    FLOAT: nouns.A_NUMBER,
    STR: nouns.A_TEXT,
    FILE: nouns.A_FILE,
    TABLE: nouns.A_TABLE,
}


def described(kind: Type) -> str:
    """A type in a few words."""
    words: list[str] = []
    for option in options_of(kind):
        if isinstance(option, ListType):
            of = Phrase("value.list_of", "a list of {item}", item=shown_type(option.item))
            word = nouns.A_LIST if option.item == ANY else of
        elif isinstance(option, DictType | ObjectType):
            word = nouns.AN_OBJECT
        else:
            word = _WORDS.get(option) or Phrase("value.other", "a {kind}", kind=shown_type(option))
        words.append(word)
    return either(words[:8])


def fields_of(kind: Type) -> Mapping[str, Type] | None:
    """The fields of an object all of whose keys are known, None for everything else."""
    return kind.fields if isinstance(kind, ObjectType) and not kind.open else None


def field_of(kind: Type, name: str) -> Type:
    """The type of one field, ``any`` where it is not known."""
    return kind.fields.get(name, ANY) if isinstance(kind, ObjectType) else ANY


def element_of(kind: Type) -> Type:
    """The type of a list's items, ``any`` where it is not known."""
    return kind.item if isinstance(kind, ListType) else ANY


def list_of(item: Type) -> Type:
    """A list of items of one type."""
    return ListType(item=item)


def object_of(fields: Mapping[str, Type], *, open: bool) -> Type:
    """An object with these fields, all of them there."""
    return ObjectType(fields=dict(fields), required=frozenset(fields), open=open)
