"""Functions over numbers."""

# Values are plain JSON whose element types are only known at run time.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

import math
import statistics
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from studio.domain.errors import ExpressionError
from studio.expressions._limits import Meter
from studio.expressions._operators import add, checked
from studio.expressions._registry import function
from studio.expressions._values import kind_name

_MAX_DIGITS = 300


def numbers(meter: Meter, items: list[Any], key: Callable[[Any], Any] | None = None) -> list[Any]:
    """The items, or what ``key`` gives for them, if all are numbers.

    Raises:
        ExpressionError: One is no number; names its position.
    """
    meter.steps(len(items))
    found = items if key is None else [key(item) for item in items]
    if not set(map(type, found)) <= {int, float, bool}:
        for index, item in enumerate(found):
            if type(item) not in (int, float, bool):
                raise ExpressionError(
                    "expression.not_a_number",
                    "Item {index} is {kind}, not a number.",
                    index=index,
                    kind=kind_name(item),
                )
    return found


@function("numbers", "number", [("abs(-3)", 3)], flow="number")
def abs_(meter: Meter, x: float) -> Any:
    """The number without its sign."""
    return checked(meter, abs(x))


@function(
    "numbers",
    "number",
    [("round(2.567, 1)", 2.6), ("round(2.4)", 2), ("round(1234, -2)", 1200)],
    flow="number",
)
def round_(meter: Meter, x: float, digits: int | None = None) -> Any:
    """Rounded to so many decimal digits; without digits to a whole number. Halves go to the even neighbour."""
    if digits is None:
        return checked(meter, round(x))
    if abs(digits) > _MAX_DIGITS:
        raise ExpressionError("expression.digits", "The digits are between -300 and 300.")
    return checked(meter, round(x, digits))


@function("numbers", "int", [("floor(2.7)", 2), ("floor(-2.1)", -3)], flow="number")
def floor(meter: Meter, x: float) -> int:
    """The next whole number below."""
    return math.floor(x)


@function("numbers", "int", [("ceil(2.1)", 3)], flow="number")
def ceil(meter: Meter, x: float) -> int:
    """The next whole number above."""
    return math.ceil(x)


@function("numbers", "float", [("sqrt(9)", 3.0)], flow="number")
def sqrt(meter: Meter, x: float) -> float:
    """The square root of a number that is not negative."""
    if x < 0:
        raise ExpressionError("expression.sqrt", "A negative number has no square root.")
    return math.sqrt(x)


@function("numbers", "float", [("log(100, 10)", 2.0), ("log(1)", 0.0)], flow="number")
def log(meter: Meter, x: float, base: float | None = None) -> float:
    """The logarithm of a positive number, natural where no base is given."""
    if x <= 0 or (base is not None and (base <= 0 or base == 1)):
        raise ExpressionError("expression.log", "A logarithm is of a positive number, its base positive and not 1.")
    if base == 10:
        return math.log10(x)
    return math.log(x) if base is None else math.log(x, base)


@function("numbers", "float", [("exp(0)", 1.0)], flow="number")
def exp(meter: Meter, x: float) -> float:
    """e to the power of x."""
    return math.exp(x)


@function("numbers", "number", [("clamp(12, 0, 10)", 10), ("clamp(-1, 0, 10)", 0)], flow="number")
def clamp(meter: Meter, x: float, low: float, high: float) -> Any:
    """The number, or the bound it lies beyond."""
    return min(max(x, low), high)


@function("numbers", "int", [("sign(-2.5)", -1), ("sign(0)", 0)])
def sign(meter: Meter, x: float) -> int:
    """-1, 0 or 1."""
    return (x > 0) - (x < 0)


@function(
    "numbers",
    "number",
    [("sum([1, 2, 3.5])", 6.5), ("sum([{'n': 2}, {'n': 3}], 'n')", 5), ("sum(x * 2 for x in [1, 2])", 6)],
    flow="number",
    functions={"key": 1},
)
def sum_(meter: Meter, items: list[Any], key: Callable[..., Any] | None = None) -> Any:
    """The sum of numbers or durations; with a key, of what it gives for each item. 0 for an empty list."""
    found = items if key is None else [key(item) for item in items]
    if found and type(found[0]) is timedelta:
        meter.steps(len(found) * 4)
        total: Any = timedelta()
        for item in found:
            total = add(meter, total, item)
        return total
    return checked(meter, sum(numbers(meter, found)))


