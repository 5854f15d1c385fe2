"""Token buckets: how many requests a minute somebody may make. They live in the memory of one server process."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import NamedTuple

from studio.domain.errors import StudioError

_MOST_KEPT = 50_000


class TooManyRequests(StudioError):
    """Somebody has to wait before the next request. ``retry_after`` in seconds."""

    def __init__(self, code: str, message: str, /, *, retry_after: float, **args: object) -> None:
        super().__init__(code, message, **args)
        self.retry_after = retry_after


class Allowance(NamedTuple):
    """What a caller is told after a request: how many it may make, how many are left, seconds until all are again."""

    limit: int
    remaining: int
    reset: int
    taken: bool
    retry_after: float


class Buckets:
    """Buckets by key. A full one need not be kept, so the least recently used go first where there are too many.

    Args:
        clock: Seconds that only rise.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, most: int = _MOST_KEPT) -> None:
        self._clock = clock
        self._most = most
        self._kept: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def take(self, key: Hashable, per_minute: int, amount: float = 1.0) -> Allowance:
        """Take from a bucket that holds a minute's worth and fills evenly; nothing is taken where too little is left.

        ``amount`` 0 only looks, and a negative one gives back.
        """
        now, rate = self._clock(), per_minute / 60
        level, since = self._kept.get(key, (float(per_minute), now))
        level = min(float(per_minute), level + (now - since) * rate)
        taken = level >= amount
        if taken:
            level = min(float(per_minute), level - amount)
        self._kept[key] = (level, now)
        self._kept.move_to_end(key)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
        wait = max(0.0, (max(amount, 1.0) - level) / rate)
        return Allowance(per_minute, math.floor(level), math.ceil((per_minute - level) / rate), taken, wait)

    def knows(self, key: Hashable) -> bool:
        """Whether there is a bucket for this key."""
        return key in self._kept
