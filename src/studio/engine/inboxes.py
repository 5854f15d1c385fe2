"""Handing messages to the executions in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.domain.errors import StudioError

if TYPE_CHECKING:
    from studio.engine.engine import Engine


class Inboxes:
    """The inboxes of all runs. ``looks`` counts how often they were looked into."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._change = -1
        self.looks = 0

    def look_again(self) -> None:
        """Look the next time even where the store knows of no change."""
        self._change = -1

    async def deliver(self) -> None:
        """Hand messages to the runs in memory."""
        engine = self._engine
        if not engine.runs:
            return
        change = await engine.store.changes()
        if change == self._change:
            return
        self._change = change
        self.looks += 1
        for id, found in (await engine.store.inboxes(list(engine.runs))).items():
            run = engine.runs.get(id)
            if run is None:
                continue
            if isinstance(found, StudioError):
                # A damaged message stops only the run it is for.
                run.broken(found)
                continue
            for message in found:
                run.take(message)
