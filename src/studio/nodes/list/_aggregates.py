"""Functions over the values of many items."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable
from typing import Any, Literal, TypeAlias

from studio.nodes.list._keys import freeze
from studio.sdk import UserError, describe

Function: TypeAlias = Literal[
    "sum", "mean", "median", "stdev", "min", "max", "count", "count_unique", "first", "last", "list", "unique", "join"
]


def aggregate(function: Function, values: list[Any], name: str) -> Any:
    """One value out of many; nulls are left out except by ``list``, ``first`` and ``last``.

    Of no values, ``sum`` and the counts give 0, ``list``, ``unique`` and ``join`` something empty, all others null.
    ``stdev`` is the sample standard deviation. ``name`` is for messages.

    Raises:
        UserError: A value is of the wrong kind.
    """
    if function == "list":
        return values
    if function in ("first", "last"):
        return (values[0] if function == "first" else values[-1]) if values else None
    return _FUNCTIONS[function]([value for value in values if value is not None], name)


def _numbers(values: list[Any], name: str) -> list[int | float]:
    for value in values:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise UserError(
                "list.not_a_number",
                "`{name}` needs numbers; one value is {found}.",
                name=name,
                found=describe(value),
            )
    return values


def _sum(values: list[Any], name: str) -> int | float:
    numbers = _numbers(values, name)
    if not any(isinstance(number, float) for number in numbers):
        return sum(numbers)
    try:
        return math.fsum(numbers)
    except OverflowError as error:
        raise UserError("list.too_large", "The numbers of `{name}` are too large to be added up.", name=name) from error


def _mean(values: list[Any], name: str) -> float | None:
    return _sum(values, name) / len(values) if values else None


def _median(values: list[Any], name: str) -> float | int | None:
    return statistics.median(_numbers(values, name)) if values else None


def _stdev(values: list[Any], name: str) -> float | None:
    return statistics.stdev(map(float, _numbers(values, name))) if len(values) > 1 else None


def _least(values: list[Any], name: str) -> Any:
    return min(_comparable(values, name), default=None)


def _greatest(values: list[Any], name: str) -> Any:
    return max(_comparable(values, name), default=None)


def _comparable(values: list[Any], name: str) -> list[Any]:
    if values and all(isinstance(value, str) for value in values):
        return values
    return _numbers(values, name)


def _unique(values: list[Any], name: str) -> list[Any]:
    found: dict[Any, Any] = {}
    for value in values:
        found.setdefault(freeze(value), value)
    return list(found.values())


def _joined(values: list[Any], name: str) -> str:
    for value in values:
        if not isinstance(value, str):
            raise UserError(
                "list.not_a_text", "`{name}` joins texts; one value is {found}.", name=name, found=describe(value)
            )
    return ", ".join(values)


_FUNCTIONS: dict[str, Callable[[list[Any], str], Any]] = {
    "sum": _sum,
    "mean": _mean,
    "median": _median,
    "stdev": _stdev,
    "min": _least,
    "max": _greatest,
    "count": lambda values, name: len(values),
    "count_unique": lambda values, name: len(_unique(values, name)),
    "unique": _unique,
    "join": _joined,
}
