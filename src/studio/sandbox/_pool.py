"""Working processes: few at a time, some kept warm."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager

from studio.contracts.apart import Walls
from studio.domain.errors import ProviderError
from studio.sandbox import _wire
from studio.sandbox._child import Child, Died

_START_SECONDS = 60.0
_LEAVE_SECONDS = 5.0
log = logging.getLogger("studio.apart")


class Pool:
    """At most ``most`` processes; who comes later waits. ``idle`` of them are kept for ``idle_seconds``.

    To be used from one event loop at a time. A process counts until the kernel has freed what it held.
    """

    def __init__(self, most: int, idle: int, idle_seconds: float) -> None:
        self._most = most
        self._keep = idle
        self._idle_seconds = idle_seconds
        self._alive: set[Child] = set()
        self._idle: list[Child] = []
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._burials: set[asyncio.Task[None]] = set()
        self._resting = 0
        self._closed = False

    @asynccontextmanager
    async def borrowed(self, module: str, walls: Walls | None = None) -> AsyncGenerator[Child]:
        """A process, preferably one that has loaded the module; killed afterwards unless it is ``fit``.

        One with ``walls`` works only for what asks for the same.

        Raises:
            ProviderError: The system starts no more processes.
            Died: It did not come up.
        """
        child = await self._taken(module, walls)
        try:
            if not child.modules:
                await self._up(child)
            child.fit = False
            child.modules.add(module)
            yield child
        finally:
            self._returned(child)

    @contextmanager
    def resting(self) -> Generator[None]:
        """Who has a process waits for others meanwhile, which may need one themselves: it does not count."""
        self._resting += 1
        self._wake()
        try:
            yield
        finally:
            self._resting -= 1

    async def _taken(self, module: str, walls: Walls | None) -> Child:
        while not self._closed:
            self._drop_dead()
            mine = [child for child in self._idle if child.walls == walls]
            if mine:
                warm = [child for child in mine if module in child.modules]
                child = (warm or mine)[-1]
                self._idle.remove(child)
                return child
            if len(self._alive) - self._resting < self._most:
                return self._started(walls)
            if self._idle:
                self._end(self._idle.pop(0))
            await self._turn()
        raise RuntimeError("the processes have been ended")

    def _started(self, walls: Walls | None) -> Child:
        try:
            child = Child(walls)
        except OSError as error:
            raise ProviderError(
                "work.no_process", "No process can be started for the work: {reason}.", reason=str(error)
            ) from error
        self._alive.add(child)
        return child

    async def _up(self, child: Child) -> None:
        try:
            async with asyncio.timeout(_START_SECONDS):
                if not isinstance(await child.receive(), _wire.Ready):
                    raise Died(None, child.said())
        except TimeoutError as error:
            raise Died(None, child.said()) from error

    async def _turn(self) -> None:
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():
                self._wake()
            raise
        finally:
            with contextlib.suppress(ValueError):
                self._waiting.remove(waiter)

    def _wake(self) -> None:
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return

    def _returned(self, child: Child) -> None:
        if said := child.said():
            log.debug("process %s says: %s", child.pid, said)
            child.forget()
        if not child.fit or self._closed:
            self._end(child)
            return
        self._idle.append(child)
        if self._waiting:
            self._wake()
        elif len(self._idle) > self._keep:
            self._end(self._idle.pop(0))
        loop = asyncio.get_running_loop()
        child.idle_since = loop.time()
        loop.call_later(self._idle_seconds, self._expire, child, child.idle_since)

    def _expire(self, child: Child, since: float) -> None:
        if child in self._idle and child.idle_since == since:
            self._idle.remove(child)
            self._end(child)

    def _drop_dead(self) -> None:
        for child in [child for child in self._idle if not child.alive()]:
            self._idle.remove(child)
            self._end(child)

    def _end(self, child: Child) -> None:
        child.kill()
        task = asyncio.get_running_loop().create_task(self._buried(child))
        self._burials.add(task)
        task.add_done_callback(self._burials.discard)

    async def _buried(self, child: Child) -> None:
        try:
            await asyncio.to_thread(child.bury)
        except RuntimeError:
            child.bury()  # the program ends, and starts no threads any more
        finally:
            self._alive.discard(child)
            self._wake()

    async def close(self) -> None:
        """End all processes, and wait until they are gone."""
        self._closed = True
        while self._idle:
            self._end(self._idle.pop())
        for child in self._alive:
            child.kill()  # whoever works with it sees it go, and has it buried
        while self._waiting:
            self._wake()
        # Who has stopped in the middle of a stream sees it only when it goes on, which nobody here can wait for.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LEAVE_SECONDS):
                while self._alive:
                    await self._turn()
        while self._burials:
            await asyncio.wait(self._burials)

    def end(self) -> None:
        """End all processes where no event loop runs any more. Blocks."""
        self._closed = True
        for child in self._alive:
            child.kill()
            child.bury()
        self._alive.clear()
        self._idle.clear()
