"""Places in a workflow where a test meets it: ``lab.gate`` comes to a gate and stays until the test opens it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from studio.domain.ids import new_id

PATIENCE = 60.0
"""Seconds a test waits for what must happen: a loaded machine takes long, and what is right does not wait for them."""


class Gate:
    """A gate; ``name`` is the param by which nodes find it."""

    def __init__(self) -> None:
        self.name = new_id()
        self.come = 0
        self._open = asyncio.Event()
        self._changed = asyncio.Condition()

    async def enter(self) -> None:
        """Come to the gate, and wait until it is open."""
        async with self._changed:
            self.come += 1
            self._changed.notify_all()
        await self._open.wait()

    async def reached(self, count: int = 1) -> None:
        """Wait until so many have come, those that were let through included."""
        async with asyncio.timeout(PATIENCE), self._changed:
            await self._changed.wait_for(lambda: self.come >= count)

    def open(self) -> None:
        """Let everybody through from now on."""
        self._open.set()


GATES: dict[str, Gate] = {}
"""The gates of running tests by name."""


@contextmanager
def new_gate() -> Iterator[Gate]:
    """A gate of a test's own."""
    gate = Gate()
    GATES[gate.name] = gate
    try:
        yield gate
    finally:
        del GATES[gate.name]
