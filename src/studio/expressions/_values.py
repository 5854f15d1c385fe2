"""What values are called, how they become text, and how results leave an expression."""

# Values are plain JSON whose element types are only known at run time.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from typing import Any

import orjson

from studio.domain.errors import ExpressionError
from studio.domain.lazy import LazyItems
from studio.domain.values import FileRef, ItemsRef, TableRef
from studio.expressions._limits import CHUNK, Meter
from studio.expressions._names import type_name

INT_MIN = -(2**63)
INT_MAX = 2**63 - 1
OPAQUE: dict[type, frozenset[str]] = {
    FileRef: frozenset({"name", "size", "media_type"}),
    TableRef: frozenset({"rows", "columns"}),
    datetime: frozenset({"year", "month", "day", "hour", "minute", "second", "microsecond", "weekday"}),
    date: frozenset({"year", "month", "day", "weekday"}),
    timedelta: frozenset({"days", "hours", "minutes", "seconds"}),
}
"""Types that are no containers -> what can be read from them after a dot."""

_SCALARS = frozenset({str, bool, type(None)})


class Skipped:
    """The output of a node that did not run: null, but reading a key of it names the node."""

    __slots__ = ("node",)

    def __init__(self, node: str) -> None:
        self.node = node

    def __repr__(self) -> str:
        return f"Skipped({self.node!r})"


class Missing(ExpressionError):
    """A key, position or node output is not there; ``default`` answers it with its second argument."""


def kind(value: Any) -> str:
    """The name of a value's type in messages and for ``type_of``."""
    cls: type = type(value)
    known = _KINDS.get(cls)
    if known is not None:
        return known
    if isinstance(value, LazyItems):
        return "list"
    if isinstance(value, Mapping):
        return "object"
    return "value"


_KINDS: dict[type, str] = {
    type(None): "null", Skipped: "null", bool: "bool", int: "int", float: "float", str: "text", list: "list",
    dict: "object", datetime: "datetime", date: "date", timedelta: "duration", FileRef: "file", TableRef: "table",
    ItemsRef: "list",
}  # fmt: skip


def kind_name(value: Any) -> str:
    """The name of a value's type, as a part of a sentence."""
    return type_name(kind(value))


def near(name: str, known: Iterable[Any], limit: int = 3) -> list[str]:
    """Names like ``name``, the nearest first; bounded in time whatever the names are."""
    candidates: list[str] = []
    for other in known:
        if type(other) is str and 0 < len(other) <= 60:
            candidates.append(other)
            if len(candidates) >= 200:
                break
    if not 0 < len(name) <= 60:
        return []
    lowered = {other.lower(): other for other in reversed(candidates)}
    close = get_close_matches(name.lower(), lowered, n=limit, cutoff=0.6)
    found = [lowered[other] for other in close]
    if len(found) < limit and len(name) >= 3:
        found += [
            other
            for other in candidates
            if other not in found
            and len(other) >= 3
            and (other.lower() in name.lower() or name.lower() in other.lower())
        ]
    return found[:limit]


def attribute(value: Any, key: str) -> Any:
    """A readable attribute of an opaque value; the caller has checked that ``OPAQUE`` lists it."""
    if key == "weekday":
        return value.isoweekday()
    cls = type(value)
    if cls is timedelta:
        seconds = value.total_seconds()
        return seconds / {"days": 86400.0, "hours": 3600.0, "minutes": 60.0, "seconds": 1.0}[key]
    if cls is TableRef and key == "columns":
        return [name for name, _ in value.columns]
    return getattr(value, key)


def seconds_of(value: timedelta) -> int | float:
    """A duration as it leaves an expression: seconds, whole ones as an int."""
    seconds = value.total_seconds()
    return int(seconds) if seconds.is_integer() else seconds


def text(meter: Meter, value: Any) -> str:
    """How a value reads inside a text: JSON's spelling, texts without quotes, dates as ISO 8601."""
    cls = type(value)
    if cls is str:
        return value
    if cls is int:
        meter.bits(value.bit_length())
        return str(value)
    if value is None or cls is Skipped:
        return "null"
    if cls is bool:
        return "true" if value else "false"
    if cls is float:
        return repr(value)
    if cls is datetime or cls is date:
        return value.isoformat()
    if cls is timedelta:
        return str(seconds_of(value))
    return to_json(meter, value)


def to_json(meter: Meter, value: Any, options: int = 0) -> str:
    """A value as JSON text, with the options of orjson.

    Raises:
        ExpressionError: It holds what JSON cannot, or the text becomes too long.
    """
    walker = _Walker(meter, unfold=True, indent=2 if options & orjson.OPT_INDENT_2 else 0)
    plain, size = walker.walk(value, 0)
    meter.chars(size, False)
    try:
        written = orjson.dumps(plain, option=options)
    except (TypeError, ValueError):
        raise ExpressionError("expression.json_write", "The value cannot be written as JSON.") from None
    made = written.decode()
    if len(made) > size:  # escapes take six characters each, and numbers up to 24
        meter.chars(len(made))
    return made


