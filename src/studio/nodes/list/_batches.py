"""Going through long lists without holding up others."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from itertools import islice
from typing import Any

from studio.sdk import NodeContext

BATCH = 1024
"""Items between two looks at cancellation; some hundred microseconds of work."""


async def batches(items: Iterable[Any], ctx: NodeContext, size: int = BATCH) -> AsyncIterator[tuple[int, list[Any]]]:
    """Give ``(position of the first, items)`` piece by piece, letting others run and noticing cancellation between."""
    start = 0
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        if start:
            await ctx.check_cancelled()
        yield start, batch
        start += len(batch)
