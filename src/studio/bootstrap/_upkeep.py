"""What a driver clears away from time to time: executions past their retention, blobs that nothing refers to."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import TYPE_CHECKING

from studio.domain.errors import StorageError

if TYPE_CHECKING:
    from studio.storage import Opened

_EVERY = 3600.0
_BATCHES = 4
"""Two thousand executions at a time, so that stopping is not held up; what is left is due again at once."""


class Upkeep:
    """Clears away once an hour, whichever process drives the data folder.

    The time of the last one is that of a file, so that short processes do not do it again and again.
    """

    def __init__(self, opened: Opened, data: Path) -> None:
        self._opened = opened
        self._stamp = data / "cleaned"

    async def when_due(self) -> None:
        """Clear away where an hour has passed. Whether the store works is for the engine to say."""
        from studio.storage import clean

        if time.time() - self._last() < _EVERY:
            return
        with contextlib.suppress(StorageError, OSError):
            self._stamp.touch(mode=0o600)
            cleaned = await clean(self._opened, batches=_BATCHES)
            if not cleaned.all:
                self._stamp.unlink(missing_ok=True)

    def _last(self) -> float:
        try:
            return self._stamp.stat().st_mtime
        except OSError:
            return 0.0
