"""Budgets: what one evaluation may use up, and the meter that charges it.

Straight-line code is bounded by the size of its source, so only what repeats or grows is charged while it runs: turns
of loops, calls of functions over lists and text, and allocations. The charge always comes before the work.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import Any

from studio.domain.errors import ExpressionError

SLICE = 4096
"""Steps between two looks at the clock."""

CHUNK = 512
"""Items of a list worked through between two charges."""

_LARGEST = 2**63 - 1
"""The largest size that a message names."""


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits of one evaluation.

    Args:
        steps: Elementary steps, about 0.1 microseconds each.
        bytes: Memory allocated in total, in bytes (what is given back in between is not deducted), and the size of
            the result as it would be written out.
        length: Items of one list or object.
        text: Characters of one text.
        int_bits: Bits of a whole number in between; results have 64 at most in any case.
        depth: Levels of lists and objects within each other.
        milliseconds: Time on the clock.
    """

    steps: int = 2_000_000
    bytes: int = 64 * 1024 * 1024
    length: int = 1_000_000
    text: int = 16_000_000
    int_bits: int = 4096
    depth: int = 100
    milliseconds: float = 1000.0

    def __post_init__(self) -> None:
        if self.int_bits > 12_000 or self.depth > 200:
            raise ValueError("int_bits is 12000 at most and depth 200: beyond, Python itself refuses")
        if min(self.steps, self.bytes, self.length, self.text, self.int_bits, self.depth, self.milliseconds) < 0:
            raise ValueError("limits of a budget are not negative")


DEFAULT_BUDGET = Budget()


class Meter:
    """The running account of one evaluation against its budget, and the little state that functions share."""

    __slots__ = (
        "budget", "bytes_left", "deadline", "drawn", "left", "milliseconds", "quiet", "reserve", "salt", "scope",
        "small", "stream",
    )  # fmt: skip

    def __init__(self, budget: Budget, scope: Any, salt: str, milliseconds: float | None = None) -> None:
        self.budget = budget
        self.scope = scope
        self.salt = salt
        self.stream: Any = ""
        self.drawn = 0
        self.quiet = 0
        self.left: int = budget.steps if budget.steps < SLICE else SLICE
        self.reserve: int = budget.steps - self.left
        self.bytes_left: int = budget.bytes
        self.small: int = budget.length if budget.length < CHUNK else CHUNK
        self.milliseconds = budget.milliseconds if milliseconds is None else milliseconds
        self.deadline = perf_counter() + self.milliseconds / 1000.0

    def steps(self, count: int) -> None:
        """Charge elementary steps."""
        self.left -= count
        if self.left < 0:
            self.refill()

    def refill(self) -> None:
        """Take the next slice of steps and look at the clock.

        Raises:
            ExpressionError: Steps or time are used up.
        """
        need = SLICE - self.left
        if need > self.reserve:
            need = self.reserve
        self.left += need
        self.reserve -= need
        if self.left < 0:
            raise ExpressionError(
                "expression.budget.steps",
                "This takes more than {limit} steps. Work on fewer items, or split it over several nodes.",
                limit=self.budget.steps,
            )
        self.clock()

    def clock(self) -> None:
        """Raise ``expression.budget.milliseconds`` where the time is used up."""
        if perf_counter() > self.deadline:
            raise ExpressionError(
                "expression.budget.milliseconds",
                "This takes longer than {limit} milliseconds. Work on fewer items, or split it over several nodes.",
                limit=self.milliseconds,
            )

    def alloc(self, count: int) -> None:
        """Charge bytes about to be allocated."""
        self.bytes_left -= count
        if self.bytes_left < 0:
            raise ExpressionError(
                "expression.budget.bytes",
                "This needs more than {limit} bytes of memory.",
                limit=self.budget.bytes,
            )

    def items(self, count: int, each: int = 8) -> None:
        """Charge a list of ``count`` items, ``each`` bytes apiece."""
        if count > self.budget.length:
            raise ExpressionError(
                "expression.budget.length",
                "A list here would have {count} items; at most {limit} are allowed.",
                count=min(count, _LARGEST),
                limit=self.budget.length,
            )
        self.alloc(64 + count * each)

    def chars(self, count: int, ascii_only: bool = True) -> None:
        """Charge a text of ``count`` characters."""
        if count > self.budget.text:
            raise ExpressionError(
                "expression.budget.text",
                "A text here would have {count} characters; at most {limit} are allowed.",
                count=min(count, _LARGEST),
                limit=self.budget.text,
            )
        self.alloc(56 + (count if ascii_only else 4 * count))
        if count > 512:
            self.steps(count >> 6)

    def scan(self, text: str) -> None:
        """Charge going once through a text of which nothing is copied."""
        if len(text) > 512:
            self.steps(len(text) >> 6)

    def bits(self, count: int) -> None:
        """Check the size of a whole number about to be made, and charge what is beyond a machine word."""
        if count > self.budget.int_bits:
            raise ExpressionError(
                "expression.budget.int_bits",
                "A whole number here would have more than {limit} bits.",
                limit=self.budget.int_bits,
            )
        if count > 64:
            self.alloc(count >> 3)

    def level(self, depth: int) -> None:
        """Check how deep lists and objects lie within each other."""
        if depth > self.budget.depth:
            raise ExpressionError(
                "expression.budget.depth",
                "Lists and objects lie more than {limit} levels deep here.",
                limit=self.budget.depth,
            )
