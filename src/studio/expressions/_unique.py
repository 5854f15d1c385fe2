"""Telling equal values apart from new ones, in time that grows with the number of values only."""

# Values are plain JSON whose element types are only known at run time.
# pyright: reportUnknownVariableType=false

from __future__ import annotations

from typing import Any

import orjson

from studio.expressions._limits import Meter
from studio.expressions._values import Skipped, to_json


class Seen:
    """A set of values of any kind."""

    __slots__ = ("keys", "meter")

    def __init__(self, meter: Meter) -> None:
        self.meter = meter
        self.keys: set[Any] = set()

    def key(self, value: Any) -> Any:
        """Something hashable that equal values share; within lists and objects, 1 and 1.0 count as different."""
        cls = type(value)
        if cls is str:
            self.meter.scan(value)
            return value
        if cls is float or value is None:
            return value
        if cls is int or cls is bool:
            return int(value) if -(2**64) < value < 2**64 else (str(value),)
        if cls is Skipped:
            return None
        return (cls is list, to_json(self.meter, value, orjson.OPT_SORT_KEYS))

    def add(self, value: Any) -> bool:
        """Whether the value is new; from then on it is known."""
        self.meter.steps(2)
        key = self.key(value)
        if key in self.keys:
            return False
        self.meter.alloc(96)
        self.keys.add(key)
        return True

    def has(self, value: Any) -> bool:
        """Whether the value is known."""
        self.meter.steps(2)
        return self.key(value) in self.keys

    def distinct(self, values: list[Any]) -> list[Any]:
        """Each value once, in the order of first appearance."""
        self.meter.items(len(values))
        return [value for value in values if self.add(value)]
