"""Foreign code behind walls. Implements ``studio.contracts.apart.Foreign``."""

from __future__ import annotations

import asyncio
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from studio.contracts.apart import Answer, Limits, Walls
from studio.sandbox._landlock import version
from studio.sandbox._pool import log
from studio.sandbox.apart import Workers

T = TypeVar("T")
_MOST = 8
_MOST_ASKED = 4


class ForeignCode:
    """Two sets of processes, none started before it is needed.

    Those of the event loop do work that asks back. Pure functions are asked for by code that cannot wait in a loop, so
    their processes belong to a loop in a thread of its own.
    """

    def __init__(self, *, most: int = _MOST, idle: int = 4, idle_seconds: float = 60.0) -> None:
        """``idle`` processes are kept for ``idle_seconds``."""
        if not version():
            log.warning("this kernel has no Landlock: the code of private packs is not kept away from files")
        self._conversing = Workers(most=most, idle=idle, idle_seconds=idle_seconds)
        weakref.finalize(self, self._conversing.end)
        self._asked: _Thread | None = None
        self._idle_seconds = idle_seconds
        self._lock = threading.Lock()

    def ask(self, walls: Walls, function: Callable[..., T], /, *args: Any, limits: Limits) -> T:
        """See ``Foreign``."""
        with self._lock:
            if self._asked is None:
                self._asked = _Thread(self._idle_seconds)
                weakref.finalize(self, self._asked.end)
            thread = self._asked
        return thread.ask(walls, function, *args, limits=limits).result()

    async def converse(
        self, walls: Walls, function: Callable[..., T], /, *args: Any, limits: Limits, answer: Answer | None = None
    ) -> T:
        """See ``Foreign``."""
        return await self._conversing.converse(walls, function, *args, limits=limits, answer=answer)

    async def close(self) -> None:
        """End all processes, and wait until they are gone."""
        await self._conversing.close()
        await asyncio.to_thread(self.end_asked)

    def end_asked(self) -> None:
        """End the processes that pure functions are asked of. Blocks."""
        with self._lock:
            thread, self._asked = self._asked, None
        if thread is not None:
            thread.end()


class _Thread:
    """A loop in a thread of its own, and its processes."""

    def __init__(self, idle_seconds: float) -> None:
        self._ended = False
        self._loop = asyncio.new_event_loop()
        self._workers = Workers(most=_MOST_ASKED, idle=2, idle_seconds=idle_seconds)
        self._thread = threading.Thread(target=self._loop.run_forever, name="studio-foreign", daemon=True)
        self._thread.start()

    def ask(self, walls: Walls, function: Callable[..., T], /, *args: Any, limits: Limits) -> Future[T]:
        """The function's result, later."""
        work = self._workers.converse(walls, function, *args, limits=limits)
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def end(self) -> None:
        """End the processes and the thread. Blocks; does nothing the second time."""
        if self._ended:
            return
        self._ended = True
        if threading.current_thread() is self._thread:  # collected while this thread made garbage
            self._workers.end()
            self._loop.stop()
            return
        asyncio.run_coroutine_threadsafe(self._workers.close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
