"""When what runs have done is written, where nobody waits for it."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.engine.run import Run

_TAKEN_WAITS = 25
"""For how many intervals messages wait for what comes of them: until they are written the inbox holds them."""
_CROWD = 16
_MOST_WAITS = 10
"""What was done waits an interval more for so many runs that get on at once, as each takes longer then to get on; at
most for so many intervals.
"""


class Flusher:
    """Writes behind: what a run has done is on its way within about ``interval`` seconds."""

    def __init__(self, interval: float) -> None:
        self._interval = interval
        self._dirty: dict[Run, float] = {}
        self._task: asyncio.Task[None] | None = None

    def add(self, run: Run) -> None:
        """A run has something to write."""
        self._dirty[run] = time.monotonic()
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._work())

    def stop(self) -> None:
        """Write nothing more by itself."""
        if self._task is not None:
            self._task.cancel()

    async def _work(self) -> None:
        try:
            while self._dirty:
                await asyncio.sleep(self._interval)
                now = time.monotonic()
                dirty, self._dirty = self._dirty, {}
                waits = min(_MOST_WAITS, len(dirty) / _CROWD) * self._interval
                for run, since in dirty.items():
                    if now - since < (_TAKEN_WAITS * self._interval if run.journal.only_taken else waits):
                        self._dirty[run] = since
                    else:
                        run.journal.kick()
        finally:
            self._task = None
