"""Fairness between executions, and bounds on what waits to be written."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.engine.run import Run

_MOST_PENDING = 4 * 1024 * 1024


async def breathe(run: Run) -> None:
    """Let others run; where the journal cannot follow, wait for it."""
    if run.journal.pending > _MOST_PENDING:
        await run.journal.flush(run.engine.config.level)
    else:
        await asyncio.sleep(0)
