"""Files and streams that mean harm: what they say does no more than be said, and what has no end is given up."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from studio.cli._terminal import harmless
from studio.services.evaluate import MAX_LINE, answer_lines, lines_of

ESCAPES = "\x1b[31m\x1b]0;title\x07\x9b2J\r\u202e\u2066"


def test_what_controls_a_terminal_is_written_out(cli: Any, surroundings: Path) -> None:
    file = surroundings / "flow.json"
    file.write_text(json.dumps({"studio": 1, "name": ESCAPES, "nodes": {"a": {"type": ESCAPES}}, "x" + ESCAPES: 1}))
    for arguments in (
        ("validate", "flow.json"),
        ("run", "flow.json"),
        ("graph", "flow.json"),
        ("run", "flow.json", "--json"),
    ):
        result = cli(*arguments, code=0 if arguments[0] == "graph" else 2)
        assert not set(ESCAPES[:3] + "\x07\x9b\r\u202e\u2066") - set("[3") & set(
            result.err + ("" if "--json" in arguments else result.out)
        )
    assert json.loads(cli("validate", "flow.json", "--json", code=2).out)


def test_names_in_lists_are_written_out_and_values_are_not(cli: Any, workflow: Any) -> None:
    file = workflow({}, output=ESCAPES)
    document = json.loads(Path(file).read_text())
    Path(file).write_text(json.dumps({**document, "name": ESCAPES}))
    assert cli("run", file).out == ESCAPES + "\n"
    assert "\\u001b[31m" in cli("executions", "list").out
    shown = cli("executions", "show", "last").out.partition("\n")[0]
    assert "\x1b" not in shown
    assert "\\u202e" in shown


def test_our_own_emphasis_stays() -> None:
    assert harmless("\x1b[1;31mError\x1b[0m\x1b[8m\n\tx") == "\x1b[1;31mError\x1b[0m\\u001b[8m\n\tx"
    assert json.loads(harmless('"\\\\\u202e\x85"')) == "\\\u202e\x85"


def limited(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    """The command line with 4 GB of address space."""
    command = f"ulimit -v 4000000; exec {sys.executable} -m studio.cli.main " + " ".join(arguments)
    return subprocess.run(["sh", "-c", command], capture_output=True, check=False, timeout=60, env=dict(os.environ))


@pytest.mark.parametrize(
    "arguments",
    [
        ("validate", "/dev/zero"),
        ("run", "/dev/zero"),
        ("run", "flow.json", "--input-file", "/dev/zero"),
        ("run", "flow.json", "--pin", "a=@/dev/zero"),
        ("eval", "1", "--data", "@/dev/zero"),
    ],
)
def test_a_file_without_an_end_is_given_up(workflow: Any, arguments: list[str]) -> None:
    workflow({"a": {"type": "flow.noop"}})
    done = limited(*arguments)
    assert done.returncode == 2
    assert b"is larger than" in done.stderr


def test_a_line_without_an_end_is_answered_once() -> None:
    stream = io.BytesIO(b"a" * (2 * MAX_LINE + 100) + b'\n{"expr": "1 + 1"}\n' + b"b" * (MAX_LINE + 5))
    answers = [(value, error and error.code) for value, error in answer_lines(lines_of(stream))]
    assert answers == [(None, "eval.line_too_long"), (2, None), (None, "eval.line_too_long")]


def test_a_pure_node_that_fails_in_a_thread_is_told_once(workflow: Any) -> None:
    """It is tried in place first; nobody asks for the error of that attempt."""
    pytest.importorskip("polars")
    workflow({"by": {"type": "table.group", "params": {"table": [{"a": 1}], "by": "b"}}})
    done = limited("run", "flow.json")
    assert done.returncode == 1
    assert b"no column b" in done.stderr
    assert b"never retrieved" not in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("words", [(), ("executions",), ("--json", "nodes"), ("keys", "--json")])
def test_a_command_that_is_left_out_leaves_stdout_empty(cli: Any, words: tuple[str, ...]) -> None:
    result = cli(*words, code=2)
    assert result.out == ""
    assert result.err
    assert cli("executions", "--help").out.startswith("Usage: studio executions")
