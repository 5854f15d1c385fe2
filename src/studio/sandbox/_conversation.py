"""One piece of work of foreign code, seen from here: its questions answered, what it takes looked at."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path

from studio.contracts.apart import Answer, Limits
from studio.domain.errors import (
    AccessRefused,
    Conflict,
    ErrorClass,
    ExpressionError,
    NodeError,
    NotFound,
    ProviderError,
    StudioError,
    UserError,
)
from studio.sandbox import _wire
from studio.sandbox._child import Child, Died

_GRACE = 0.5
_LOOK_SECONDS = 0.5
_MB = 1024**2
_MOST_QUESTIONS = 1000
"""Open at the same time."""
_WAITING = ("call",)
"""Questions that wait for other work, as long as that takes. They are answered in the task that asks for the work."""
_ANSWERED = (NodeError, ExpressionError, AccessRefused, NotFound, Conflict)
"""Errors that the code may be told; any other ends it."""


class Conversation:
    """Made for one job of one process."""

    def __init__(
        self, child: Child, limits: Limits, answer: Answer | None, resting: Callable[[], AbstractContextManager[None]]
    ) -> None:
        self._child = child
        self._limits = limits
        self._answer = answer
        self._resting = resting
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._ended_by: BaseException | None = None

    async def hold(self, job: _wire.Job) -> _wire.Done | _wire.Failed:
        """What comes of the job.

        Raises:
            TimeoutError: Its time is up.
            Died: The process has gone.
            StudioError: It has taken more than it may; or what it asked for cannot go on.
        """
        watch = asyncio.ensure_future(self._watch())
        try:
            return await self._replies(job)
        except Died:
            if self._ended_by is not None:
                raise self._ended_by from None
            raise
        finally:
            running = [watch, *self._tasks.values()]
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def _replies(self, job: _wire.Job) -> _wire.Done | _wire.Failed:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._limits.seconds + _GRACE
        async with asyncio.timeout_at(deadline):
            await self._child.send(job, ())
        while True:
            async with asyncio.timeout_at(deadline):
                reply = await self._child.receive()
            if isinstance(reply, _wire.Done | _wire.Failed):
                return reply
            if isinstance(reply, _wire.Dropped):
                task = self._tasks.get(reply.number)
                if task is not None:
                    task.cancel()
            elif not isinstance(reply, _wire.Asked) or self._answer is None or len(self._tasks) >= _MOST_QUESTIONS:
                self._child.kill()
            elif reply.name in _WAITING:
                before = loop.time()
                with self._resting():
                    await self._answered(reply)
                deadline += loop.time() - before
            else:
                self._tasks[reply.number] = asyncio.ensure_future(self._later(reply))

    async def _later(self, asked: _wire.Asked) -> None:
        try:
            await self._answered(asked)
        except Died:
            return  # which is seen where replies are waited for
        except (asyncio.CancelledError, GeneratorExit):
            raise
        except BaseException as error:  # noqa: BLE001 - raised where the work was asked for
            self._end(error)
        finally:
            self._tasks.pop(asked.number, None)

    async def _answered(self, asked: _wire.Asked) -> None:
        assert self._answer is not None
        try:
            await self._child.tell(_wire.Answered(asked.number, await self._answer(asked.name, asked.args)))
            return
        except _ANSWERED as error:
            answer = _wire.Answered(asked.number, failed=_wire.failed(error))
        except (TypeError, ValueError, LookupError, OSError) as error:
            told = UserError("work.question", "This cannot be asked: {reason}.", reason=str(error)[:500])
            answer = _wire.Answered(asked.number, failed=_wire.failed(told))
        await self._child.tell(answer)

    def _end(self, error: BaseException) -> None:
        if self._ended_by is None:
            self._ended_by = error
        self._child.kill()

    async def _watch(self) -> None:
        """End it where it holds more than it may: memory that no limit of the kernel counts, a full scratch folder."""
        before = _resident(self._child.pid)
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            memory, output = self._limits.memory_mb, self._limits.output_mb
            if memory is not None and _resident(self._child.pid) > before + memory * _MB * 1.25:
                self._end(_wire.out_of_memory(self._limits, in_doubt=True))
            if output is not None and self._child.scratch is not None:
                size = await asyncio.to_thread(_size, self._child.scratch)
                if size > output * _MB:
                    self._end(_too_much(output))


def _too_much(limit: int) -> StudioError:
    error = ProviderError(
        "work.output", "The work wrote more than {limit} MB and was stopped.", in_doubt=True, limit=limit
    )
    error.classification = ErrorClass.BAD_INPUT
    return error


def _resident(pid: int) -> int:
    with suppress(OSError, IndexError, ValueError):
        return int(Path(f"/proc/{pid}/statm").read_bytes().split()[1]) * os.sysconf("SC_PAGESIZE")
    return 0


def _size(folder: str) -> int:
    total = 0
    for place, _folders, files in os.walk(folder):
        for name in files:
            with suppress(OSError):
                total += Path(place, name).lstat().st_size
    return total
