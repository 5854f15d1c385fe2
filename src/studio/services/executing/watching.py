"""Watching executions: what happened and what happens, numbered, for any number of watchers.

All watchers of one execution share one reading of it. Each has a short queue; one that is too slow for it loses what is
not recorded, and reads what is recorded from the journal again when it comes to it. So nothing numbered is missed or
told twice, and a slow watcher costs no memory.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TypeAlias

import msgspec

from studio.contracts.store import Store
from studio.contracts.stored import ExecutionRow
from studio.domain.access import Actor
from studio.domain.errors import NotFound
from studio.engine import Engine, Event
from studio.engine.history import segment_events
from studio.services.executing.finding import ExecutionFinder
from studio.services.executing.masking import Mask, Masking

Position: TypeAlias = tuple[int, int]
START: Position = (-1, -1)
QUEUE = 1000
"""Events that wait for one watcher in memory."""
_WINDOW = 64
_TICK = 1.0
_WORDLESS = frozenset({"claimed", "intended", "turn", "chunk", "used", "snapshot", "parked"})
"""What tells numbers only, and no text that came from anywhere."""


@dataclass(frozen=True, slots=True)
class Tick:
    """Nothing has happened for a moment: time to look whether the watcher may still watch."""


TICK = Tick()


class _Watcher:
    """The queue of one watcher."""

    def __init__(self) -> None:
        self._events: deque[Event] = deque()
        self._bell = asyncio.Event()
        self.overrun = False
        self.over = False
        self.failure: BaseException | None = None

    def tell(self, event: Event) -> None:
        if len(self._events) < QUEUE:
            self._events.append(event)
        elif event.seq >= 0:
            # What is recorded is read again; until then nothing newer may come before it.
            self._events.clear()
            self.overrun = True
        self._bell.set()

    def end(self, failure: BaseException | None) -> None:
        self.over, self.failure = True, failure
        self._bell.set()

    def caught_up(self) -> bool:
        """Whether the queue was whole; if not it begins anew."""
        overrun, self.overrun = self.overrun, False
        return not overrun

    async def next(self) -> Event | None:
        """The next event, None where there is none for a moment, or for ever."""
        if not self._events and not self.over and not self.overrun:
            self._bell.clear()
            try:
                async with asyncio.timeout(_TICK):
                    await self._bell.wait()
            except TimeoutError:
                return None
        return self._events.popleft() if self._events and not self.overrun else None


def _follows(position: Position, event: Event) -> bool:
    """Whether an event is the next one after a position: numbers have no gaps."""
    return (event.seq, event.index) in ((position[0], position[1] + 1), (position[0] + 1, 0))


class _Feed:
    """One execution being read for all who watch it."""

    def __init__(self, engine: Engine, row: ExecutionRow) -> None:
        self.watchers: list[_Watcher] = []
        self._task = asyncio.get_running_loop().create_task(self._read(engine, row))

    async def _read(self, engine: Engine, row: ExecutionRow) -> None:
        failure: BaseException | None = None
        try:
            async for event in engine.events(row.id, (row.next_seq - 1, 1 << 62)):
                for watcher in self.watchers:
                    watcher.tell(event)
        except Exception as error:  # noqa: BLE001 - told to everybody who watches
            failure = error
        for watcher in self.watchers:
            watcher.end(failure)

    @property
    def over(self) -> bool:
        return self._task.done()

    def stop(self) -> None:
        self._task.cancel()


class Watching:
    """Lets people watch executions."""

    def __init__(self, store: Store, engine: Engine, finder: ExecutionFinder, masking: Masking) -> None:
        self._store = store
        self._engine = engine
        self._finder = finder
        self._masking = masking
        self._feeds: dict[str, _Feed] = {}

    @property
    def read(self) -> int:
        """How many executions are being read for watchers."""
        return len(self._feeds)

    def watchers(self, execution_id: str) -> int:
        """How many watch an execution."""
        found = self._feeds.get(execution_id)
        return 0 if found is None else len(found.watchers)

    async def open(self, actor: Actor, execution_id: str) -> ExecutionRow:
        """The execution, for who is going to watch it.

        Raises:
            NotFound: There is none that the actor may see.
        """
        return await self._finder.find(actor, execution_id)

    async def nothing_after(self, row: ExecutionRow, position: Position) -> bool:
        """Whether nothing of an execution that has ended is recorded after a position."""
        async for _ in self._recorded(row, position):
            return False
        return True

    async def events(self, row: ExecutionRow, after: Position = START) -> AsyncIterator[Event | Tick]:
        """Events after a position, then as they come, to the execution's end; ``TICK`` whenever nothing came.

        Values that are marked are masked.
        """
        mask = await self._masking.of(row, outputs=after != START or row.status.terminal)
        watcher = _Watcher()
        feed = self._feed(row)
        feed.watchers.append(watcher)
        try:
            async for event in self._merged(row, watcher, after):
                if isinstance(event, Event):
                    event = await self._masked(row, mask, event)
                yield event
        finally:
            feed.watchers.remove(watcher)
            if not feed.watchers:
                feed.stop()
                if self._feeds.get(row.id) is feed:
                    del self._feeds[row.id]

    def _feed(self, row: ExecutionRow) -> _Feed:
        found = self._feeds.get(row.id)
        if found is None or found.over:
            found = self._feeds[row.id] = _Feed(self._engine, row)
        return found

    async def _merged(self, row: ExecutionRow, watcher: _Watcher, position: Position) -> AsyncIterator[Event | Tick]:
        while True:
            # Known before the journal is read: what was told last is in it then.
            ended = watcher.over
            async for event in self._recorded(row, position):
                position = (event.seq, event.index)
                yield event
            while watcher.caught_up():
                event = await watcher.next()
                if event is None:
                    if watcher.over:
                        break
                    if not watcher.overrun:
                        yield TICK
                elif event.seq < 0:
                    yield event
                elif (event.seq, event.index) > position:
                    if not _follows(position, event):
                        break  # something was recorded and told to nobody, such as a claim
                    position = (event.seq, event.index)
                    yield event
            if ended:
                if watcher.failure is not None:
                    raise watcher.failure
                return

    async def _recorded(self, row: ExecutionRow, position: Position) -> AsyncIterator[Event]:
        """What is committed after a position, a window at a time."""
        first = max(0, position[0])
        while True:
            found = await self._store.execution(row.id, row.workspace)
            if found is None:
                raise NotFound("execution.not_found", "There is no execution {id}.", id=row.id)
            last = min(found.next_seq - 1, first + _WINDOW - 1)
            if first > last:
                return
            for segment in await self._store.window(row.id, first, last):
                for event in segment_events(row.id, segment):
                    if (event.seq, event.index) > position:
                        yield event
            first = last + 1

    async def _masked(self, row: ExecutionRow, mask: Mask, event: Event) -> Event:
        if event.kind in _WORDLESS:
            return event
        mask.hidden = await self._masking.hidden(row.workspace)
        if not mask:
            return event
        if event.kind == "succeeded" and event.path is not None:
            await self._masking.output_of(row, mask, event.path)
        return msgspec.structs.replace(event, data=mask.plain(event.data)) if event.data else event
