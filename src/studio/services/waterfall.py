"""An execution's node runs on a time axis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from studio.domain.status import NodeStatus
from studio.engine import Event, History

_LAST_WORD = {"succeeded": NodeStatus.SUCCEEDED, "failed": NodeStatus.FAILED, "skipped": NodeStatus.SKIPPED}


@dataclass(slots=True)
class Bar:
    """One node run. Times in microseconds; ``start`` counts from acceptance. Items are counted for containers.

    ``waited`` is the part of the time in which it waited for a timer, a signal or its turn.
    """

    path: str
    status: NodeStatus
    start: int = 0
    duration: int = 0
    waited: int = 0
    attempts: int = 1
    items: int = 0
    failed_items: int = 0
    error: str | None = None
    note: str = ""


def bars(history: History) -> list[Bar]:
    """A bar per node run outside maps, in the order in which they began."""
    found: dict[str, Bar] = {}
    for event in history.events():
        if event.path is not None:
            _take(found, event, history.row.accepted_at)
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
        bar.items = max(bar.items, int(data["turn"]))
    elif event.kind == "waiting":
        in_doubt = data.get("kind") == "in_doubt"
        bar.status = NodeStatus.IN_DOUBT if in_doubt else NodeStatus.WAITING
        bar.note = str(data.get("kind") or "")
    elif event.kind == "retrying":
        bar.note = _text(data.get("error"), "message") or ""
    elif event.kind in _LAST_WORD:
        bar.status = _LAST_WORD[event.kind]
        bar.start = max(0, int(data.get("started_at") or event.at) - zero)
        bar.duration = int(data.get("duration") or 0)
        bar.waited = int(data.get("waited") or 0)
        bar.attempts = int(data.get("attempts") or 1)
        bar.note = str(data.get("reason") or "") if event.kind == "skipped" else ""
        bar.error = _text(data.get("error"), "code")


def _text(facts: Any, name: str) -> str | None:
    """A text of an error's facts, None where there is no error."""
    return str(cast("dict[str, Any]", facts).get(name)) if isinstance(facts, dict) else None
