"""What an annotation of a library function demands of an argument."""

# Values are plain JSON whose element types are only known at run time.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from studio.domain.errors import ExpressionError
from studio.expressions import _temporal
from studio.expressions._limits import Meter
from studio.expressions._names import type_name
from studio.expressions._operators import plain_list
from studio.expressions._values import kind_name

Converter = Callable[[Meter, Any, str], Any]


def _refused(value: Any, name: str, expected: str) -> ExpressionError:
    if value is None:
        return ExpressionError(
            "expression.argument_null",
            "{name} is null; {expected} is expected. Write default(value, ...) where null may come.",
            name=name,
            expected=type_name(expected),
        )
    return ExpressionError(
        "expression.argument",
        "{name} is {kind}; {expected} is expected.",
        name=name,
        kind=kind_name(value),
        expected=type_name(expected),
    )


def _is(expected: str, *classes: type) -> Converter:
    def convert(meter: Meter, value: Any, name: str) -> Any:
        if type(value) in classes:
            return value
        raise _refused(value, name, expected)

    return convert


def _list(meter: Meter, value: Any, name: str) -> list[Any]:
    if type(value) is list:
        return value
    if value is None or type(value) in (int, float, bool):
        raise _refused(value, name, "list")
    return plain_list(meter, value)


def _object(meter: Meter, value: Any, name: str) -> dict[str, Any]:
    if type(value) is dict:
        return value
    if isinstance(value, Mapping):
        meter.items(len(value), 64)
        return dict(value)
    raise _refused(value, name, "object")


def _instant(meter: Meter, value: Any, name: str) -> datetime:
    found = _temporal.instant(value)
    if found is None:
        raise _refused(value, name, "datetime")
    return found


def _moment(meter: Meter, value: Any, name: str) -> datetime | date:
    if type(value) is date:
        return value
    parsed = _temporal.parse(value) if type(value) is str else _temporal.instant(value)
    if parsed is None:
        raise _refused(value, name, "date or datetime")
    return parsed


def _optional(convert: Converter) -> Converter:
    return lambda meter, value, name: None if value is None else convert(meter, value, name)


_BASE: dict[str, Converter] = {
    "str": _is("text", str),
    "int": _is("int", int),
    "bool": _is("bool", bool),
    "float": _is("number", int, float, bool),
    "list[Any]": _list,
    "dict[str, Any]": _object,
    "datetime": _instant,
    "datetime | date": _moment,
    "timedelta": _is("duration", timedelta),
}
CONVERTERS: dict[str, Converter] = {**_BASE, **{f"{name} | None": _optional(each) for name, each in _BASE.items()}}
"""Annotation -> function of meter, value and the parameter's name that gives the value to pass on, or raises."""