def finish_scalar(value: Any) -> Any:
    """A result without containers made by the expression itself, as plain data."""
    cls = type(value)
    if cls in _SCALARS or cls is list or cls is dict:
        return value
    if cls is int:
        if INT_MIN <= value <= INT_MAX:
            return value
        raise ExpressionError(
            "expression.result_range", "A whole number in the result has more than 64 bits.", bits=value.bit_length()
        )
    if cls is float:
        if value - value == 0.0:
            return value
        raise ExpressionError("expression.result_range", "A number in the result is infinite or not a number.")
    if cls is datetime or cls is date:
        return value.isoformat()
    if cls is timedelta:
        return seconds_of(value)
    if cls is Skipped:
        return None
    if cls in OPAQUE or cls is ItemsRef or isinstance(value, LazyItems | Mapping):
        return value
    raise ExpressionError("expression.result_type", "A {kind} cannot be a result.", kind=kind_name(value))


def finish(meter: Meter, value: Any) -> Any:
    """A result as plain data, its size when written out charged against the budget.

    A list or object that appears several times is walked once but counted each time, so that small values that
    would unfold into huge ones are refused. Containers are copied only where something in them changes.
    """
    plain, size = _Walker(meter, unfold=False).walk(value, 0)
    if size > meter.budget.bytes:
        meter.alloc(meter.bytes_left + 1)
    return plain


class _Walker:
    """One walk over a value; ``seen`` maps the identity of a container to its plain form and logical size.

    With ``unfold`` the value is about to become text: long lists are read in, and files stand as their names. With
    ``indent`` every item stands on a line of its own, so many spaces to the right per level.
    """

    __slots__ = ("indent", "meter", "seen", "unfold")

    def __init__(self, meter: Meter, unfold: bool, indent: int = 0) -> None:
        self.meter = meter
        self.unfold = unfold
        self.indent = indent
        self.seen: dict[tuple[int, int], tuple[Any, int, Any]] = {}

    def walk(self, value: Any, depth: int) -> tuple[Any, int]:
        """The plain form and its size in bytes."""
        cls = type(value)
        if cls is str:
            return value, len(value) + 3
        if cls is not list and cls is not dict:
            if not self.unfold or (cls in _KINDS and cls not in OPAQUE):
                return finish_scalar(value), 8
            value = self.unfolded(value)
            cls = type(value)
            if cls is not list and cls is not dict:
                return value, 32
        place = (id(value), depth * self.indent)
        known = self.seen.get(place)
        if known is not None:
            return known[0], known[1]
        self.meter.level(depth)
        plain, size = self.walk_list(value, depth) if cls is list else self.walk_dict(value, depth)
        self.seen[place] = (plain, size, value)
        return plain, size

    def unfolded(self, value: Any) -> Any:
        """What stands in a text for something that is neither a scalar nor a plain container."""
        if isinstance(value, LazyItems | Mapping):
            self.meter.items(len(value), 64)
            return dict(value) if isinstance(value, Mapping) else list(value)
        if type(value) is FileRef:
            return value.name
        if type(value) in (TableRef, ItemsRef):
            raise ExpressionError("expression.result_type", "A {kind} cannot be part of a text.", kind=kind_name(value))
        return finish_scalar(value)

    def walk_list(self, value: list[Any], depth: int) -> tuple[Any, int]:
        size = 2
        margin = 1 + self.indent * (depth + 1)
        changed: list[Any] | None = None
        for index, item in enumerate(value):
            if not index % CHUNK:
                self.meter.steps(CHUNK)
            plain, item_size = self.walk(item, depth + 1)
            size += item_size + margin
            if plain is not item and changed is None:
                changed = value[:index]
            if changed is not None:
                changed.append(plain)
        return (value if changed is None else changed), size

    def walk_dict(self, value: dict[Any, Any], depth: int) -> tuple[Any, int]:
        size = 2
        margin = 4 + self.indent * (depth + 1)
        changed: dict[str, Any] | None = None
        self.meter.steps(1 + len(value))
        for key, item in value.items():
            if type(key) is not str:
                raise bad_key(key)
            plain, item_size = self.walk(item, depth + 1)
            size += item_size + len(key) + margin
            if plain is not item:
                if changed is None:
                    changed = dict(value)
                changed[key] = plain
        return (value if changed is None else changed), size


def bad_key(key: Any) -> ExpressionError:
    """The error for an object whose key is no text."""
    return ExpressionError(
        "expression.result_key",
        "The keys of an object in the result are texts; this one is {kind}. Write str(key).",
        kind=kind_name(key),
    )
