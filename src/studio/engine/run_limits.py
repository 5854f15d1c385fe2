"""How long an execution may take: its time-out, which leaves out waiting, and its deadline, which does not."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from studio.domain.durations import parse_duration
from studio.domain.errors import NodeError

if TYPE_CHECKING:
    from studio.engine.run import Run


class RunLimits:
    """The limits of one run. ``before`` are the microseconds at work of earlier drivers."""

    def __init__(self, run: Run, before: int) -> None:
        self._run = run
        self._before = before
        self._began = time.monotonic()
        self._rested = 0.0
        self._resting: float | None = None
        self._timeout: asyncio.TimerHandle | None = None
        self._deadline: asyncio.TimerHandle | None = None

    def active(self) -> int:
        """Microseconds this execution has been at work, over all its drivers: in memory, and not only waiting."""
        until = time.monotonic() if self._resting is None else self._resting
        return self._before + int((until - self._began - self._rested) * 1e6)

    def rest(self) -> None:
        """From now on this execution only waits."""
        if self._resting is None:
            self._resting = time.monotonic()
            if self._timeout is not None:
                self._timeout.cancel()

    def rise(self) -> None:
        """Something goes on again."""
        if self._resting is not None:
            self._rested += time.monotonic() - self._resting
            self._resting = None
            self._arm_timeout()

    def arm(self) -> None:
        """Let the limits hold from now on."""
        self._arm_timeout()
        if self._run.plan.settings.deadline is not None:
            left = (self.deadline_at() - self._run.clock()) / 1e6
            self._deadline = self._run.loop.call_later(max(0.0, left), self._deadline_is_over)

    def disarm(self) -> None:
        """Let them hold no longer."""
        for timer in (self._timeout, self._deadline):
            if timer is not None:
                timer.cancel()

    def deadline_at(self) -> float:
        """When the deadline falls, microseconds; infinity where there is none."""
        deadline = self._run.plan.settings.deadline
        return self._run.accepted_at + parse_duration(deadline) * 1e6 if deadline is not None else float("inf")

    def _arm_timeout(self) -> None:
        limit = self._run.plan.timeout
        if limit is not None and not self._run.ending:
            left = limit - self.active() / 1e6
            self._timeout = self._run.loop.call_later(max(0.0, left), self._timeout_is_over)

    def _timeout_is_over(self) -> None:
        limit = str(self._run.plan.settings.timeout)
        self._run.abort(
            NodeError("execution.timeout", "The execution ran longer than its timeout of {limit}.", limit=limit)
        )

    def _deadline_is_over(self) -> None:
        limit = str(self._run.plan.settings.deadline)
        self._run.abort(
            NodeError("execution.deadline", "The execution did not end within its deadline of {limit}.", limit=limit)
        )