@function("numbers", "number", [("product([2, 3, 4])", 24)], flow="number")
def product(meter: Meter, items: list[Any]) -> Any:
    """All numbers multiplied with each other; 1 for an empty list."""
    total: Any = 1
    for item in numbers(meter, items):
        meter.steps(1)
        total = checked(meter, total * item)
    return total


@function("numbers", "float", [("mean([1, 2, 6])", 3.0)], flow="number", functions={"key": 1})
def mean(meter: Meter, items: list[Any], key: Callable[..., Any] | None = None) -> float:
    """The arithmetic mean of at least one number."""
    found = _some(numbers(meter, items, key), 1)
    return math.fsum(found) / len(found)


@function("numbers", "number", [("median([3, 1, 2])", 2), ("median([1, 2])", 1.5)], flow="number", functions={"key": 1})
def median(meter: Meter, items: list[Any], key: Callable[..., Any] | None = None) -> Any:
    """The middle one of the sorted numbers, or the mean of the two in the middle."""
    return statistics.median(_some(_sorted(meter, numbers(meter, items, key)), 1))


@function("numbers", "float", [("stdev([2, 4, 4, 4, 5, 5, 7, 9])", 2.138089935299395)], flow="number")
def stdev(meter: Meter, items: list[Any]) -> float:
    """The standard deviation of a sample of at least two numbers (n - 1 in the denominator)."""
    return math.sqrt(_variance(meter, items))


@function("numbers", "float", [("variance([1, 2, 3])", 1.0)], flow="number")
def variance(meter: Meter, items: list[Any]) -> float:
    """The variance of a sample of at least two numbers (n - 1 in the denominator)."""
    return _variance(meter, items)


@function(
    "numbers",
    "float",
    [("quantile([1, 2, 3, 4, 5], 0.5)", 3.0), ("quantile([0, 10], 0.25)", 2.5)],
    flow="number",
)
def quantile(meter: Meter, items: list[Any], share: float) -> float:
    """The value below which the given share (0 to 1) of the numbers lies, interpolated between neighbours."""
    found = _sorted(meter, _some(numbers(meter, items), 1))
    if not 0 <= share <= 1:
        raise ExpressionError("expression.share", "The share is a number from 0 to 1.")
    place = share * (len(found) - 1)
    below = math.floor(place)
    above = min(below + 1, len(found) - 1)
    return found[below] + (found[above] - found[below]) * float(place - below)


@function("numbers", "any", [("mode(['a', 'b', 'a'])", "a")], flow="passes")
def mode(meter: Meter, items: list[Any]) -> Any:
    """The most frequent text or number; of several, the one that comes first."""
    meter.items(len(items), 96)
    counts: dict[Any, int] = {}
    for item in _some(items, 1):
        meter.steps(2)
        if type(item) is str:
            meter.scan(item)
        if type(item) not in (str, int, float, bool, type(None)):
            raise ExpressionError(
                "expression.mode_kind", "mode counts texts and numbers, not {kind}.", kind=kind_name(item)
            )
        counts[item] = counts.get(item, 0) + 1
    return max(counts, key=lambda item: counts[item])


def _sorted(meter: Meter, found: list[Any]) -> list[Any]:
    meter.items(len(found))
    meter.steps(len(found) * max(1, len(found).bit_length()) >> 2)
    return sorted(found)


def _variance(meter: Meter, items: list[Any]) -> float:
    found = _some(numbers(meter, items), 2)
    meter.items(len(found), 40)
    middle = math.fsum(found) / len(found)
    return math.fsum((item - middle) ** 2 for item in found) / (len(found) - 1)


def _some(items: list[Any], least: int) -> list[Any]:
    if len(items) < least:
        raise ExpressionError(
            "expression.too_few",
            "At least {least} item(s) are needed; there are {count}.",
            least=least,
            count=len(items),
        )
    return items
