"""Backups, keys and database revisions by the command line."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest

ASK = {"ask": {"type": "flow.approval", "params": {"message": "Go?"}}}
SECRET = "correct horse battery"


@pytest.fixture(autouse=True)
def passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    """What `keys` would ask for."""
    monkeypatch.setenv("STUDIO_PASSPHRASE", SECRET)


def test_backup_and_restore_elsewhere(cli: Any, workflow: Any, tmp_path: Path) -> None:
    done = cli("run", workflow({}, output="x", name="x.json"), "--json").json["execution_id"]
    waiting = cli("run", workflow(ASK, output="{{ ask.decision }}"), "--json", code=3).json["execution_id"]
    cli("backup", "all.studio")
    assert "exists" in cli("backup", "all.studio", code=1).err
    cli("keys", "export", "keys.json")
    assert stat.S_IMODE(Path("keys.json").stat().st_mode) == 0o600
    assert "exists" in cli("keys", "export", "keys.json", code=1).err
    key = (tmp_path / "data" / "master.key").read_bytes().strip()
    assert key not in Path("all.studio").read_bytes()
    assert key not in Path("keys.json").read_bytes()

    there = ("--data", str(tmp_path / "there"))
    cli("keys", "import", "keys.json", *there)
    assert "exists" in cli("keys", "import", "keys.json", *there, code=1).err
    restored = cli("restore", "all.studio", *there)
    assert "held" in restored.out
    rows = {row["id"]: row for row in cli("executions", "list", "--json", *there).json["executions"]}
    assert set(rows) == {done, waiting}
    assert rows[waiting]["held"]
    assert "held" in cli("doctor", *there).out
    cli("executions", "signal", waiting, "ask", "--decision", "approve", *there)
    assert cli("resume", "--json", *there).json["executions"] == [], "what is held does not move"
    assert "released" in cli("restore", "--resume", *there).out
    (ended,) = cli("resume", "--json", *there).json["executions"]
    assert ended["output"] == "approve"
    assert "empty" in cli("restore", "all.studio", *there, code=1).err


def test_restore_and_resume_at_once(cli: Any, workflow: Any, tmp_path: Path) -> None:
    cli("run", workflow(ASK), code=3)
    cli("backup", "all.studio", "--json")
    cli("keys", "export", "keys.json")
    there = ("--data", str(tmp_path / "there"))
    cli("keys", "import", "keys.json", *there)
    assert cli("restore", "all.studio", "--resume", "--json", *there).json["released"] == 1


def test_restore_refuses(cli: Any, workflow: Any, tmp_path: Path) -> None:
    Path("none.studio").write_bytes(b"not a backup")
    there = ("--data", str(tmp_path / "there"))
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "master.key").write_text("brought along")
    assert "not a backup" in cli("restore", "none.studio", *there, code=1).err
    assert "no backup" in cli("restore", "gone.studio", *there, code=1).err
    assert "--resume" in cli("restore", code=2).err
    cli("run", workflow({}))
    cli("backup", "all.studio")
    cli("restore", "all.studio", code=1)


def test_a_wrong_passphrase(cli: Any, workflow: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cli("run", workflow({}))
    cli("keys", "export", "keys.json")
    monkeypatch.setenv("STUDIO_PASSPHRASE", "something else entirely")
    there = ("--data", str(tmp_path / "there"))
    assert "passphrase" in cli("keys", "import", "keys.json", *there, code=1).err
    assert not (tmp_path / "there" / "master.key").exists()


def test_passphrases(cli: Any, workflow: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    cli("run", workflow({}))
    monkeypatch.setenv("STUDIO_PASSPHRASE", "short")
    assert (
        "twelve" in cli("keys", "export", "a.json", code=1).err or "12" in cli("keys", "export", "a.json", code=1).err
    )
    monkeypatch.delenv("STUDIO_PASSPHRASE")
    assert "--passphrase-file" in cli("keys", "export", "a.json", code=2).err
    Path("p.txt").write_text(SECRET + "\n")
    cli("keys", "export", "a.json", "--passphrase-file", "p.txt")
    assert "cannot be read" in cli("keys", "export", "b.json", "--passphrase-file", "gone.txt", code=2).err


def test_rotation_keeps_everything_readable(cli: Any, workflow: Any, tmp_path: Path) -> None:
    file = workflow({"up": {"type": "text.upper", "params": {"text": "a"}}}, output="{{ up.text }}")
    first = cli("run", file, "--json").json["execution_id"]
    cli("keys", "rotate")
    key = (tmp_path / "data" / "master.key").read_text()
    cli("keys", "rotate", "--master")
    assert (tmp_path / "data" / "master.key").read_text() != key
    assert cli("executions", "show", first, "--json").json["output"] == "A"
    assert cli("run", file).out == "A\n"


def test_the_master_key_of_the_environment_is_not_ours_to_rotate(
    cli: Any, workflow: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("run", workflow({}))
    monkeypatch.setenv("STUDIO_MASTER_KEY", (tmp_path / "data" / "master.key").read_text().strip())
    assert "STUDIO_MASTER_KEY" in cli("keys", "rotate", "--master", code=1).err


def test_database_revisions(cli: Any, workflow: Any) -> None:
    cli("run", workflow({}))
    found = cli("db", "check", "--json").json
    assert found["fits"]
    assert found["revision"] in cli("db", "check").out
    assert found["revision"] in cli("db", "upgrade").out
    assert "--yes" in cli("db", "downgrade", "base", code=2).err
    cli("db", "downgrade", "9999", code=1)
    cli("db", "downgrade", "base", "--yes")
    assert not cli("db", "check", "--json", code=1).json["fits"]


def test_executions_go_when_their_retention_is_over(cli: Any, workflow: Any, tmp_path: Path) -> None:
    """Cleared away by whoever drives, once an hour; called executions with who called them."""
    large = {"value": {"type": "flow.set", "params": {"values": {"x": "{{ 'y' * 100000 }}"}}}}
    workflow(large, name="inner.json")
    calls = {"inner": {"type": "flow.call", "params": {"workflow": "inner.json"}}}
    kept = cli("run", workflow(large, name="kept.json"), "--json").json["execution_id"]
    stamp = tmp_path / "data" / "cleaned"
    cli("run", workflow(calls, name="outer.json", settings={"retention": "1ms"}))
    assert len(cli("executions", "list", "--json").json["executions"]) == 3
    stamp.unlink()
    cli("resume")
    assert [row["id"] for row in cli("executions", "list", "--json").json["executions"]] == [kept]
    assert stamp.exists()
    assert cli("executions", "show", kept).out
