"""Letting go of everything that an engine drives."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from studio.domain.errors import LeaseLost, StorageError

if TYPE_CHECKING:
    from studio.engine.engine import Engine
    from studio.engine.run import Run


async def hand_over(engine: Engine) -> None:
    """Write down what is known of each execution, and drop it from memory.

    Node code that does not let go within ``cancel_grace`` is left behind: the process that calls this is to end.
    """
    runs = list(engine.runs.values())
    await asyncio.gather(*(_write_down(engine, run) for run in runs))
    leaving = [asyncio.ensure_future(run.detach()) for run in runs]
    if leaving:
        _, left = await asyncio.wait(leaving, timeout=engine.config.cancel_grace)
        for one in left:
            one.cancel()
    for run in runs:
        engine.runs.pop(run.id, None)


async def _write_down(engine: Engine, run: Run) -> None:
    try:
        if run.journal.error is None:
            await run.journal.flush(engine.config.level)
    except LeaseLost:
        pass  # somebody else goes on with it, or it has ended: nothing of it is ours to hand over
    except StorageError as error:
        engine.failure = engine.failure or error
