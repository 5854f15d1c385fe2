"""Killable work: functions in processes that are kept warm and can be killed. Implements ``studio.contracts.Apart``."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Sequence
from contextlib import aclosing
from itertools import islice
from typing import Any, TypeVar

from studio.contracts.apart import Answer, Limits, Walls
from studio.domain.errors import ErrorClass, NodeError, ProviderError, StudioError
from studio.sandbox import _wire
from studio.sandbox._child import Child, Died
from studio.sandbox._conversation import Conversation
from studio.sandbox._pool import Pool, log

T = TypeVar("T")
_GRACE = 0.5
"""Seconds beyond its limit in which the work may still say itself that time is up, which keeps its process."""
_FED_AT_ONCE = 200
_OUT_OF_MEMORY = ("memory allocation of", "bad_alloc", "out of memory", "annot allocate memory", "MemoryError")
"""What libraries say when they die of it."""
_CRASHES = (signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGTRAP, signal.SIGSYS)


class Workers:
    """The processes of one engine: ``most`` at the same time, ``idle`` of them kept for ``idle_seconds``."""

    def __init__(self, *, most: int | None = None, idle: int = 2, idle_seconds: float = 60.0) -> None:
        """No process is started before there is work. ``most`` is four, or as many as there are processors."""
        self._pool = Pool(most or max(4, os.cpu_count() or 1), idle, idle_seconds)

    async def call(
        self,
        function: Callable[..., T],
        /,
        *args: Any,
        limits: Limits,
        files: Sequence[int] = (),
        feed: Iterable[Any] | None = None,
    ) -> T:
        """See ``studio.contracts.Apart``."""
        job = _job(function, args, limits)
        job.feeds = feed is not None
        async with aclosing(self._work(job, files, iter(feed or ()))) as replies:
            async for reply in replies:
                if isinstance(reply, _wire.Done):
                    return reply.value
        raise AssertionError("work ends by its result or an error")

    async def stream(
        self, function: Callable[..., Iterator[T]], /, *args: Any, limits: Limits, files: Sequence[int] = ()
    ) -> AsyncGenerator[T]:
        """See ``studio.contracts.Apart``."""
        job = _job(function, args, limits)
        job.streams = True
        async with aclosing(self._work(job, files, iter(()))) as replies:
            async for reply in replies:
                if isinstance(reply, _wire.Part):
                    yield reply.value

    async def converse(
        self, walls: Walls, function: Callable[..., T], /, *args: Any, limits: Limits, answer: Answer | None = None
    ) -> T:
        """See ``studio.contracts.apart.Foreign``; without ``answer`` the function cannot ask."""
        job = _job(function, args, limits)
        job.asks = answer is not None
        try:
            async with self._pool.borrowed(job.function[0], walls) as child:
                reply = await Conversation(child, limits, answer, self._pool.resting).hold(job)
                if isinstance(reply, _wire.Failed):
                    child.fit = reply.kind != "memory"
                    raise _error(reply, limits)
                child.fit = not reply.spent
                return reply.value
        except Died as died:
            raise _why(died, job.limits) from died

    async def close(self) -> None:
        """End all processes, and wait until they are gone."""
        await self._pool.close()

    def end(self) -> None:
        """End all processes where no event loop runs any more. Blocks."""
        self._pool.end()

    async def _work(self, job: _wire.Job, files: Sequence[int], feed: Iterator[Any]) -> AsyncGenerator[_wire.Reply]:
        try:
            async with (
                self._pool.borrowed(job.function[0]) as child,
                aclosing(_replies(child, job, files, feed)) as replies,
            ):
                async for reply in replies:
                    yield reply
        except Died as died:
            raise _why(died, job.limits) from died


async def _replies(
    child: Child, job: _wire.Job, files: Sequence[int], feed: Iterator[Any]
) -> AsyncGenerator[_wire.Reply]:
    deadline = asyncio.get_running_loop().time() + job.limits.seconds + _GRACE
    async with asyncio.timeout_at(deadline):
        await child.send(job, files)
    while True:
        async with asyncio.timeout_at(deadline):
            reply = await child.receive()
            if isinstance(reply, _wire.More):
                elements = list(islice(feed, _FED_AT_ONCE))
                await child.feed(elements, last=len(elements) < _FED_AT_ONCE)
        if isinstance(reply, _wire.Failed):
            child.fit = reply.kind != "memory"
            raise _error(reply, job.limits)
        if isinstance(reply, _wire.Done):
            child.fit = not reply.spent
            yield reply
            return
        if isinstance(reply, _wire.Part):
            yield reply


def _job(function: Callable[..., Any], args: tuple[Any, ...], limits: Limits) -> _wire.Job:
    module, name = function.__module__, function.__qualname__
    if "<" in name or module == "__main__":
        raise TypeError(f"{name} cannot be found by its name in another process; make it a function of a module")
    root = sys.modules.get(module.partition(".")[0])
    package = None
    if root is not None and root.__spec__ is None and hasattr(root, "__path__"):
        package = (root.__name__, list(root.__path__))
    return _wire.Job((module, name), list(args), limits, package=package)


def _error(found: _wire.Failed, limits: Limits) -> StudioError:
    if found.kind == "memory":
        return _wire.out_of_memory(limits, in_doubt=False)
    if found.kind != "other":
        return _wire.error_of(found)
    log.debug("work failed: %s", found.trace)
    error = NodeError("work.failed", "The work failed unexpectedly: {kind}: {reason}.", **found.arguments)
    error.classification = ErrorClass(found.classification)
    return error


def _why(died: Died, limits: Limits) -> BaseException:
    """What the end of a process means. What it did to the world, if anything, is in doubt."""
    if died.said:
        log.debug("a process died saying: %s", died.said)
    if died.signal == signal.SIGXCPU:
        return TimeoutError()
    if died.signal is not None and died.signal not in _CRASHES:
        return ProviderError(
            "work.ended", "The process that did the work was ended from outside ({signal}).",
            in_doubt=True, signal=_name(died.signal),
        )  # fmt: skip
    if limits.memory_mb is not None and any(words in died.said for words in _OUT_OF_MEMORY):
        return _wire.out_of_memory(limits, in_doubt=True)
    error = ProviderError(
        "work.crashed", "The process that did the work crashed ({signal}).",
        in_doubt=True, signal="exit" if died.signal is None else _name(died.signal),
    )  # fmt: skip
    error.classification = ErrorClass.PERMANENT
    return error


def _name(number: int) -> str:
    return signal.Signals(number).name if number in set(signal.Signals) else str(number)
