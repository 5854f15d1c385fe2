"""Handing messages to the executions in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.contracts.store import Message
from studio.domain.errors import RecordCorrupt

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
        for message in await self._messages():
            run = engine.runs.get(message.execution_id)
            if run is not None:
                run.take(message)

    async def _messages(self) -> list[Message]:
        """The open messages of all runs; one that is damaged stops only the run it is for."""
        engine = self._engine
        try:
            return await engine.store.inbox(list(engine.runs))
        except RecordCorrupt:
            found: list[Message] = []
        for run in list(engine.runs.values()):
            try:
                found += await engine.store.inbox([run.id])
            except RecordCorrupt as error:
                run.broken(error)
        return found
