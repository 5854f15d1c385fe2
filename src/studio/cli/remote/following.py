"""Staying with executions of a server: live progress, Ctrl-C, and lost connections."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from studio.cli._following import EXIT_LEFT, EXIT_TERMINATED, Stopped, make_view
from studio.cli._progress import View
from studio.cli._say import Voice
from studio.cli._terminal import write_error
from studio.cli.remote.ending import TERMINAL
from studio.domain.errors import StudioError

if TYPE_CHECKING:
    from studio.bootstrap import Event
    from studio.client import Client, LiveEvent
    from studio.client.models import ExecutionDetail

_RESTING = ("waiting", "paused")
_LOOKS = (0.2, 0.4, 0.8)
"""Seconds between looks at whether it waits; that it ends is told by its events."""


async def follow(
    client: Client, id: str, voice: Voice, *, nodes: Iterable[str], wait: tuple[float, bool], quiet: bool
) -> ExecutionDetail:
    """An execution at its end, or waiting for what does not come in time.

    Args:
        client: The connection.
        id: Id of the execution.
        voice: The language.
        nodes: The nodes that are listed from the beginning, as far as they are known.
        wait: Seconds for which waiting is waited for, and whether for signals too.
        quiet: Show no progress.

    Raises:
        Stopped: SIGTERM came; the execution goes on at the server.
    """
    view = None if quiet else make_view(nodes, voice)
    watching = asyncio.create_task(_watch(client, id, view))
    try:
        with _interrupts(client, id, voice):
            return await _settled(client, id, watching, *wait)
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError, StudioError):
            await watching
        if view is not None:
            view.close()


async def _watch(client: Client, id: str, view: View | None) -> None:
    async for event in client.events(id):
        if view is not None:
            view.show(_shown(id, event))


def _shown(id: str, event: LiveEvent) -> Event:
    from studio.bootstrap import Event

    seq, _, index = (event["id"] or "").partition(".")
    return Event(
        execution_id=id, seq=int(seq or -1), index=int(index or -1), kind=event["kind"], path=event["path"],
        data=event["data"],
    )  # fmt: skip


async def _settled(
    client: Client, id: str, watching: asyncio.Task[None], seconds: float, patient: bool
) -> ExecutionDetail:
    resting_since: float | None = None
    looks = 0
    while True:
        done, _ = await asyncio.wait([watching], timeout=_LOOKS[min(looks, len(_LOOKS) - 1)])
        if done:
            watching.result()
        looks += 1
        detail = await client.show_execution(id)
        if detail["status"] in TERMINAL:
            if not done:
                # The last events are on their way.
                await asyncio.wait([watching], timeout=1.0)
            return detail
        if detail["status"] not in _RESTING:
            resting_since = None
            continue
        now = time.monotonic()
        resting_since = now if resting_since is None else resting_since
        if now - resting_since >= seconds or (not patient and detail["wake_at"] is None):
            return detail


@contextmanager
def _interrupts(client: Client, id: str, voice: Voice) -> Generator[None]:
    """First Ctrl-C: cancel at the server, and stay until that has taken effect. Second: leave. SIGTERM: leave it be."""
    loop = asyncio.get_running_loop()
    following = asyncio.current_task()
    cancels: list[asyncio.Task[object]] = []
    left: list[int] = []

    def interrupted() -> None:
        if cancels:
            write_error("\n" + voice.say("cli.left_there", id=id) + "\n")
            os._exit(EXIT_LEFT)
        write_error("\n" + voice.say("cli.cancelling") + "\n")
        cancels.append(loop.create_task(client.cancel_execution(id, {"reason": "interrupted"})))

    def leave() -> None:
        left.append(EXIT_TERMINATED)
        if following is not None:
            following.cancel()

    loop.add_signal_handler(signal.SIGINT, interrupted)
    loop.add_signal_handler(signal.SIGTERM, leave)
    try:
        yield
    except asyncio.CancelledError:
        if not left:
            raise
        write_error(voice.say("cli.left_there", id=id) + "\n")
        raise Stopped(left[0]) from None
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
