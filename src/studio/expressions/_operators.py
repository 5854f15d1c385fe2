"""Arithmetic on values. Sizes are checked before anything grows."""

# Values are plain JSON whose element types are only known at run time.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from studio.domain.errors import ExpressionError
from studio.domain.lazy import LazyItems
from studio.expressions import _temporal
from studio.expressions._limits import CHUNK, Meter
from studio.expressions._values import INT_MAX, INT_MIN, kind_name

NUMBERS = frozenset({int, float, bool})
TIMES = frozenset({datetime, date})


def plain_list(meter: Meter, value: Any) -> list[Any]:
    """A sequence as a list; the characters of a text and the keys of an object count as sequences too.

    Raises:
        ExpressionError: It is none.
    """
    cls = type(value)
    if cls is list:
        return value
    if cls is dict or (cls is not str and isinstance(value, Mapping)):
        meter.items(len(value))
        return list(value)
    if cls is str:
        meter.items(len(value), 8 if value.isascii() else 88)
        return list(value)
    if isinstance(value, LazyItems):
        meter.items(len(value), 64)
        found: list[Any] = []
        for start in range(0, len(value), CHUNK):
            meter.steps(CHUNK)
            found += value[start : start + CHUNK]
        return found
    raise ExpressionError("expression.not_a_list", "A list is expected here, not {kind}.", kind=kind_name(value))


def operands(op: str, a: Any, b: Any) -> ExpressionError:
    """The error for values that an operator does not take, with what to write where that is clear."""
    left, right = kind_name(a), kind_name(b)
    if op == "+" and "text" in (left, right):
        return ExpressionError(
            "expression.operands_text",
            "'+' does not join {left} and {right}. Write f'...{value}...', or str(value).",
            left=left,
            right=right,
        )
    if op == "%" and left == "text":
        return ExpressionError("expression.percent", "Texts are filled in by f-strings: f'...{value}...'.")
    if "null" in (left, right):
        return ExpressionError(
            "expression.operands_null",
            "'{op}' does not take {left} and {right}. Write default(value, 0) where null may come.",
            op=op,
            left=left,
            right=right,
        )
    return ExpressionError(
        "expression.operands", "'{op}' does not take {left} and {right}.", op=op, left=left, right=right
    )


def checked(meter: Meter, number: Any) -> Any:
    """A number just computed, if it is of a size that may be."""
    cls = type(number)
    if cls is int:
        if not INT_MIN <= number <= INT_MAX:
            meter.bits(number.bit_length())
    elif cls is complex:
        raise ExpressionError("expression.complex", "The result is no real number.")
    return number


def add(meter: Meter, a: Any, b: Any) -> Any:
    """``a + b``: numbers, texts, lists, and times with durations."""
    left, right = type(a), type(b)
    if left in NUMBERS and right in NUMBERS:
        return checked(meter, a + b)
    if left is str and right is str:
        meter.chars(len(a) + len(b), a.isascii() and b.isascii())
        return a + b
    if left is timedelta or right is timedelta:
        return _add_time(a, b) if right is timedelta else _add_time(b, a)
    if left is list or right is list:
        first = _only_list("+", a, a, b)
        second = _only_list("+", b, a, b)
        meter.items(len(first) + len(second))
        meter.steps((len(first) + len(second)) >> 4)
        return plain_list(meter, first) + plain_list(meter, second)
    raise operands("+", a, b)


def _only_list(op: str, value: Any, a: Any, b: Any) -> Any:
    if type(value) is list or isinstance(value, LazyItems):
        return value
    raise operands(op, a, b)


def _add_time(a: Any, by: timedelta) -> Any:
    if type(a) is timedelta:
        return a + by
    moment = _temporal.parse(a) if type(a) is str else a
    if isinstance(moment, date):
        return _temporal.shift(moment, by)
    raise operands("+", a, by)


def sub(meter: Meter, a: Any, b: Any) -> Any:
    """``a - b``: numbers, times and durations."""
    left, right = type(a), type(b)
    if left in NUMBERS and right in NUMBERS:
        return checked(meter, a - b)
    if right is timedelta:
        if left is timedelta or left in TIMES or left is str:
            return _add_time(a, -b)
    elif left in TIMES or right in TIMES:
        first, second = as_time(a), as_time(b)
        if first is not None and second is not None:
            return first - second
    raise operands("-", a, b)


