"""The process that drives executions: its event loop, and when it collects garbage."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
_COLLECT = (50_000, 20, 50)
"""New objects before a collection, and collections before older ones are looked at. What the engine makes it gives
back by itself; a collection every 700 objects would cost it more than most nodes do."""


def run_driving(work: Coroutine[Any, Any, T]) -> T:
    """Run what drives executions, with garbage collected seldom."""
    before = gc.get_threshold()
    gc.set_threshold(*_COLLECT)
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            return runner.run(work)
    finally:
        gc.set_threshold(*before)


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
