"""Failures are one readable block, in text and in JSON, and never a traceback without ``--debug``."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from studio.cli import main as entry
from studio.cli._commands import COMMANDS, GROUPS


def test_help_names_every_command(cli: Any) -> None:
    shown = cli("--help").out
    assert all(name in shown for name in COMMANDS)
    assert cli(code=2).err == shown
    for group in GROUPS:
        assert f"{group} " in cli(group, "--help").out
        cli(group, code=2)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_every_command(cli: Any, name: str) -> None:
    shown = cli(*name.split(), "--help").out
    assert f"studio {name}" in shown
    assert "--debug" in shown


def test_version(cli: Any) -> None:
    assert cli("--version").out.startswith("studio 0.")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["frobnicate"], "no command"),
        (["valdate", "x"], "studio validate"),
        (["executions", "lst"], "studio executions list"),
        (["run"], "FILE is missing"),
        (["run", "x.yaml", "--nonsense"], "--nonsense"),
        (["executions", "list", "--limit", "many"], "--limit"),
        (["--data", "d", "executions", "show"], "`studio executions show --help`"),
        (["--lang", "en", "graph"], "`studio graph --help`"),
    ],
)
def test_usage_errors(cli: Any, arguments: list[str], says: str) -> None:
    result = cli(*arguments, code=2)
    assert says in result.err
    assert "→" in result.err
    told = cli(*arguments, "--json", code=2)
    found = json.loads(told.err)
    assert bool(told.out) == (arguments[0] == "run"), "a run prints its object in any case"
    assert set(found["error"]) == {"code", "message", "node", "param", "hint"}


def test_an_unknown_language(cli: Any) -> None:
    assert "xx" in cli("doctor", "--lang", "xx", code=2).err


def test_global_options_may_come_first(cli: Any, tmp_path: Path) -> None:
    shown = cli("--data", str(tmp_path / "elsewhere"), "--json", "executions", "list").json
    assert shown == {"executions": []}
    assert (tmp_path / "elsewhere" / "master.key").exists()


def test_what_nobody_expected(cli: Any, monkeypatch: pytest.MonkeyPatch, capfd: Any) -> None:
    def broken(*words: object) -> int:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(entry, "_invoke", broken)
    result = cli("doctor", code=1)
    assert "ZeroDivisionError" in result.err
    assert "--debug" in result.err
    assert "Traceback" in cli("doctor", "--debug", code=1).err


def test_groups_of_one_are_unwrapped(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*words: object) -> int:
        raise ExceptionGroup("several", [ExceptionGroup("one", [ValueError("inside")])])

    monkeypatch.setattr(entry, "_invoke", broken)
    assert "ValueError: inside" in cli("doctor", code=1).err


def test_interrupted(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*words: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(entry, "_invoke", broken)
    assert cli("doctor", code=130).err == "Error: Interrupted.\n"


def test_a_folder_that_cannot_be_written(cli: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = cli("executions", "list", "--data", str(tmp_path / "file" / "data"), code=1)
    assert str(tmp_path / "file") in result.err
    assert "--data" in result.err


def test_a_wrong_key(cli: Any, workflow: Any, tmp_path: Path) -> None:
    cli("run", workflow({}))
    (tmp_path / "data" / "master.key").unlink()
    result = cli("executions", "list", code=1)
    assert "master.key" in result.err


def test_a_corrupt_database(cli: Any, workflow: Any, tmp_path: Path) -> None:
    cli("run", workflow({}))
    (database,) = (tmp_path / "data").glob("*.db")
    for beside in (tmp_path / "data").glob("*.db-*"):
        beside.unlink()
    database.write_bytes(os.urandom(4096) + database.read_bytes()[4096:])
    result = cli("executions", "list", code=1)
    assert "→" in result.err
    assert cli("doctor", code=1).out.count("✘") >= 1


def test_an_unreachable_postgres_does_not_show_its_password(cli: Any) -> None:
    result = cli("executions", "list", "--db", "postgresql://me:hidden-word@127.0.0.1:1/none", code=1)
    assert "hidden-word" not in result.err
    assert "127.0.0.1" in result.err


def test_another_kind_of_database(cli: Any) -> None:
    assert "postgresql://" in cli("executions", "list", "--db", "mysql://x/y", code=1).err
