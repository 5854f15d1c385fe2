"""Functions that ask for a value's type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from studio.domain.lazy import LazyItems
from studio.expressions import _temporal
from studio.expressions._comparison import is_null
from studio.expressions._limits import Meter
from studio.expressions._registry import function
from studio.expressions._values import kind


@function("types", "text", [("type_of([1])", "list"), ("type_of('a')", "text"), ("type_of(null)", "null")])
def type_of(meter: Meter, x: Any) -> str:
    """The name of the type: null, bool, int, float, text, list, object, date, datetime, duration, file or table."""
    return kind(x)


@function("types", "bool", [("is_null(null)", True)])
def is_null_(meter: Meter, x: Any) -> bool:
    """Whether it is null, or the output of a node that did not run."""
    return is_null(x)


@function("types", "bool", [("is_bool(true)", True)])
def is_bool(meter: Meter, x: Any) -> bool:
    """Whether it is true or false."""
    return type(x) is bool


@function("types", "bool", [("is_int(1)", True), ("is_int(1.0)", False)])
def is_int(meter: Meter, x: Any) -> bool:
    """Whether it is a whole number."""
    return type(x) is int


@function("types", "bool", [("is_number(1.5)", True), ("is_number('1')", False)])
def is_number(meter: Meter, x: Any) -> bool:
    """Whether it is a number."""
    return type(x) in (int, float)


@function("types", "bool", [("is_text('a')", True)])
def is_text(meter: Meter, x: Any) -> bool:
    """Whether it is a text."""
    return type(x) is str


@function("types", "bool", [("is_list([])", True)])
def is_list(meter: Meter, x: Any) -> bool:
    """Whether it is a list."""
    return type(x) is list or isinstance(x, LazyItems)


@function("types", "bool", [("is_object({})", True)])
def is_object(meter: Meter, x: Any) -> bool:
    """Whether it is an object."""
    return isinstance(x, Mapping)


@function("types", "bool", [("is_date('2024-02-30')", False), ("is_date('2024-02-29')", True)])
def is_date(meter: Meter, x: Any) -> bool:
    """Whether it is a date or time, or a text that names one."""
    return kind(x) in ("date", "datetime") or (type(x) is str and _temporal.parse(x) is not None)


@function("types", "bool", [("is_empty('')", True), ("is_empty([0])", False), ("is_empty(null)", True)])
def is_empty(meter: Meter, x: Any) -> bool:
    """Whether it is null, or a text, list or object with nothing in it."""
    if is_null(x):
        return True
    return kind(x) in ("text", "list", "object") and len(x) == 0
