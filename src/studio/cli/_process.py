"""The process that drives executions: its event loop, and when it collects garbage."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
_COLLECT = (50_000, 20, 50)
"""New objects before a collection, and collections before older ones are looked at. What the engine makes it gives
back by itself; a collection every 700 objects would cost it more than most nodes do."""


_LEAVING = 5.0
"""Seconds that a service has to end in once it has handed everything over."""


def run_driving(work: Coroutine[Any, Any, T]) -> T:
    """Run what drives executions, with garbage collected seldom."""
    before = gc.get_threshold()
    gc.set_threshold(*_COLLECT)
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            return runner.run(work)
    finally:
        gc.set_threshold(*before)


def run_service(work: Coroutine[Any, Any, None]) -> None:
    """Run a server or worker until it was told to stop and has handed everything over.

    Python would wait for every thread and task that is left: a node that computes on, or that will not be stopped.
    Nothing of it counts any more, so the process ends without them.
    """

    leaving = threading.Timer(_LEAVING, _leave)
    leaving.daemon = True

    async def served() -> None:
        await work
        leaving.start()

    try:
        run_driving(served())
    finally:
        leaving.cancel()


def _leave() -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def started() -> None:
    """What start-up made stays to the end: collections need not look at it again."""
    if not gc.get_freeze_count():
        gc.freeze()


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
