"""Options that every command takes where it can use them, and what they change."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

UP = {"up": {"type": "text.upper", "params": {"text": "é"}}}
WIDE = "123456789012345678901234567890"


def reading(path: Path) -> dict[str, Any]:
    return {"read": {"type": "files.read_text", "params": {"path": str(path)}}}


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A file that nodes do not reach, beside another."""
    folder = tmp_path / "out side"
    folder.mkdir()
    (folder / "other.txt").write_text("other")
    path = folder / "é.txt"
    path.write_text("found")
    return path


def test_a_replay_may_be_allowed_more(cli: Any, workflow: Any, outside: Path) -> None:
    file = workflow(reading(outside), output="{{ read.text }}")
    assert "--allow-path" in cli("run", file, code=1).err
    assert "--allow-path" in cli("executions", "replay", "last", code=1).err
    allowed = ["--allow-path", str(outside.parent)]
    assert cli("executions", "replay", "last", "--from", "read", *allowed).out == "found\n"
    assert cli("executions", "replay", "last").out == "found\n", "what was allowed stays allowed"


def test_a_fork_may_be_allowed_more(cli: Any, workflow: Any, outside: Path) -> None:
    file = workflow(reading(outside), output="{{ read.text }}")
    cli("run", file, code=1)
    allowed = ["--allow-path", str(outside.parent)]
    assert cli("executions", "fork", "last", "--until", "read", *allowed).out == "found\n"
    assert cli("executions", "fork", "last", "--until", "read", "--file", file, *allowed).out == "found\n"


def test_a_single_file_may_be_allowed(cli: Any, workflow: Any, outside: Path) -> None:
    allowed = ["--allow-path", str(outside)]
    assert cli("run", workflow(reading(outside), output="{{ read.text }}"), *allowed).out == "found\n"
    assert "--allow-path" in cli("run", workflow(reading(outside.with_name("other.txt"))), *allowed, code=1).err
    new = outside.with_name("new.txt")
    write = {"write": {"type": "files.write_text", "params": {"path": str(new), "text": "x"}}}
    cli("run", workflow(write), "--allow-path", str(new))
    assert new.read_text() == "x"


def test_a_link_in_the_place_of_an_allowed_file_leads_nowhere(cli: Any, workflow: Any, outside: Path) -> None:
    link = outside.with_name("link.txt")
    link.write_text("x")
    file = workflow({"open": {"type": "flow.signal_wait", "params": {"name": "go"}}, **reading(link)},
                    edges=["open -> read"], output="{{ read.text }}")  # fmt: skip
    cli("run", file, "--allow-path", str(link), code=3)
    cli("executions", "signal", "last", "go")
    link.unlink()
    (outside.parent.parent / "secret.txt").write_text("secret")
    link.symlink_to(outside.parent.parent / "secret.txt")
    (ended,) = cli("resume", "--json", code=1).json["executions"]
    assert ended["status"] == "failed"


