"""An execution's node runs on a time axis."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, cast

from studio.domain.status import NodeStatus
from studio.engine import Event, History

_CANCELLED = "node.cancelled"
_RESTING = (NodeStatus.WAITING, NodeStatus.IN_DOUBT)
_LAST_WORD = {"succeeded": NodeStatus.SUCCEEDED, "failed": NodeStatus.FAILED, "skipped": NodeStatus.SKIPPED}


@dataclass(slots=True)
class Bar:
    """One node run. Times in microseconds; ``start`` counts from acceptance.

    It took ``duration`` of work and ``waited`` for a timer, a signal or its turn. Items and turns are counted for
    containers.
    """

    path: str
    status: NodeStatus
    start: int = 0
    duration: int = 0
    waited: int = 0
    attempts: int = 1
    items: int = 0
    turns: int = 0
    failed_items: int = 0
    error: str | None = None
    note: str = ""


def bars(history: History) -> list[Bar]:
    """A bar per node run outside maps, in the order in which they began."""
    found: dict[str, Bar] = {}
    for event in history.events():
        if event.path is not None:
            _take(found, event, history.row.accepted_at)
    if not history.row.status.terminal:
        now = time.time_ns() // 1000 - history.row.accepted_at
        for bar in found.values():
            if bar.status in _RESTING:
                bar.waited = max(0, now - bar.start)
    return sorted(found.values(), key=lambda bar: (bar.start, bar.path))


def _take(found: dict[str, Bar], event: Event, zero: int) -> None:
    path, data = str(event.path), event.data
    bar = found.get(path)
    if bar is None:
        bar = found[path] = Bar(path, NodeStatus.RUNNING, max(0, int(data.get("started_at") or event.at) - zero))
    if event.kind == "chunk":
        bar.items += int(data["count"])
        bar.failed_items += int(data["errors"])
    elif event.kind == "turn":
        bar.turns = max(bar.turns, int(data["turn"]))
    elif event.kind == "waiting":
        bar.status = NodeStatus.IN_DOUBT if data.get("kind") == "in_doubt" else NodeStatus.WAITING
    elif event.kind == "retrying":
        bar.note = _text(data.get("error"), "message") or ""
    elif event.kind in _LAST_WORD:
        began = max(0, int(data.get("started_at") or event.at) - zero)
        bar.duration = int(data.get("duration") or 0)
        bar.waited = int(data.get("waited") or 0)
        if bar.status in _RESTING:
            # Time out of memory is in no record of the end: it lies between the first wait and the last start.
            bar.waited += max(0, began - bar.start)
            bar.start = min(bar.start, began)
        else:
            bar.start = began
        bar.error = _text(data.get("error"), "code")
        bar.status = NodeStatus.CANCELLED if bar.error == _CANCELLED else _LAST_WORD[event.kind]
        bar.attempts = int(data.get("attempts") or 1)
        bar.note = str(data.get("reason") or "") if event.kind == "skipped" else ""


def _text(facts: Any, name: str) -> str | None:
    """A text of an error's facts, None where there is no error."""
    return str(cast("dict[str, Any]", facts).get(name)) if isinstance(facts, dict) else None
