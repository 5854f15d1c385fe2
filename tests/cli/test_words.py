"""The words of a command: where options may stand, what is wrong with them, and streams that are not as usual."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from studio.cli._commands import split_command

KEYS = {"execution_id", "status", "output", "error", "seconds", "nodes"}
UP = {"up": {"type": "text.upper", "params": {"text": "é"}}}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("run f --data d", ([], ["run"], ["f", "--data", "d"])),
        ("--data d --json run f", ([["--data", "d"], ["--json"]], ["run"], ["f"])),
        ("--data=d run", ([["--data=d"]], ["run"], [])),
        ("executions --json list x", ([["--json"]], ["executions", "list"], ["x"])),
        ("executions --help", ([], ["executions"], ["--help"])),
        ("--lang fr executions show last --json", ([["--lang", "fr"]], ["executions", "show"], ["last", "--json"])),
        ("--data", ([["--data"]], [], [])),
        ("", ([], [], [])),
    ],
)
def test_options_before_the_command_are_told_apart(written: str, expected: Any) -> None:
    assert split_command(written.split()) == expected


def test_options_before_a_command_that_has_no_use_for_them(cli: Any, workflow: Any, tmp_path: Path) -> None:
    file = workflow(UP)
    everything = ["--data", str(tmp_path / "d"), "--db=postgresql://nowhere", "--allow-host", "h", "--lang", "en"]
    cli(*everything, "diff", file, file)
    assert cli(*everything, "--json", "eval", "x + 1", "--data", '{"x": 1}').json == {"value": 2}
    assert "no option --db" in cli("diff", file, file, "--db", "x", code=2).err


def test_options_between_a_group_and_its_command(cli: Any, tmp_path: Path) -> None:
    assert cli("executions", "--data", str(tmp_path / "d"), "--json", "list").json == {"executions": []}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--input", "it"], "cli.assignment"),
        (["--set", "nowhere.text=1"], "cli.set_no_node"),
        (["--wait", "soon"], "cli.wait"),
        (["--trigger", "up", "--event", "{}"], "cli.not_a_trigger"),
        (["--event", "{}"], "cli.event_alone"),
        (["--input-file", "gone.json"], "cli.file_unreadable"),
        (["--nonsense"], "cli.usage"),
        (["--lang", "xx"], "i18n.unknown_language"),
    ],
)
def test_what_is_wrong_with_the_words_is_invalid(cli: Any, workflow: Any, arguments: list[str], code: str) -> None:
    result = cli("run", workflow(UP), *arguments, "--json", code=2)
    assert set(result.json) == KEYS | {"problems"}
    assert (result.json["status"], result.json["error"]["code"]) == ("invalid", code)
    assert [one["code"] for one in result.json["problems"]] == [code]
    assert set(result.json["error"]) == {"code", "message", "node", "param"}
    assert cli("run", workflow(UP), *arguments, code=2).out == ""


def test_an_event_that_the_trigger_cannot_use_is_invalid(cli: Any, workflow: Any) -> None:
    nodes = {"hook": {"type": "trigger.webhook", "params": {"path": "x"}, "inputs": {"it": "{{ event.body.gone }}"}}}
    file = workflow({**nodes, **UP}, inputs={"it": {"default": 1}})
    found = cli("run", file, "--trigger", "hook", "--event", '{"body": {"name": 1}}', "--json", code=2).json
    assert found["status"] == "invalid"
    assert found["problems"][0]["node"] == "hook"


def test_the_object_has_the_same_keys_while_waiting(cli: Any, workflow: Any) -> None:
    result = cli("run", workflow({"ask": {"type": "flow.approval", "params": {"message": "Go?"}}}), "--json", code=3)
    assert set(result.json) == KEYS
    assert json.loads(result.err)["waits"] == {
        "for": "approval", "node": "ask", "wake_at": None, "message": "ask waits for an approval.",
    }  # fmt: skip


@pytest.mark.parametrize("lang", ["fr", "ar"])
@pytest.mark.parametrize(
    "arguments",
    [
        ["run"], ["run", "x", "y"], ["run", "x", "--nonsense"], ["run", "x", "--dbb"], ["run", "x", "--db"],
        ["executions", "list", "--limit", "0"], ["executions", "list", "--limit", "x"], ["executions", "fork"],
        ["bench", "--runs", "0"], ["bench", "--size", "x"],
    ],
)  # fmt: skip
def test_usage_in_other_languages(cli: Any, arguments: list[str], lang: str) -> None:
    english = cli(*arguments, code=2).err
    told = cli("--lang", lang, *arguments, code=2).err
    assert not set(told.splitlines()) & set(english.splitlines())
    assert not any(word in told for word in ("Error", "Invalid", "Input should", "Missing", "such option"))


def test_labels_in_other_languages(cli: Any, workflow: Any) -> None:
    file = workflow({"up": {"type": "text.upper", "params": {"test": "x"}}})
    told = cli("run", file, "--lang", "fr", code=2).err
    assert told.startswith("Erreur")
    assert "nœud up, paramètre test" in told


@pytest.mark.parametrize(
    "arguments",
    [["graph", "flow.json", "--svg", "gone/x.svg"], ["graph", "flow.json", "--svg", "."]],
)
def test_files_that_cannot_be_written(cli: Any, workflow: Any, arguments: list[str]) -> None:
    workflow(UP)
    told = cli(*arguments, code=1).err
    assert arguments[-1] in told
    assert "defect" not in told


def studio(*arguments: str, **more: Any) -> subprocess.CompletedProcess[bytes]:
    """The command line in a process of its own."""
    return subprocess.run([sys.executable, "-m", "studio.cli.main", *arguments], timeout=60, check=False, **more)


def test_a_reader_that_goes_away(surroundings: Path) -> None:
    line = b'{"expr": "1"}\n'
    process = subprocess.Popen(
        [sys.executable, "-m", "studio.cli.main", "eval", "--stdin"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdin.write(line)
    process.stdin.flush()
    assert json.loads(process.stdout.readline()) == {"value": 1}
    process.stdout.close()
    try:
        process.stdin.write(line * 3)
        process.stdin.close()
    except BrokenPipeError:
        pass
    assert process.wait(60) == 141
    assert process.stderr.read() == b""
    process.stderr.close()


def test_closed_streams(workflow: Any) -> None:
    file = workflow(UP, output="{{ up.text }}")
    for closed in (0, 1, 2):
        command = [sys.executable, "-m", "studio.cli.main", "run", file]
        done = subprocess.run(
            ["/bin/sh", "-c", f'exec "$@" {closed}>&-', "sh", *command], capture_output=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.decode() == ("" if closed == 1 else "É\n")
        assert b"Error" not in done.stderr


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_output_that_has_no_room(surroundings: Path) -> None:
    with open("/dev/full", "wb") as full:
        done = studio("eval", "1", stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 1
    assert b"The output cannot be written" in done.stderr
    assert b"defect" not in done.stderr


def test_a_locale_without_these_characters(workflow: Any) -> None:
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "STUDIO_LANG": "fr"}
    done = studio("run", workflow(UP, output="{{ up.text }}"), env=environment, capture_output=True)
    assert done.returncode == 0
    assert done.stdout.decode() == "É\n"
    assert "réussi" in done.stderr.decode()
