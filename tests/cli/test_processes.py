"""Several processes: signals, crashes, one that drives while others look on, streams that stay open."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Popen = subprocess.Popen[str]
Start = Callable[..., Popen]
_PATIENCE = 60.0


@pytest.fixture
def start(surroundings: Path) -> Iterator[Start]:
    """Start ``studio`` in a process of its own; whatever still runs at the end is killed."""
    started: list[Popen] = []

    def run(*arguments: str) -> Popen:
        process = subprocess.Popen(
            [sys.executable, "-m", "studio.cli.main", *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1,
        )  # fmt: skip
        started.append(process)
        return process

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
            process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                stream.close()


def until(condition: Callable[[], Any], what: str) -> Any:
    """The first true value of ``condition``, looked at until it comes."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    pytest.fail(f"{what} did not come")


def slow(seconds: float = 300) -> dict[str, Any]:
    """A first effect that can be seen, and a map that takes its time after it."""
    return {
        "mark": {"type": "files.append_text", "params": {"path": "mark.txt", "text": "x"}},
        "naps": {
            "type": "flow.map",
            "params": {"items": "{{ range(mark.size * 0, 400) }}", "concurrency": 1},
            "body": {
                "nodes": {"note": {"type": "files.append_text", "params": {"path": "naps.txt", "text": "n"}}},
                "output": "{{ note.size }}",
            },
        },
        "nap": {"type": "flow.wait", "params": {"seconds": seconds}, "run_if": "{{ len(naps.results) > 0 }}"},
    }


def begun(surroundings: Path) -> Callable[[], bool]:
    """Whether the map has begun."""
    path = surroundings / "naps.txt"
    return lambda: path.exists() and path.stat().st_size > 20


def test_ctrl_c_cancels_durably(start: Start, workflow: Any, surroundings: Path, cli: Any) -> None:
    process = start("run", workflow(slow()), "--json", "--wait", "300s")
    until(begun(surroundings), "the first effect")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=_PATIENCE)
    assert process.returncode == 1, err
    assert json.loads(out)["status"] == "cancelled"
    assert "Traceback" not in err
    assert cli("executions", "list", "--json").json["executions"][0]["status"] == "cancelled"


def test_sigterm_hands_over(start: Start, workflow: Any, surroundings: Path, cli: Any) -> None:
    process = start("run", workflow(slow(0)), "--wait", "300s")
    until(begun(surroundings), "the first effect")
    process.terminate()
    _, err = process.communicate(timeout=_PATIENCE)
    assert process.returncode == 143, err
    assert "studio resume" in err
    assert "Traceback" not in err
    (ended,) = cli("resume", "--json").json["executions"]
    assert ended["status"] == "succeeded"
    assert (surroundings / "mark.txt").read_text() == "x"
    assert (surroundings / "naps.txt").read_text() == "n" * 400


def test_a_killed_process_is_taken_up_by_resume(start: Start, workflow: Any, surroundings: Path, cli: Any) -> None:
    process = start("run", workflow(slow(0)), "--wait", "300s")
    until(begun(surroundings), "the first effect")
    process.kill()
    process.communicate()
    (ended,) = cli("resume", "--json").json["executions"]
    assert ended["status"] == "succeeded"
    assert (surroundings / "mark.txt").read_text() == "x"
    assert (surroundings / "naps.txt").read_text() == "n" * 400


def test_others_accept_look_and_signal_while_one_drives(start: Start, workflow: Any, cli: Any) -> None:
    ask = {"ask": {"type": "flow.signal_wait", "params": {"name": "go"}}}
    driver = start("run", workflow(ask, output="first"), "--wait", "300s", "--json")
    rows = until(lambda: cli("executions", "list", "--json").json["executions"], "the execution")
    first = rows[0]["id"]
    second = start("run", workflow({}, output="second", name="second.json"), "--json")
    out, err = second.communicate(timeout=_PATIENCE)
    assert second.returncode == 0, err
    assert json.loads(out)["output"] == "second"
    assert driver.poll() is None
    assert "drives" in cli("resume", code=1).err
    assert cli("executions", "signal", first, "go", "--json").json["driven"]
    out, err = driver.communicate(timeout=_PATIENCE)
    assert driver.returncode == 0, err
    assert json.loads(out)["output"] == "first"


