"""Types of values as far as they are known before anything runs.

    Any                     not known
    Null Bool Int Float Str DateTime Date Duration File Table Function
    ListType(item)          a list, in memory or long
    DictType(value)         an object with any keys
    ObjectType(fields, required, open)
    UnionType(options)      one of several; ``optional(T)`` is T or Null

A type says what a value may be. ``accepts`` asks whether a value of one type can be what another expects: it is false
only where that is impossible, so that nothing which could work is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, cast

from studio.domain.lazy import LazyItems
from studio.domain.phrases import Phrase, listed
from studio.domain.values import FileRef, ItemsRef, TableRef
from studio.expressions._names import type_name
from studio.expressions._values import Skipped


@dataclass(frozen=True, slots=True)
class Type:
    """A type without parts, known by its name."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class ListType(Type):
    """A list of items of one type."""

    name: str = field(default="list", init=False)
    item: Type = Type("any")

    def __str__(self) -> str:
        return f"list[{self.item}]"


@dataclass(frozen=True, slots=True)
class DictType(Type):
    """An object whose keys are not known and whose values have one type."""

    name: str = field(default="object", init=False)
    value: Type = Type("any")

    def __str__(self) -> str:
        return f"object[{self.value}]"


@dataclass(frozen=True, slots=True)
class ObjectType(Type):
    """An object with known keys. ``open``: it may have others too."""

    name: str = field(default="object", init=False)
    fields: Mapping[str, Type] = field(default_factory=dict[str, Type])
    required: frozenset[str] = frozenset()
    open: bool = False

    def __str__(self) -> str:
        shown = ", ".join(f"{key}: {each}" for key, each in list(self.fields.items())[:8])
        return f"object{{{shown}{', ...' if self.open or len(self.fields) > 8 else ''}}}"

    def __hash__(self) -> int:
        return hash((tuple(self.fields), self.required, self.open))


@dataclass(frozen=True, slots=True)
class UnionType(Type):
    """One of several types; build it with ``union``."""

    name: str = field(default="union", init=False)
    options: tuple[Type, ...] = ()

    def __str__(self) -> str:
        return " | ".join(map(str, self.options))


ANY = Type("any")
NULL = Type("null")
BOOL = Type("bool")
INT = Type("int")
FLOAT = Type("float")
STR = Type("text")
DATETIME = Type("datetime")
DATE = Type("date")
DURATION = Type("duration")
FILE = Type("file")
TABLE = Type("table")
FUNCTION = Type("function")

NUMBERS = frozenset({INT, FLOAT, BOOL})
_ALSO: dict[Type, frozenset[Type]] = {
    FLOAT: frozenset({INT, BOOL, DURATION}),
    INT: frozenset({BOOL, DURATION}),
    STR: frozenset({DATETIME, DATE}),
    DATETIME: frozenset({DATE, STR}),
    DATE: frozenset({DATETIME, STR}),
    DURATION: frozenset({INT, FLOAT, STR}),
}
"""Type expected -> types that become it on the way: dates leave an expression as text, durations as seconds."""


def union(*types: Type) -> Type:
    """One of several types; nested unions are flattened and doubles left out. ``any`` swallows all others."""
    options: list[Type] = []
    for each in types:
        for option in each.options if isinstance(each, UnionType) else (each,):
            if option == ANY:
                return ANY
            if option not in options:
                options.append(option)
    return options[0] if len(options) == 1 else UnionType(options=tuple(options)) if options else ANY


def shown_type(kind: Type) -> str:
    """A type as a part of a sentence: ``text | null``, ``list[number]``, ``object{name: text}``."""
    if isinstance(kind, ListType):
        return Phrase("type.list_of", "list[{item}]", item=shown_type(kind.item))
    if isinstance(kind, DictType):
        return Phrase("type.object_of", "object[{value}]", value=shown_type(kind.value))
    if isinstance(kind, ObjectType):
        some = [(key, shown_type(each)) for key, each in list(kind.fields.items())[:8]]
        fields = [Phrase("type.field", "{key}: {kind}", key=key, kind=each) for key, each in some]
        more = ["..."] if kind.open or len(kind.fields) > 8 else []
        shown = listed([*fields, *more])
        return Phrase("type.object_with", "object{open}{fields}{close}", open="{", close="}", fields=shown)
    if isinstance(kind, UnionType):
        out, *others = (shown_type(each) for each in kind.options)
        for other in others:
            out = Phrase("type.either", "{one} | {other}", one=out, other=other)
        return out
    return type_name(kind.name)


def optional(inner: Type) -> Type:
    """The type, or null."""
    return union(inner, NULL)


def options_of(kind: Type) -> tuple[Type, ...]:
    """What a value of the type may be, one by one."""
    return kind.options if isinstance(kind, UnionType) else (kind,)


def without_null(kind: Type) -> Type:
    """The type of a value that is known not to be null; null itself stays."""
    rest = [option for option in options_of(kind) if option != NULL]
    return union(*rest) if rest else kind


