"""Renews a worker's lease as long as the worker's event loop ticks. A process of its own, started by its path.

It imports nothing of Studio, and what it needs for the database only when the first renewal is due: most commands have
ended by then. Its input gives settings, then the times of ticks; its end is the worker's end. Its output tells what
became of each renewal, in one word. What is secret comes by the input only, and nothing else is ever written anywhere.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from typing import Any

_LOOK = 1.0
"""Longest time without a look at whether the worker is there, seconds."""


class Feed:
    """What the worker writes."""

    def __init__(self, worker: int) -> None:
        self.settings = b""
        self.ticked = 0
        self.stopping = False
        self._worker = worker
        self._rest = b""

    def read(self) -> None:
        """Take what is there; where the worker is gone, end."""
        data = os.read(0, 65536)
        if not data:
            os._exit(0)
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            if not self.settings:
                self.settings = line
            elif line == b"stop":
                self.stopping = True
            else:
                self.ticked = int(line)

    def look(self) -> None:
        """End where the worker is gone and somebody else holds the other end of the input."""
        if os.getppid() != self._worker:
            os._exit(0)

    def age(self) -> float:
        """Seconds since the last tick, by the clock that all processes of a machine share."""
        return (time.monotonic_ns() - self.ticked) / 1e9


def main(worker: int, first: float) -> None:
    """Wait ``first`` seconds, then renew until the worker says stop or is gone."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # Meant for the worker, which may need its lease while it hands over.
        signal.signal(number, signal.SIG_IGN)
    os.set_blocking(1, False)
    feed = Feed(worker)
    until = time.monotonic() + first
    while (left := until - time.monotonic()) > 0 or not feed.settings:
        feed.look()
        if select.select([0], [], [], min(max(left, 0), _LOOK))[0]:
            feed.read()
        if feed.stopping:
            return
    import asyncio
    import json

    settings = json.loads(feed.settings)
    sys.path[:] = settings["path"]
    os.environ.update(settings["environ"])
    asyncio.run(renew(feed, settings))


async def renew(feed: Feed, settings: dict[str, Any]) -> None:
    """Renew again and again, through the loss of the database."""
    import asyncio

    heard = asyncio.Event()

    def hear() -> None:
        feed.read()
        heard.set()

    asyncio.get_running_loop().add_reader(0, hear)
    connection: Any = None
    pause = 0.0
    while await _due(feed, heard, time.monotonic() + pause, settings["hang"]):
        try:
            connection = connection or await _connect(settings)
            kept = await connection.fetchval(settings["renewal"], *settings["values"], timeout=settings["timeout"])
            pause = settings["every"]
            _say(b"kept" if kept else b"lapsed")
        except Exception:  # noqa: BLE001 - whatever it was, the next attempt is made on another connection
            if connection is not None:
                connection.terminate()
            connection = None
            pause = settings["again"]
            _say(b"failed")
    if connection is not None:
        connection.terminate()


async def _due(feed: Feed, heard: Any, at: float, hang: float) -> bool:
    """Wait for the time of the next renewal, and for a recent tick. False where there is to be none."""
    import asyncio

    while not feed.stopping:
        feed.look()
        left = at - time.monotonic()
        if left <= 0 and feed.age() <= hang:
            return True
        heard.clear()
        try:
            async with asyncio.timeout(min(left, _LOOK) if left > 0 else _LOOK):
                await heard.wait()
        except TimeoutError:
            continue
    return False


async def _connect(settings: dict[str, Any]) -> Any:
    import asyncpg  # pyright: ignore[reportMissingTypeStubs] - it has none

    driver: Any = asyncpg
    return await driver.connect(
        settings["url"], timeout=settings["timeout"], server_settings={"application_name": "studio-lease"}
    )


def _say(word: bytes) -> None:
    try:
        os.write(1, word + b"\n")
    except BlockingIOError:
        pass  # the worker's loop stands still; it has many other words to read
    except OSError:
        os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
