"""The live list on a terminal: every node with status, time and counts, redrawn in place."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from studio.cli._progress import ENDED, NodeLine, Progress, detail
from studio.cli._say import Voice
from studio.cli._terminal import harmless, shown_seconds

if TYPE_CHECKING:
    from studio.bootstrap import Event

_MARKS = {
    "pending": ("·", "dim"),
    "running": ("▸", "cyan"),
    "retrying": ("↻", "yellow"),
    "waiting": ("◷", "yellow"),
    "in_doubt": ("?", "bold yellow"),
    "succeeded": ("✔", "green"),
    "failed": ("✘", "bold red"),
    "skipped": ("○", "dim"),
    "cancelled": ("■", "yellow"),
}
_PER_SECOND = 12
_COLUMNS = 5
_NARROW = 60


class LiveList:
    """Shows as many nodes as fit: what runs or failed before what waits its turn."""

    def __init__(self, ids: Iterable[str], voice: Voice, console: Console | None = None) -> None:
        self._progress = Progress.of(ids)
        self._voice = voice
        self._spinner = Spinner("dots", style="cyan")
        self._console = console or Console(stderr=True, highlight=False)
        self._live = Live(
            console=self._console,
            get_renderable=self._table,
            refresh_per_second=_PER_SECOND,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._live.start()

    def show(self, event: Event) -> None:
        """Take in an event; drawn with the next refresh."""
        self._progress.take(event)

    def close(self) -> None:
        """Draw the last state and leave it standing."""
        self._live.refresh()
        self._live.stop()

    def _table(self) -> Table:
        grid = Table.grid(padding=(0, 2))
        narrow = self._console.size.width < _NARROW
        for column in range(_COLUMNS - narrow):
            grid.add_column(no_wrap=True, overflow="ellipsis", ratio=None if column != 1 or not narrow else 1)
        room = max(5, self._console.size.height - 3)
        lines = list(self._progress.nodes.values())
        shown = lines if len(lines) <= room else sorted(lines, key=_interest)[: room - 1]
        for line in shown:
            cells = self._row(line)
            # The mark says the same as the word, which is left out where there is little room.
            grid.add_row(*(cells[:2] + cells[3:] if narrow else cells))
        if len(shown) < len(lines):
            rest = self._voice.say("cli.more_nodes", count=len(lines) - len(shown))
            grid.add_row("", Text(rest, style="dim"))
        return grid

    def _row(self, line: NodeLine) -> tuple[Spinner | Text, Text, Text, Text, Text]:
        mark, style = _MARKS.get(line.status, ("·", ""))
        seconds = time.monotonic() - line.began if line.status == "running" and line.began else line.seconds
        timed = shown_seconds(seconds) if line.began and line.status in (*ENDED, "running") else ""
        return (
            self._spinner if line.status == "running" else Text(mark, style=style),
            Text(line.id, style="bold" if line.status in ("running", "failed") else ""),
            Text(self._voice.say(f"status.{line.status}"), style=style),
            Text(timed, style="dim", justify="right"),
            Text(harmless(detail(line, self._voice)), style="dim"),
        )


def _interest(line: NodeLine) -> int:
    order = ("failed", "in_doubt", "running", "retrying", "waiting", "pending", "cancelled", "succeeded", "skipped")
    return order.index(line.status) if line.status in order else len(order)