def may_be_null(kind: Type) -> bool:
    """Whether null is one of several possibilities."""
    return isinstance(kind, UnionType) and NULL in kind.options


def accepts(expected: Type, actual: Type) -> bool:
    """Whether a value of type ``actual`` can be what ``expected`` asks for; false only where it cannot be."""
    if expected == ANY or actual == ANY:
        return True
    return any(_one(wanted, given) for wanted in options_of(expected) for given in options_of(actual))


def _one(expected: Type, actual: Type) -> bool:
    if expected in (actual, ANY) or actual == ANY:
        return True
    if actual in _ALSO.get(expected, ()):
        return True
    if isinstance(expected, ListType):
        return isinstance(actual, ListType) and (accepts(expected.item, actual.item))
    if isinstance(expected, DictType):
        if isinstance(actual, ObjectType):
            return all(accepts(expected.value, each) for each in actual.fields.values())
        return isinstance(actual, DictType) and accepts(expected.value, actual.value)
    if isinstance(expected, ObjectType):
        return isinstance(actual, DictType) or (isinstance(actual, ObjectType) and _object(expected, actual))
    return False


def _object(expected: ObjectType, actual: ObjectType) -> bool:
    for key in expected.required:
        if key not in actual.fields and not actual.open:
            return False
    for key, each in actual.fields.items():
        wanted = expected.fields.get(key)
        if wanted is None:
            if not expected.open and key in actual.required:
                return False
        elif not accepts(wanted, each):
            return False
    return True


def type_of(value: Any, depth: int = 6, sample: int = 50) -> Type:
    """The type of a value at hand, for example of pinned test data.

    Args:
        value: Plain data.
        depth: Levels that are looked at; deeper ones are ``any``.
        sample: Items of each list that are looked at.
    """
    if value is None or isinstance(value, Skipped):
        return NULL
    for cls, kind in _CLASSES:
        if isinstance(value, cls):
            return kind
    if depth <= 0:
        return ANY
    if isinstance(value, Mapping):
        found = cast("Mapping[str, Any]", value)
        fields = {key: type_of(each, depth - 1, sample) for key, each in list(found.items())[:500]}
        return ObjectType(fields=fields, required=frozenset(fields), open=len(found) > 500)
    if isinstance(value, list | LazyItems):
        items = cast("list[Any]", value)[:sample]
        return ListType(item=merged(type_of(each, depth - 1, sample) for each in items))
    return ListType() if isinstance(value, ItemsRef) else ANY


_CLASSES: tuple[tuple[type, Type], ...] = (
    (bool, BOOL),
    (int, INT),
    (float, FLOAT),
    (str, STR),
    (datetime, DATETIME),
    (date, DATE),
    (timedelta, DURATION),
    (FileRef, FILE),
    (TableRef, TABLE),
)


def merged(types: Iterable[Type]) -> Type:
    """One type for values of several: objects become one object, with the keys they all have required."""
    objects: list[ObjectType] = []
    others: list[Type] = []
    for each in types:
        if isinstance(each, ObjectType):
            objects.append(each)
        else:
            others.append(each)
    if objects:
        keys = dict.fromkeys(key for each in objects for key in each.fields)
        fields = {key: union(*(each.fields[key] for each in objects if key in each.fields)) for key in keys}
        required = frozenset[str].intersection(*(each.required for each in objects))
        others.append(ObjectType(fields=fields, required=required, open=any(each.open for each in objects)))
    return union(*others) if others else ANY


_NAMED: dict[str, Type] = {
    each.name: each for each in (ANY, NULL, BOOL, INT, FLOAT, STR, DATETIME, DATE, DURATION, FILE, TABLE, FUNCTION)
}
_NAMED["number"] = UnionType(options=(INT, FLOAT))
_NAMED["same_time"] = UnionType(options=(DATE, DATETIME))


def parse_type(written: str, names: Mapping[str, Type] | None = None) -> Type:
    """The type that a short notation stands for: ``int``, ``list[text]``, ``dict[any]``, ``item?``.

    Args:
        written: The notation.
        names: What other names stand for.

    Raises:
        KeyError: A name is not known.
    """
    if written.endswith("?"):
        return optional(parse_type(written[:-1], names))
    if written.startswith("list[") and written.endswith("]"):
        return ListType(item=parse_type(written[5:-1], names))
    if written.startswith("dict[") and written.endswith("]"):
        return DictType(value=parse_type(written[5:-1], names))
    if names is not None and written in names:
        return names[written]
    return _NAMED[written]


def type_from_schema(schema: Any) -> Type:
    """The type that a JSON Schema describes, as Pydantic writes it or a person does.

    Understands ``type``, ``properties``, ``required``, ``additionalProperties``, ``items``, ``prefixItems``, ``enum``,
    ``const``, ``anyOf``, ``oneOf``, ``allOf``, ``$ref`` into ``$defs``, and ``x-studio``. What it does not understand,
    and what refers to itself, is ``any``.
    """
    from studio.expressions._schema import SchemaReader

    return SchemaReader(schema).read(schema, 0)
