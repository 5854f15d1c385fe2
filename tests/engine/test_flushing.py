"""When what runs have done is written."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from studio.engine import flushing
from tests.engine.gates import PATIENCE

INTERVAL = 0.001


class Clock:
    """Time that passes when it is told to; ``wrote`` are the runs that were written, in order."""

    def __init__(self) -> None:
        self.now = 0.0
        self.wrote: list[str] = []

    def run(self, name: str, *, only_taken: bool = False) -> Any:
        return Written(name, SimpleNamespace(only_taken=only_taken, kick=lambda: self.wrote.append(name)))

    async def until(self, now: float, wrote: list[str]) -> None:
        """Let time pass, and wait until these were written; then a little for others that should not be."""
        self.now = now
        async with asyncio.timeout(PATIENCE):
            while self.wrote != wrote:
                await asyncio.sleep(INTERVAL)
        await asyncio.sleep(10 * INTERVAL)
        assert self.wrote == wrote


class Written:
    """As much of a run as concerns its writing."""

    def __init__(self, name: str, journal: Any) -> None:
        self.name = name
        self.journal = journal


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock that the flusher goes by."""
    one = Clock()
    monkeypatch.setattr(flushing, "time", SimpleNamespace(monotonic=lambda: one.now))
    return one


async def test_a_message_waits_for_what_comes_of_it(clock: Clock) -> None:
    """The inbox holds it until then; written for itself it would double the commits of all that wakes."""
    flusher = flushing.Flusher(INTERVAL)
    taken, done, later = clock.run("taken", only_taken=True), clock.run("done"), clock.run("later", only_taken=True)
    for run in (taken, done, later):
        flusher.add(run)
    await clock.until(0.0, [])
    await clock.until(INTERVAL, ["done"])
    later.journal.only_taken = False
    await clock.until(INTERVAL, ["done", "later"])
    await clock.until(30 * INTERVAL, ["done", "later", "taken"])
    flusher.add(taken)
    flusher.stop()


async def test_of_a_crowd_each_has_the_time_to_get_on(clock: Clock) -> None:
    flusher = flushing.Flusher(INTERVAL)
    names = [str(number) for number in range(64)]
    for name in names:
        flusher.add(clock.run(name))
    await clock.until(INTERVAL, [])
    await clock.until(5 * INTERVAL, names)
    alone = clock.run("alone")
    flusher.add(alone)
    await clock.until(6 * INTERVAL, [*names, "alone"])
