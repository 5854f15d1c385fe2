"""Progress from events, as lines and as a live list."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from studio.cli._live import LiveList
from studio.cli._progress import Lines, Progress, detail
from studio.cli._say import Voice
from studio.cli._terminal import shorten, shown_seconds, table
from studio.engine import Event

VOICE = Voice("en")


def event(kind: str, path: str | None = "a", **data: Any) -> Event:
    return Event(execution_id="x", seq=1, index=0, kind=kind, path=path, data=data)


def test_a_node_from_start_to_end() -> None:
    progress = Progress.of(["a", "b"])
    assert progress.take(event("accepted", None)) is None
    line = progress.take(event("progress", percent=40, message="reading"))
    assert line is not None
    assert (line.status, detail(line, VOICE)) == ("running", "40 % reading")
    ended = progress.take(event("succeeded", duration=1_500_000))
    assert ended is line
    assert (line.status, line.seconds) == ("succeeded", 1.5)
    assert progress.nodes["b"].status == "pending"


def test_items_are_counted_once() -> None:
    progress = Progress.of(["loop"])
    progress.take(event("items", "loop", done=3, total=10))
    progress.take(event("chunk", "loop", first=0, count=5, errors=1))
    progress.take(event("succeeded", "loop[0]/inner", duration=1))
    progress.take(event("turn", "again", turn=1))
    assert detail(progress.nodes["loop"], VOICE) == "5 items  1 failed"
    assert detail(progress.nodes["again"], VOICE) == "1 turn"
    assert progress.nodes["loop"].status == "running"


def test_waits_and_retries() -> None:
    progress = Progress.of(["a"])
    progress.take(event("wait", reason=["wait.timer"]))
    assert progress.nodes["a"].status == "waiting"
    progress.take(event("waited"))
    progress.take(event("retrying", error={"message": "503"}))
    assert detail(progress.nodes["a"], VOICE) == "503"


def test_lines_say_what_matters(capfd: pytest.CaptureFixture[str]) -> None:
    lines = Lines(["a", "b"], VOICE)
    for one in (
        event("progress", percent=1),
        event("succeeded", duration=2000),
        event("skipped", "b", reason="branch"),
    ):
        lines.show(one)
    lines.close()
    first, second = capfd.readouterr().err.splitlines()
    assert first.split() == ["succeeded", "a", "2", "ms"]
    assert second.split() == ["skipped", "b"]


@pytest.mark.parametrize("count", [3, 60])
def test_the_live_list_fits_the_terminal(count: int) -> None:
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=80, height=20)
    ids = [f"node{number}" for number in range(count)]
    live = LiveList(ids, VOICE, console)
    live.show(event("progress", ids[0], percent=5, message="on it"))
    live.show(event("failed", ids[-1], duration=5))
    live.close()
    text = screen.getvalue()
    assert "node0" in text
    assert f"node{count - 1}" in text
    assert ("more nodes" in text) == (count == 60)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0.00034, "340 µs"), (0.012, "12 ms"), (3.44, "3.4 s"), (125, "2 m 05 s"), (3720, "1 h 02 m")],
)
def test_durations(seconds: float, shown: str) -> None:
    assert shown_seconds(seconds) == shown


def test_small_things() -> None:
    assert shorten("a  b\nc", 10) == "a b c"
    assert shorten("abcdef", 4) == "abc…"
    assert table([["x", "long"], ["yy", "z"]], ["A", "B"]) == "A   B\nx   long\nyy  z\n"


def test_a_cancelled_node_has_not_failed() -> None:
    progress = Progress.of(["a"])
    line = progress.take(event("failed", error={"code": "node.cancelled"}, duration=1))
    assert line is not None
    assert line.status == "cancelled"


@pytest.mark.parametrize("width", [24, 44, 100])
def test_a_narrow_terminal_has_a_line_per_node(width: int) -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=width, height=20, color_system=None)
    live = LiveList(["load_everything", "b"], VOICE, console)
    live.show(event("progress", "load_everything", percent=40, message="reading " * 20))
    live.close()
    shown = console.file.getvalue()  # pyright: ignore[reportAttributeAccessIssue]
    last = shown.rsplit("\x1b[2K", 1)[-1]
    lines = [line for line in last.splitlines() if line.strip() and "\x1b[?25h" not in line]
    assert len(lines) == 2
