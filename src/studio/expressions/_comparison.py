"""Comparing values: equality, order, membership, sorting. Charged by how much is compared."""

# Values are plain JSON whose element types are only known at run time.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from studio.domain.errors import ExpressionError
from studio.domain.lazy import LazyItems
from studio.expressions._limits import Meter
from studio.expressions._operators import (
    NUMBERS,
    TIMES,
    as_time,
    operands,
    plain_list,
)
from studio.expressions._values import Skipped, kind_name

_LONG_TEXT = 1024


def equal(meter: Meter, a: Any, b: Any, depth: int = 0) -> bool:
    """``a == b`` by content; a time equals the text that names it. Charged by what is compared."""
    left, right = type(a), type(b)
    if left is str and right is str:
        if len(a) > _LONG_TEXT and len(a) == len(b):
            meter.steps(len(a) >> 8)
        return a == b
    if left in TIMES or right in TIMES:
        first, second = as_time(a), as_time(b)
        return first is not None and first == second
    if left is list and right is list:
        if len(a) != len(b):
            return False
        meter.level(depth)
        meter.steps(len(a))
        for x, y in zip(a, b, strict=True):  # noqa: SIM110  # a generator would take a second frame per level
            if not equal(meter, x, y, depth + 1):
                return False
        return True
    if left is dict and right is dict:
        if len(a) != len(b):
            return False
        meter.level(depth)
        meter.steps(len(a))
        for key, value in a.items():  # noqa: SIM110  # as above
            if key not in b or not equal(meter, value, b[key], depth + 1):
                return False
        return True
    if isinstance(a, LazyItems) or isinstance(b, LazyItems):
        return _is_sequence(a) and _is_sequence(b) and _equal_lazy(meter, a, b, depth)
    if left is Skipped or right is Skipped:
        return a is b or ((a is None or left is Skipped) and (b is None or right is Skipped))
    return bool(a == b)


def _is_sequence(value: Any) -> bool:
    return type(value) is list or isinstance(value, LazyItems)


def _equal_lazy(meter: Meter, a: Any, b: Any, depth: int) -> bool:
    return len(a) == len(b) and equal(meter, plain_list(meter, a), plain_list(meter, b), depth)


def less(meter: Meter, op: str, a: Any, b: Any, depth: int = 0) -> bool:
    """``a < b`` for two numbers, texts, lists, times or durations.

    Raises:
        ExpressionError: They have no order.
    """
    left, right = type(a), type(b)
    if left in NUMBERS and right in NUMBERS:
        return a < b
    if left is str and right is str:
        if len(a) > _LONG_TEXT and len(b) > _LONG_TEXT:
            meter.steps(min(len(a), len(b)) >> 8)
        return a < b
    if left in TIMES or right in TIMES:
        first, second = as_time(a), as_time(b)
        if first is not None and second is not None:
            return first < second
        raise ExpressionError(
            "expression.operands_time",
            "'{op}' does not compare {left} and {right}. Write datetime(text) for a text that names a time.",
            op=op,
            left=kind_name(a),
            right=kind_name(b),
        )
    if left is timedelta and right is timedelta:
        return a < b
    if left is list and right is list:
        meter.level(depth)
        for x, y in zip(a, b, strict=False):
            meter.steps(1)
            if not equal(meter, x, y, depth + 1):
                return less(meter, op, x, y, depth + 1)
        return len(a) < len(b)
    raise operands(op, a, b)


def contains(meter: Meter, value: Any, where: Any) -> bool:
    """``value in where``: part of a text, item of a list, key of an object.

    Raises:
        ExpressionError: Nothing can be in ``where``, or a text is searched for something else.
    """
    cls = type(where)
    if cls is str:
        if type(value) is not str:
            raise operands("in", value, where)
        if len(where) > _LONG_TEXT:
            meter.steps((len(where) + len(value)) >> 6)
        return value in where
    if cls is dict or isinstance(where, Mapping):
        return type(value) in (str, int, float, bool, type(None)) and value in where
    if cls is list or isinstance(where, LazyItems):
        simple = type(value) in NUMBERS or value is None or (type(value) is str and len(value) <= _LONG_TEXT)
        items = where if cls is list else plain_list(meter, where)
        if simple and cls is list:
            meter.steps(len(items) >> 2)
            return value in items
        for item in items:
            meter.steps(1)
            if equal(meter, item, value):
                return True
        return False
    raise operands("in", value, where)


def is_null(value: Any) -> bool:
    """Whether it is null, or the output of a node that did not run."""
    return value is None or type(value) is Skipped


def sort_keys(meter: Meter, keys: list[Any]) -> list[Any]:
    """Keys fit for the native sort: all numbers, all texts, or wrapped so that each comparison is charged."""
    meter.steps(len(keys) * max(1, len(keys).bit_length()) >> 2)
    kinds = set(map(type, keys))
    if kinds <= NUMBERS or (kinds and kinds <= {timedelta}):
        return keys
    if kinds == {str}:
        meter.steps(sum(map(len, keys)) * len(keys).bit_length() >> 9)
        return keys
    return [_Ordered(meter, key) for key in keys]


class _Ordered:
    """A value under ``less``."""

    __slots__ = ("meter", "value")

    def __init__(self, meter: Meter, value: Any) -> None:
        self.meter = meter
        self.value = value

    def __lt__(self, other: _Ordered) -> bool:
        self.meter.steps(4)
        return less(self.meter, "<", self.value, other.value)
