"""The same commands on Postgres."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def database(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The database of every command here."""
    monkeypatch.setenv("STUDIO_DB", postgres_url)
    monkeypatch.setenv("STUDIO_PASSPHRASE", "correct horse battery")
    return postgres_url


def test_run_wait_signal_resume(cli: Any, workflow: Any, tmp_path: Path) -> None:
    file = workflow({"ask": {"type": "flow.approval", "params": {"message": "Go?"}}}, output="{{ ask.decision }}")
    waiting = cli("run", file, "--json", code=3).json["execution_id"]
    cli("executions", "signal", waiting, "ask", "--decision", "approve")
    (ended,) = cli("resume", "--json").json["executions"]
    assert ended["output"] == "approve"
    assert cli("executions", "show", "last", "--json").json["status"] == "succeeded"
    assert list((tmp_path / "data").glob("*.db")) == []


def test_a_killed_process_is_taken_up(cli: Any, workflow: Any, surroundings: Path) -> None:
    nodes = {
        "notes": {
            "type": "flow.map",
            "params": {"items": "{{ range(300) }}", "concurrency": 1},
            "body": {
                "nodes": {"note": {"type": "files.append_text", "params": {"path": "n.txt", "text": "{{ item }}\n"}}},
                "output": "{{ note.size }}",
            },
        }
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "studio.cli.main", "run", workflow(nodes)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ),
    )  # fmt: skip
    notes = surroundings / "n.txt"
    end = time.monotonic() + 60
    while not (notes.exists() and notes.stat().st_size > 100) and time.monotonic() < end:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    (ended,) = cli("resume", "--json").json["executions"]
    assert ended["status"] == "succeeded"
    assert notes.read_text().split() == [str(number) for number in range(300)]


def test_maintenance(cli: Any, workflow: Any, database: str, tmp_path: Path) -> None:
    cli("run", workflow({"up": {"type": "text.upper", "params": {"text": "a"}}}, output="{{ up.text }}"))
    assert cli("doctor", "--json").json["healthy"]
    cli("backup", "all.studio")
    cli("keys", "rotate")
    cli("keys", "rotate", "--master")
    assert cli("executions", "show", "last", "--json").json["output"] == "A"
    assert cli("db", "check", "--json").json["fits"]
    cli("restore", "all.studio", code=1)
    cli("db", "downgrade", "base", "--yes")
    cli("db", "check", code=1)
