"""Nodes whose library cannot be interrupted, run from the command line: they end in time, and nothing stays behind."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures import forks

Start = Callable[..., forks.Command]

ENDLESS: dict[str, dict[str, Any]] = {
    "duckdb": {
        "type": "table.sql",
        "params": {"query": "SELECT levenshtein(repeat('a', 2000000), repeat('b', 2000000)) AS n"},
    },
    "sqlite": {
        "type": "sql.sqlite_query",
        "params": {
            "path": "empty.db",
            "query": "SELECT instr(hex(zeroblob(30000000)), hex(zeroblob(10000000)) || '1') AS n",
        },
    },
}
"""Single native calls that take hours."""


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start ``studio`` in a process and a folder of its own; whatever still runs at the end is killed."""
    (tmp_path / "empty.db").touch()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("STUDIO_")}
    environment |= {"STUDIO_DATA": str(tmp_path / "data"), "STUDIO_LANG": "en"}
    started: list[forks.Command] = []

    def run(*arguments: str, node: dict[str, Any] | None = None) -> forks.Command:
        if node is not None:
            document = {"studio": 1, "name": "Test", "nodes": {"work": node}}
            (tmp_path / "flow.json").write_text(json.dumps(document))
        process = forks.Command(arguments, cwd=tmp_path, env=environment, capture=True)
        started.append(process)
        return process

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def children(parent: int) -> list[int]:
    """The working processes of a process."""
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == parent:
                command = (entry / "cmdline").read_text()
                if "studio.sandbox._worker" in command:
                    found.append(int(entry.name))
        except OSError:  # it has ended meanwhile
            continue
    return found


def working(process: forks.Command) -> int:
    """The process in which the node's work is going on: it has used more time than starting takes."""
    while process.poll() is None:
        for child in children(process.pid):
            times = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
            if (int(times[11]) + int(times[12])) / os.sysconf("SC_CLK_TCK") > 1.5:
                return child
        time.sleep(0.02)
    pytest.fail(f"it has ended: {process.communicate()}")


def gone(process: int) -> None:
    while True:
        try:
            state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return
        if state == "Z":  # its new parent has not looked yet
            return
        time.sleep(0.01)


@pytest.mark.parametrize("library", ENDLESS)
def test_the_time_limit_of_a_node_ends_it(start: Start, library: str) -> None:
    process = start("run", "flow.json", "--json", node={**ENDLESS[library], "timeout": "2s"})
    seen: set[int] = set()
    while process.poll() is None:
        seen.update(children(process.pid))
        time.sleep(0.02)
    out, err = process.communicate()
    assert seen
    for child in seen:
        gone(child)
    found = json.loads(out)
    assert (process.returncode, found["error"]["code"]) == (1, "node.timeout"), err
    assert found["nodes"]["work"]["status"] == "failed"


@pytest.mark.parametrize("library", ENDLESS)
def test_the_own_limit_of_a_query_ends_it(start: Start, library: str) -> None:
    node = ENDLESS[library]
    process = start("run", "flow.json", "--json", node={**node, "params": {**node["params"], "timeout": 1}})
    out, err = process.communicate()
    code = {"duckdb": "table.sql_timeout", "sqlite": "sql.timeout"}[library]
    assert json.loads(out)["error"]["code"] == code, err


@pytest.mark.parametrize("library", ENDLESS)
def test_a_cancel_ends_it(start: Start, library: str) -> None:
    process = start("run", "flow.json", "--json", node=ENDLESS[library])
    child = working(process)
    cancel = start("executions", "cancel", "last")
    assert cancel.wait() == 0, cancel.communicate()
    out, _err = process.communicate()
    gone(child)
    assert json.loads(out)["status"] == "cancelled"


def test_ctrl_c_ends_it(start: Start) -> None:
    process = start("run", "flow.json", "--json", node=ENDLESS["duckdb"])
    child = working(process)
    process.send_signal(signal.SIGINT)
    process.communicate()
    gone(child)


def test_a_killed_engine_leaves_nothing(start: Start) -> None:
    process = start("run", "flow.json", "--json", node={**ENDLESS["duckdb"], "timeout": "30s"})
    child = working(process)
    process.kill()
    process.communicate()
    gone(child)


def test_a_child_killed_from_outside_is_named_and_tried_again(start: Start) -> None:
    retry = {"max_attempts": 2, "first_delay": "0s"}
    process = start("run", "flow.json", "--json", node={**ENDLESS["duckdb"], "retry": retry})
    first = working(process)
    os.kill(first, signal.SIGKILL)
    gone(first)
    os.kill(working(process), signal.SIGKILL)
    found = json.loads(process.communicate()[0])
    assert found["error"]["code"] == "work.ended"
    assert found["nodes"]["work"]["attempts"] == 2


def test_a_memory_bomb_ends_its_node_only(start: Start, tmp_path: Path) -> None:
    bomb = {
        "type": "table.sql",
        "params": {"query": "SELECT length(repeat('a', 4000000000)) AS n", "memory_mb": 64},
        "on_error": "continue",
    }
    after = {"type": "table.sql", "params": {"query": "SELECT 1 AS n"}, "run_if": "{{ bomb is null }}"}
    document = {"studio": 1, "name": "Test", "nodes": {"bomb": bomb, "after": after}, "output": "{{ after.rows }}"}
    (tmp_path / "flow.json").write_text(json.dumps(document))
    out, err = start("run", "flow.json", "--json").communicate()
    assert json.loads(out)["output"] == 1, err
