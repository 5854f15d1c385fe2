"""Live events: who watches an execution, and what is told to them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any

from studio.domain.errors import NotFound, StudioError
from studio.engine.api import Event
from studio.engine.history import record_events, segment_events
from studio.engine.records import Record

if TYPE_CHECKING:
    from studio.engine.engine import Engine

_END = Event(execution_id="", seq=-1, index=-1, kind="end")
_LOOK = 0.1
_LONGEST_LOOK = 1.0
"""Seconds between two looks at what another process drives: rarer the longer nothing comes."""


class Live:
    """Watchers of executions in this process."""

    def __init__(self) -> None:
        self._watchers: dict[str, list[asyncio.Queue[Event]]] = {}
        self._changes: dict[str, list[asyncio.Future[None]]] = {}
        self._failure: StudioError | None = None

    def committed(self, execution_id: str, seq: int, records: list[Record], clock: Callable[[], int]) -> None:
        """Tell watchers of committed records."""
        watchers = self._watchers.get(execution_id)
        if watchers:
            for event in record_events(execution_id, seq, records, clock()):
                for queue in watchers:
                    queue.put_nowait(event)

    def show(self, execution_id: str, kind: str, path: str, data: dict[str, Any], clock: Callable[[], int]) -> None:
        """Tell watchers something that is not recorded; slow watchers miss it."""
        watchers = self._watchers.get(execution_id)
        if watchers:
            event = Event(execution_id=execution_id, seq=-1, index=-1, kind=kind, path=path, at=clock(), data=data)
            for queue in watchers:
                if queue.qsize() < 1000:
                    queue.put_nowait(event)

    def ended(self, execution_id: str) -> None:
        """An execution has ended."""
        for queue in self._watchers.get(execution_id, ()):
            queue.put_nowait(_END)
        self._change(execution_id)

    def parked(self, execution_id: str) -> None:
        """An execution has left memory without ending."""
        self._change(execution_id)

    def _change(self, execution_id: str) -> None:
        for future in self._changes.pop(execution_id, ()):
            if not future.done():
                future.set_result(None)

    def fail(self, error: StudioError) -> None:
        """The engine has failed: wake everybody."""
        self._failure = error
        for execution_id in list(self._changes):
            self._change(execution_id)
        for queues in self._watchers.values():
            for queue in queues:
                queue.put_nowait(_END)

    async def changed(self, execution_id: str, timeout: float) -> None:
        """Wait until an execution ends or leaves memory, at most ``timeout`` seconds."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiting = self._changes.setdefault(execution_id, [])
        waiting.append(future)
        await asyncio.wait([future], timeout=timeout)
        future.cancel()
        if execution_id in self._changes and future in self._changes[execution_id]:
            self._changes[execution_id].remove(future)
            if not self._changes[execution_id]:
                del self._changes[execution_id]

    async def events(self, engine: Engine, execution_id: str, after: tuple[int, int]) -> AsyncIterator[Event]:
        """Backlog from the journal, then what comes: by push where this process drives, else by looking."""
        queue: asyncio.Queue[Event] = asyncio.Queue()
        self._watchers.setdefault(execution_id, []).append(queue)
        position = after
        look = _LOOK
        try:
            while True:
                row = await engine.store.execution(execution_id)
                if row is None:
                    raise NotFound("execution.not_found", "There is no execution {id}.", id=execution_id)
                backlog = await self._backlog(engine, execution_id, position)
                # What was told without being recorded while that was read is in no backlog, and came before what is
                # recorded of the same place.
                about = None if row.status.terminal else {event.path for event in backlog}
                for event in _unnumbered(queue, about):
                    yield event
                look = min(2 * look, _LONGEST_LOOK)
                for event in backlog:
                    position = (event.seq, event.index)
                    look = _LOOK
                    yield event
                if row.status.terminal:
                    return
                if self._failure is not None:
                    raise self._failure
                while (event := await self._next(engine, execution_id, queue, look)) is not None:
                    if event.seq >= 0:
                        if (event.seq, event.index) <= position:
                            continue
                        position = (event.seq, event.index)
                    yield event
        finally:
            watchers = self._watchers[execution_id]
            watchers.remove(queue)
            if not watchers:
                del self._watchers[execution_id]

    async def _backlog(self, engine: Engine, execution_id: str, position: tuple[int, int]) -> list[Event]:
        """Committed events after a position."""
        segments = await engine.store.read(execution_id, after=position[0] - 1 if position[0] > 0 else -1)
        events = [event for segment in segments for event in segment_events(execution_id, segment)]
        return [event for event in events if (event.seq, event.index) > position]

    async def _next(self, engine: Engine, execution_id: str, queue: asyncio.Queue[Event], look: float) -> Event | None:
        """What is pushed next; None where it is time to look into the journal again."""
        while True:
            try:
                async with asyncio.timeout(look):
                    event = await queue.get()
            except TimeoutError:
                if engine.drives(execution_id):
                    continue
                return None
            return None if event is _END else event


def _unnumbered(queue: asyncio.Queue[Event], about: set[str | None] | None) -> list[Event]:
    """Take out what is not recorded, of these places or of all; the rest goes on waiting."""
    taken: list[Event] = []
    for event in [queue.get_nowait() for _ in range(queue.qsize())]:
        if event is not _END and event.seq < 0 and (about is None or event.path in about):
            taken.append(event)
        else:
            queue.put_nowait(event)
    return taken