def as_time(value: Any) -> datetime | None:
    """The instant that a time, or a text that names one, stands for."""
    return _temporal.instant(value) if type(value) in TIMES or type(value) is str else None


def mul(meter: Meter, a: Any, b: Any) -> Any:
    """``a * b``: numbers, a text or list so many times, a duration so many times."""
    left, right = type(a), type(b)
    if left in NUMBERS and right in NUMBERS:
        return checked(meter, a * b)
    if right in (str, list):
        a, b, left, right = b, a, right, left
    if right is int or right is bool:
        if left is str:
            meter.chars(len(a) * max(b, 0), a.isascii())
            return a * b
        if left is list:
            meter.items(len(a) * max(b, 0))
            return a * b
    if left is timedelta and right in NUMBERS:
        return a * b
    if right is timedelta and left in NUMBERS:
        return b * a
    raise operands("*", a, b)


def div(meter: Meter, a: Any, b: Any) -> Any:
    """``a / b``"""
    if type(a) in NUMBERS and type(b) in NUMBERS:
        return a / b
    if type(a) is timedelta and (type(b) in NUMBERS or type(b) is timedelta):
        return a / b
    raise operands("/", a, b)


def floordiv(meter: Meter, a: Any, b: Any) -> Any:
    """``a // b``"""
    if type(a) in NUMBERS and type(b) in NUMBERS:
        return checked(meter, a // b)
    raise operands("//", a, b)


def mod(meter: Meter, a: Any, b: Any) -> Any:
    """``a % b`` of numbers, with the sign of ``b``."""
    if type(a) in NUMBERS and type(b) in NUMBERS:
        return checked(meter, a % b)
    raise operands("%", a, b)


def power(meter: Meter, a: Any, b: Any) -> Any:
    """``a ** b``"""
    if type(a) not in NUMBERS or type(b) not in NUMBERS:
        raise operands("**", a, b)
    if type(a) is int and type(b) is int and b > 0 and abs(a) > 1:
        meter.bits(a.bit_length() * b)
    return checked(meter, a**b)


def shift_left(meter: Meter, a: Any, b: Any) -> int:
    """``a << b``"""
    if type(a) is not int or type(b) is not int:
        raise operands("<<", a, b)
    if b < 0:
        raise ExpressionError("expression.shift", "A number is not shifted by a negative count.")
    meter.bits(a.bit_length() + b)
    return a << b


def shift_right(meter: Meter, a: Any, b: Any) -> int:
    """``a >> b``"""
    if type(a) is not int or type(b) is not int:
        raise operands(">>", a, b)
    if b < 0:
        raise ExpressionError("expression.shift", "A number is not shifted by a negative count.")
    return checked(meter, a >> b)


def _bitwise(op: str, apply: Callable[[Any, Any], Any]) -> Callable[[Meter, Any, Any], Any]:
    def run(meter: Meter, a: Any, b: Any) -> Any:
        if type(a) in (int, bool) and type(b) in (int, bool):
            return checked(meter, apply(a, b))
        raise operands(op, a, b)

    return run


ARITHMETIC: dict[str, Callable[[Meter, Any, Any], Any]] = {
    "+": add,
    "-": sub,
    "*": mul,
    "/": div,
    "//": floordiv,
    "%": mod,
    "**": power,
    "<<": shift_left,
    ">>": shift_right,
    "&": _bitwise("&", lambda a, b: a & b),
    "|": _bitwise("|", lambda a, b: a | b),
    "^": _bitwise("^", lambda a, b: a ^ b),
}


def negate(meter: Meter, value: Any) -> Any:
    """``-x``"""
    if type(value) in NUMBERS or type(value) is timedelta:
        return checked(meter, -value)
    raise ExpressionError("expression.operand", "'{op}' does not take {kind}.", op="-", kind=kind_name(value))


def positive(meter: Meter, value: Any) -> Any:
    """``+x``"""
    if type(value) in NUMBERS or type(value) is timedelta:
        return +value
    raise ExpressionError("expression.operand", "'{op}' does not take {kind}.", op="+", kind=kind_name(value))


def invert(meter: Meter, value: Any) -> int:
    """``~x``"""
    if type(value) is int:
        return checked(meter, ~value)
    raise ExpressionError("expression.operand", "'{op}' does not take {kind}.", op="~", kind=kind_name(value))


UNARY: dict[str, Callable[[Meter, Any], Any]] = {"-": negate, "+": positive, "~": invert}
