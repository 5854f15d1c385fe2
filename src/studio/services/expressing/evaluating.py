"""Evaluating for somebody who waits: beside the event loop, within a small budget."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from math import ceil
from time import perf_counter
from typing import Any

from studio.domain.errors import ExpressionError
from studio.engine.encode import ItemsHandle, MissingChunk
from studio.expressions import SEED, Budget, Compiled, Expression, compile_expression, compile_value

MILLISECONDS = 150.0
"""For one expression."""
TOGETHER = 500.0
"""For all expressions of one question."""
_AT_ONCE = 4
_STEPS, _BYTES = 1_000_000, 32 * 1024 * 1024


class Evaluating:
    """Evaluates a few expressions at once."""

    def __init__(self) -> None:
        self._room = asyncio.Semaphore(_AT_ONCE)

    def compiled(self, value: Any, *, bare: bool = False) -> Compiled | Expression | None:
        """A value of a param compiled, None where nothing in it is an expression; ``bare``: written without braces.

        Raises:
            ExpressionError: It cannot be read.
        """
        return compile_expression(value) if bare and isinstance(value, str) else compile_value(value)

    async def evaluate(
        self, compiled: Compiled | Expression, scope: Mapping[str, Any], until: float | None = None
    ) -> Any:
        """The value over a scope; ``until`` is when the question as a whole ends (``perf_counter``).

        Raises:
            ExpressionError: It cannot be evaluated, or takes too much.
        """
        names = {SEED: "preview", **scope}
        touched: list[ItemsHandle] = []
        try:
            async with self._room:
                end = perf_counter() + MILLISECONDS / 1000
                while True:
                    left = (min(end, until or end) - perf_counter()) * 1000
                    if left <= 0:
                        raise ExpressionError(
                            "expression.budget.milliseconds",
                            "This takes longer than {limit} milliseconds. Work on fewer items, or split it over "
                            "several nodes.",
                            limit=int(MILLISECONDS),
                        )
                    budget = Budget(steps=_STEPS, bytes=_BYTES, milliseconds=ceil(left))
                    try:
                        return await asyncio.to_thread(compiled.evaluate, names, budget)
                    except MissingChunk as missing:
                        touched.append(missing.items)
                        await missing.items.fetch(missing.number)
        finally:
            for items in touched:
                items.release()

    async def item(self, items: Any, index: int) -> Any:
        """One item of a list, null beyond its end."""
        if not 0 <= index < len(items):
            return None
        while True:
            try:
                return await asyncio.to_thread(items.__getitem__, index)
            except MissingChunk as missing:
                await missing.items.fetch(missing.number)
