"""Staying with an execution: its progress, Ctrl-C, and SIGTERM."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Coroutine, Generator, Iterable
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from studio.cli._progress import Lines, View
from studio.cli._say import Voice
from studio.cli._terminal import colours, write_error
from studio.domain.errors import StudioError

if TYPE_CHECKING:
    from studio.bootstrap import Event, ExecutionResult, Hidden, StartRequest, Studio

T = TypeVar("T")
EXIT_LEFT = 130
EXIT_TERMINATED = 143
_LAST_EVENTS = 1.0


@dataclass(slots=True)
class Outcome:
    """Where an execution stood when it was left. ``output`` is plain JSON."""

    result: ExecutionResult
    output: Any
    handed_over: bool = False


class Stopped(Exception):
    """Ctrl-C or SIGTERM came before the end; carries the exit code for it."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


async def stoppable(work: Coroutine[Any, Any, T]) -> T:
    """The result of ``work``.

    Raises:
        Stopped: Ctrl-C or SIGTERM came first.
    """
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    codes: list[int] = []

    def stop(code: int) -> None:
        codes.append(code)
        task.cancel()

    loop.add_signal_handler(signal.SIGINT, stop, EXIT_LEFT)
    loop.add_signal_handler(signal.SIGTERM, stop, EXIT_TERMINATED)
    try:
        return await task
    except asyncio.CancelledError:
        raise Stopped(codes[0] if codes else EXIT_LEFT) from None
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


async def follow(
    studio: Studio, request: StartRequest, voice: Voice, *, seconds: float, patient: bool, quiet: bool
) -> Outcome:
    """Accept an execution and stay with it until it ends, or waits beyond what we wait for."""
    await studio.driver.try_start()
    mask = await studio.mask()
    execution_id = await studio.engine.submit(request)
    waiting = asyncio.create_task(studio.driver.wait(execution_id, timeout=seconds, patient=patient))
    watcher = None
    try:
        # Before anything else: from here on there is something to cancel, or to hand over.
        with _interrupts(studio, execution_id, waiting, voice):
            if not quiet:
                watcher = _Watcher(studio, execution_id, make_view(request.workflow.nodes, voice), mask)
            result = await waiting
        if watcher is not None:
            await watcher.catch_up(ended=result.status.terminal)
        return Outcome(await studio.told(result), await studio.present(result.output))
    except asyncio.CancelledError:
        if not waiting.cancelled():
            raise
        await studio.driver.stop()
        left = await studio.told(await studio.executions.result(execution_id))
        return Outcome(left, None, handed_over=True)
    finally:
        if watcher is not None:
            await watcher.close()


class _Watcher:
    """Shows an execution's events while it runs."""

    def __init__(self, studio: Studio, execution_id: str, view: View, mask: Hidden) -> None:
        self._studio = studio
        self._id = execution_id
        self._view = view
        self._mask = mask
        self._last = (-1, -1)
        self._task = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        async for event in self._studio.engine.events(self._id):
            self._show(event)

    def _show(self, event: Event) -> None:
        self._last = max(self._last, (event.seq, event.index))
        self._view.show(msgspec.structs.replace(event, data=self._mask.plain(event.data)) if event.data else event)

    async def catch_up(self, *, ended: bool) -> None:
        """Show what is committed and has not come yet."""
        if ended:
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(self._task), _LAST_EVENTS)
        if not self._task.done():
            await self._stop()
            for event in (await self._studio.executions.history(self._id)).events(self._last):
                self._show(event)

    async def _stop(self) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError, StudioError):
            await self._task

    async def close(self) -> None:
        """Stop watching and leave the last state standing."""
        await self._stop()
        self._view.close()


def make_view(ids: Iterable[str], voice: Voice) -> View:
    """A live list on a terminal, else lines."""
    if colours():
        from studio.cli._live import LiveList

        return LiveList(ids, voice)
    return Lines(ids, voice)


@contextmanager
def _interrupts(
    studio: Studio, execution_id: str, waiting: asyncio.Task[ExecutionResult], voice: Voice
) -> Generator[None]:
    """First Ctrl-C: cancel durably and go on until that has taken effect. Second: leave. SIGTERM: hand over."""
    loop = asyncio.get_running_loop()
    cancels: list[asyncio.Task[Any]] = []

    def interrupted() -> None:
        if cancels:
            write_error("\n" + voice.say("cli.left", id=execution_id) + "\n")
            os._exit(EXIT_LEFT)
        write_error("\n" + voice.say("cli.cancelling") + "\n")
        cancels.append(loop.create_task(studio.engine.post(execution_id, "cancel", {"reason": "interrupted"})))

    loop.add_signal_handler(signal.SIGINT, interrupted)
    loop.add_signal_handler(signal.SIGTERM, waiting.cancel)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