def test_whoever_waits_takes_over_when_the_driver_is_gone(start: Start, workflow: Any, cli: Any) -> None:
    driver = start("run", workflow({"ask": {"type": "flow.signal_wait", "params": {"name": "go"}}}), "--wait", "300s")
    until(lambda: cli("executions", "list", "--json").json["executions"], "the execution")
    nap = workflow({"nap": {"type": "flow.wait", "params": {"seconds": 2}}}, output="done", name="nap.json")
    waiter = start("run", nap, "--wait", "300s")
    until(lambda: len(cli("executions", "list", "--json").json["executions"]) == 2, "the second execution")
    driver.kill()
    driver.communicate()
    out, err = waiter.communicate(timeout=_PATIENCE)
    assert (waiter.returncode, out) == (0, "done\n"), err


def test_eval_answers_line_by_line(start: Start) -> None:
    process = start("eval", "--stdin")
    assert process.stdin is not None
    assert process.stdout is not None
    for number in range(3):
        process.stdin.write(json.dumps({"expr": "a * 2", "data": {"a": number}}) + "\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline()) == {"value": number * 2}
    for wrong in ("not json", "[]", '{"data": {}}', '{"expr": "a.b", "data": {"a": {}}}', '{"expr": "1", "data": [1]}'):
        process.stdin.write(wrong + "\n")
        process.stdin.flush()
        assert set(json.loads(process.stdout.readline())["error"]) == {"code", "message"}
    process.stdin.write('\n{"expr": "1"}\n')
    process.stdin.close()
    assert json.loads(process.stdout.readline()) == {"value": 1}
    assert process.wait(_PATIENCE) == 0


def test_a_reader_that_goes_away(surroundings: Path) -> None:
    command = f"{sys.executable} -m studio.cli.main nodes list --json | head -c 10"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, timeout=_PATIENCE)
    assert done.stdout == '{"nodes":['
    assert done.stderr == ""


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from studio.cli.main import main; main(['--help']); "
        "heavy = {'typer', 'pydantic', 'asyncio', 'rich', 'polars', 'sqlalchemy', 'apsw', 'studio.engine'}; "
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=_PATIENCE)
    assert done.stderr.strip() == "[]"


def test_running_a_small_workflow_imports_no_more_than_it_needs(workflow: Any) -> None:
    code = (
        "import sys; from studio.cli.main import main; main(['run', 'flow.json']); "
        "heavy = {'polars', 'duckdb', 'sqlalchemy', 'alembic', 'asyncpg', 'rich.live', 'httpcore2'}; "
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    workflow({"up": {"type": "text.upper", "params": {"text": "a"}}})
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=_PATIENCE)
    assert done.stderr.strip().splitlines()[-1] == "[]"


def test_live_list_on_a_terminal(workflow: Any, surroundings: Path) -> None:
    import pty

    file = workflow(
        {
            "up": {"type": "text.upper", "params": {"text": "a"}},
            "nap": {"type": "flow.wait", "params": {"seconds": 0.3}},
        },
        output="{{ up.text }}",
    )
    leader, follower = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", "LINES": "30"}
    environment.pop("NO_COLOR")
    process = subprocess.Popen(
        [sys.executable, "-m", "studio.cli.main", "run", file],
        stdout=subprocess.PIPE, stderr=follower, env=environment, text=True,
    )  # fmt: skip
    os.close(follower)
    shown = b""
    while True:
        try:
            piece = os.read(leader, 4096)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    os.close(leader)
    out, _ = process.communicate(timeout=_PATIENCE)
    assert (process.returncode, out) == (0, "A\n")
    text = shown.decode()
    assert "✔" in text
    assert "nap" in text
    assert "succeeded" in text
