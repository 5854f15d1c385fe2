"""Time as the engine sees it, so that tests can hold it still."""

from __future__ import annotations

from typing import Protocol


class Clock(Protocol):
    """Wall time follows the database's clock by a measured offset; monotonic time measures durations."""

    def now(self) -> int:
        """Microseconds since 1970-01-01 UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds from some point in the past."""
        ...
