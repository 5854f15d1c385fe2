"""How an execution goes, kept up to date from its events, and shown as lines or as a live list."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, cast

from studio.cli._say import Voice
from studio.cli._terminal import shorten, shown_seconds, write_error

if TYPE_CHECKING:
    from studio.bootstrap import Event

_CANCELLED = "node.cancelled"
ENDED = frozenset({"succeeded", "failed", "skipped", "cancelled"})
_STATUS_OF = {
    "started": "running",
    "progress": "running",
    "items": "running",
    "wait": "waiting",
    "waited": "running",
    "succeeded": "succeeded",
    "failed": "failed",
    "skipped": "skipped",
    "waiting": "waiting",
    "in_doubt": "in_doubt",
    "retrying": "retrying",
    "cancelled": "cancelled",
}


@dataclass(slots=True)
class NodeLine:
    """What is shown of a node of the outermost level.

    ``done`` and ``failed`` count the items inside it that are committed, ``ahead`` those that are done, ``turns`` those
    of a loop.
    """

    id: str
    status: str = "pending"
    began: float = 0.0
    seconds: float = 0.0
    done: int = 0
    turns: int = 0
    failed: int = 0
    ahead: int = 0
    note: str = ""


@dataclass(slots=True)
class Progress:
    """Nodes in file order. Times are this process's own, for showing only."""

    nodes: dict[str, NodeLine] = field(default_factory=dict[str, NodeLine])

    @classmethod
    def of(cls, ids: Iterable[str]) -> Progress:
        """Nothing has started yet."""
        return cls({id: NodeLine(id) for id in ids})

    def take(self, event: Event) -> NodeLine | None:
        """Take in an event; returns the line whose status changed with it."""
        if event.path is None:
            return None
        top = event.path.split("[")[0].split("/")[0]
        line = self.nodes.setdefault(top, NodeLine(top))
        if event.path != top:
            self._inside(line, event)
            return None
        if event.kind == "progress":
            line.note = _progress_note(event)
        elif event.kind == "items":
            line.ahead = int(event.data["done"])
        elif event.kind in ("chunk", "turn"):
            self._inside(line, event)
        status = _status(event)
        if status is None or status == line.status:
            return None
        now = time.monotonic()
        if status == "running":
            line.began = now
        elif status in ENDED and "duration" in event.data:
            line.began = line.began or now
            line.seconds = int(event.data["duration"]) / 1e6
        line.status = status
        if event.kind != "progress":
            line.note = _error_note(event) if status == "retrying" else ""
        return line

    def _inside(self, line: NodeLine, event: Event) -> None:
        if event.kind == "chunk":
            line.done += int(event.data.get("count") or 0)
            line.failed += int(event.data.get("errors") or 0)
        elif event.kind == "turn":
            line.turns += 1


def _status(event: Event) -> str | None:
    error = event.data.get("error")
    if (
        event.kind == "failed"
        and isinstance(error, dict)
        and cast("dict[str, object]", error).get("code") == _CANCELLED
    ):
        return "cancelled"
    return _STATUS_OF.get(event.kind)


def _progress_note(event: Event) -> str:
    percent, message = event.data.get("percent"), str(event.data.get("message") or "")
    return f"{percent:.0f} % {message}".strip() if isinstance(percent, int | float) else message


def _error_note(event: Event) -> str:
    error = event.data.get("error")
    return str(cast("dict[str, object]", error).get("message") or "") if isinstance(error, dict) else ""


def detail(line: NodeLine, voice: Voice) -> str:
    """Counts and the node's own note."""
    parts: list[str] = []
    if line.done or line.ahead:
        parts.append(voice.say("cli.items", count=max(line.done, line.ahead)))
    if line.turns:
        parts.append(voice.say("cli.turns", count=line.turns))
    if line.failed:
        parts.append(voice.say("cli.items_failed", count=line.failed))
    return "  ".join([*parts, shorten(line.note, 60)] if line.note else parts)


class View(Protocol):
    """Something that shows progress while an execution runs."""

    def show(self, event: Event) -> None:
        """Take in an event."""
        ...

    def close(self) -> None:
        """Show how it stands at the end."""
        ...


class Lines:
    """A line for every node that ends or waits; for pipes, logs and ``NO_COLOR``."""

    def __init__(self, ids: Iterable[str], voice: Voice) -> None:
        self._progress = Progress.of(ids)
        self._voice = voice

    def show(self, event: Event) -> None:
        """A line where a node's status is worth one.

        That a node waits is said when it is recorded, in the order of what went before; short waits are not.
        """
        if event.kind == "wait":
            return
        line = self._progress.take(event)
        if line is None or line.status in ("running", "pending"):
            return
        seconds = shown_seconds(line.seconds) if line.status in ENDED and line.began else ""
        status = self._voice.say(f"status.{line.status}")
        write_error(f"{status:<10} {line.id:<24} {seconds:>8}  {detail(line, self._voice)}".rstrip() + "\n")

    def close(self) -> None:
        """Everything has been said."""
