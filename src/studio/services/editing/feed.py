"""Telling those who have a workflow open that something happened to it.

What happened stands in the database: a subscriber is only woken and reads what it does not know yet. In other processes
nobody wakes it, so it also looks by itself once a second. Only fleeting things, such as a cursor, are passed on as they
are.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import Any

LOOK_EVERY = 1.0
"""Seconds after which a subscriber looks by itself."""
_PASSED_ON = 256


class Subscription:
    """Somebody who has a workflow open."""

    def __init__(self) -> None:
        self._woken = asyncio.Event()
        self._passed: deque[dict[str, Any]] = deque(maxlen=_PASSED_ON)

    def wake(self, passed: dict[str, Any] | None = None) -> None:
        """Have it look, and pass something on."""
        if passed is not None:
            self._passed.append(passed)
        self._woken.set()

    async def wait(self, seconds: float = LOOK_EVERY) -> list[dict[str, Any]]:
        """Wait until there is something, or for some time; what was passed on."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), seconds)
        self._woken.clear()
        passed = [*self._passed]
        self._passed.clear()
        return passed


class Feed:
    """The subscriptions of this process."""

    def __init__(self) -> None:
        self._subscribed: dict[tuple[str, str], set[Subscription]] = {}

    @contextmanager
    def subscribed(self, workspace: str, workflow: str) -> Generator[Subscription]:
        """Subscribe to a workflow."""
        key, one = (workspace, workflow), Subscription()
        self._subscribed.setdefault(key, set()).add(one)
        try:
            yield one
        finally:
            left = self._subscribed[key]
            left.discard(one)
            if not left:
                del self._subscribed[key]

    def tell(self, workspace: str, workflow: str, passed: dict[str, Any] | None = None) -> None:
        """Wake everybody who has a workflow open, and pass something on to them."""
        for one in self._subscribed.get((workspace, workflow), ()):
            one.wake(passed)