def test_json_of_maintenance(cli: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_PASSPHRASE", "correct horse battery staple")
    assert cli("db", "upgrade", "--json").json["revision"]
    assert cli("keys", "rotate", "--json").json == {"rotated": True, "master": False}
    assert cli("keys", "export", "k", "--json").json == {"file": "k"}
    there = str(tmp_path / "there")
    assert cli("keys", "import", "k", "--data", there, "--json").json == {"file": f"{there}/master.key"}
    assert cli("db", "downgrade", "base", "--yes", "--json").json == {"revision": "base"}


@pytest.mark.parametrize("made", [False, True])
def test_a_new_database_may_be_upgraded_first(cli: Any, workflow: Any, tmp_path: Path, made: bool) -> None:
    if made:
        (tmp_path / "data").mkdir()
    cli("db", "upgrade")
    cli("run", workflow(UP))


def test_json_of_a_graph(cli: Any, workflow: Any) -> None:
    nodes = {
        "check": {"type": "flow.if", "params": {"condition": True}},
        "loop": {"type": "flow.map", "params": {"items": [1]}, "body": {"nodes": UP, "output": "{{ up.text }}"}},
        "last": {"type": "flow.set", "params": {"values": "{{ {'a': loop.results} }}"}},
    }
    found = cli("graph", workflow(nodes, edges=["check.true -> loop"]), "--json").json
    assert [(one["id"], one["layer"]) for one in found["nodes"]] == [("check", 1), ("loop", 2), ("last", 3)]
    loop, last = found["nodes"][1:]
    assert loop["waits_for"] == [{"node": "check", "port": "true", "reference": False}]
    assert [one["id"] for one in loop["parts"]["body"]] == ["up"]
    assert last["waits_for"] == [{"node": "loop", "port": None, "reference": True}]


def test_an_export_for_programs_is_one_line(cli: Any, workflow: Any) -> None:
    cli("run", workflow(UP))
    told = cli("executions", "export", "last", "--json").out
    assert told.count("\n") == 1
    assert json.loads(told) == json.loads(cli("executions", "export", "last").out)


def test_a_backup_is_not_restored_without_its_key(cli: Any, workflow: Any, tmp_path: Path) -> None:
    cli("run", workflow(UP))
    cli("backup", "all.studio")
    there = tmp_path / "there"
    told = cli("restore", "all.studio", "--data", str(there), code=1).err
    assert "master.key" in told
    assert "studio keys import" in told
    assert not there.exists()
    there.mkdir()
    (there / "master.key").write_bytes((tmp_path / "data" / "master.key").read_bytes())
    (there / "master.key").chmod(0o600)
    cli("restore", "all.studio", "--data", str(there))
    assert len(cli("executions", "list", "--data", str(there), "--json").json["executions"]) == 1


def test_a_backup_into_nowhere(cli: Any, workflow: Any) -> None:
    cli("run", workflow(UP))
    told = cli("backup", "gone/all.studio", code=1).err
    assert "server" not in told
    assert "folder" in told


def test_what_is_wrong_with_a_whole_execution(cli: Any, workflow: Any) -> None:
    file = workflow({"nap": {"type": "flow.wait", "params": {"seconds": 60}}}, settings={"deadline": "300ms"})
    told = cli("run", file, "--wait", "30s", code=1).err
    assert "studio executions replay" in told
    assert "NODE" not in told


def test_node_types_in_other_languages(cli: Any) -> None:
    english = cli("nodes", "show", "files.append_text").out
    french = cli("nodes", "show", "files.append_text", "--lang", "fr").out
    about = [line for line in english.splitlines() if line.startswith(("path *", "text *", "encoding"))][:3]
    assert len(about) == 3
    assert not set(about) & set(french.splitlines())
    title = cli("nodes", "list", "--pack", "text", "--json", "--lang", "fr").json["nodes"][0]["title"]
    assert title != cli("nodes", "list", "--pack", "text", "--json").json["nodes"][0]["title"]
    assert "nopack" in cli("nodes", "list", "--pack", "nopack", code=1).err


def test_expressions_inside_a_text(cli: Any) -> None:
    data = ["--data", '{"who": "Zoë"}']
    assert cli("eval", "Hello {{ who }}, {{ len(who) }}!", *data).out == '"Hello Zoë, 3!"\n'
    assert cli("eval", "replace(who, '{{', 'x')", *data).out == '"Zoë"\n'
    told = cli("eval", "Hello {{ nobody }}", *data, "--json", code=1).err
    assert json.loads(told)["error"]["code"].startswith("expression.")


def test_digits_are_not_lost(cli: Any, workflow: Any) -> None:
    echo = {"say": {"type": "flow.set", "params": {"values": {"got": "{{ inputs.it }}"}}}}
    file = workflow(echo, output="{{ say.values.got }}", inputs={"it": {}})
    long = "0.1234567890123456789012"
    for written, expected in [
        (WIDE, WIDE), (f"[{WIDE}]", f"[{WIDE}]"), (str(2**63 - 1), 2**63 - 1), (long, float(long)),
    ]:  # fmt: skip
        assert cli("run", file, "--input", f"it={written}", "--json").json["output"] == expected
    whole = workflow(echo, inputs={"it": {"type": "integer"}})
    assert cli("run", whole, "--input", f"it={WIDE}", "--json", code=2).json["problems"][0]["param"] == "it"
    either = workflow(echo, output="{{ say.values.got }}", inputs={"it": {"type": ["string", "number"]}})
    assert cli("run", either, "--input", "it=5", "--json").json["output"] == 5


def test_a_near_file_is_suggested_in_a_sentence(cli: Any, workflow: Any) -> None:
    workflow(UP, name="orders.yaml")
    assert ".," not in cli("run", "order.yaml", code=2).err


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "flow.json", "--input", 'n={"a": 1, "a": 2}'),
        ("run", "flow.json", "--set", 'x.value=[{"a": {"b": 1, "b": 1}}]'),
        ("executions", "signal", "last", "go", "--payload", '{"a": 1, "a": 2}'),
        ("executions", "decide", "last", "x", "happened", "--output", '{"a": 1, "\\u0061": 2}'),
        ("eval", "a", "--data", '{"a": 1, "a": 2}'),
        ("eval", "a", "--data", "@data.json"),
    ],
)
def test_keys_that_stand_twice_are_refused(cli: Any, workflow: Any, surroundings: Path, arguments: list[str]) -> None:
    workflow({"x": {"type": "flow.set", "params": {"values": {}}}}, inputs={"n": {}})
    (surroundings / "data.json").write_text('{"a": 1, "a": 2}')
    assert "stands twice" in cli(*arguments, code=1 if arguments[0] == "eval" else 2).err


def test_data_of_an_expression_loses_no_digits(cli: Any) -> None:
    assert "64 bits" in cli("eval", "a", "--data", '{"a": 123456789012345678901}', code=1).err
    deep = "[" * 1010 + "1" + "]" * 1010
    assert "deep" in cli("eval", "a", "--data", f'{{"a": 1, "b": "c", "d": {deep}}}', code=1).err


@pytest.mark.parametrize(
    ("written", "came"), [("5.0", 5), ("-2e3", -2000), ("[1]", None), ("5.5", None), ("1e300", None)]
)
def test_a_whole_number_may_be_written_with_a_point(cli: Any, workflow: Any, written: str, came: int | None) -> None:
    file = workflow({}, inputs={"i": {"type": "integer"}}, output="{{ inputs.i }}")
    result = cli("run", file, "--input", f"i={written}", "--json", code=0 if came is not None else 2)
    if came is None:
        assert result.json["problems"][0]["param"] == "i"
    else:
        assert result.out.count(f'"output":{came},') == 1
