"""``studio run``: what goes in, what comes out, and the exit codes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

ECHO = {"say": {"type": "flow.set", "params": {"values": {"got": "{{ inputs.it }}"}}}}


def test_text_output_is_printed_as_it_is(cli: Any, workflow: Any) -> None:
    file = workflow({"up": {"type": "text.upper", "params": {"text": "é"}}}, output="{{ up.text }}")
    result = cli("run", file)
    assert result.out == "É\n"
    assert "succeeded" in result.err


def test_the_json_object(cli: Any, workflow: Any) -> None:
    nodes = {
        "up": {"type": "text.upper", "params": {"text": "a"}},
        "off": {"type": "text.upper", "params": {"text": "b"}, "run_if": False},
    }
    result = cli("run", workflow(nodes, output={"v": "{{ up.text }}"}), "--json")
    found = result.json
    assert set(found) == {"execution_id", "status", "output", "error", "seconds", "nodes"}
    assert (found["status"], found["output"], found["error"]) == ("succeeded", {"v": "A"}, None)
    assert set(found["nodes"]["up"]) == {"status", "seconds", "attempts"}
    assert found["nodes"]["up"]["status"] == "succeeded"
    assert found["nodes"]["up"]["attempts"] == 1
    assert found["nodes"]["off"]["status"] == "skipped"
    assert result.err == ""


def test_a_failed_node(cli: Any, workflow: Any) -> None:
    file = workflow({"check": {"type": "flow.fail", "params": {"message": "no bread"}}})
    result = cli("run", file, code=1)
    assert "no bread" in result.err
    assert "node check" in result.err
    assert "studio executions show" in result.err
    found = cli("run", file, "--json", code=1).json
    assert found["status"] == "failed"
    assert set(found["error"]) == {"code", "message", "node", "param"}
    assert found["error"]["node"] == "check"


def test_an_invalid_file(cli: Any, surroundings: Path) -> None:
    (surroundings / "bad.yaml").write_text(
        "studio: 1\nname: Bad\nnodes:\n  a:\n    type: text.slugfy\n    params: {text: x}\n  b: {type: text.upper}\n"
    )
    result = cli("run", "bad.yaml", code=2)
    assert "bad.yaml:5" in result.err
    assert "did you mean `text.slugify`?" in result.err
    assert result.out == ""
    found = cli("run", "bad.yaml", "--json", code=2).json
    assert found["status"] == "invalid"
    assert found["execution_id"] is None
    assert found["nodes"] == {}
    places = {(one["node"], one["line"]) for one in found["problems"]}
    assert {("a", 5), ("b", 7)} <= places
    assert all(one["file"] == "bad.yaml" for one in found["problems"])
    assert not (surroundings.parent / "data").exists(), "nothing is made for a file that cannot run"


def test_a_missing_file_names_a_near_one(cli: Any, workflow: Any) -> None:
    workflow({}, name="orders.yaml")
    found = cli("run", "order.yaml", "--json", code=2).json
    assert found["problems"][0]["code"] == "workflow.no_file"
    assert found["problems"][0]["suggestion"].endswith("orders.yaml")


@pytest.mark.parametrize(
    ("written", "schema", "expected"),
    [
        ("5", {}, 5),
        ("5", {"type": "integer"}, 5),
        ("5", {"type": "string"}, "5"),
        ('"5"', {"type": "string"}, "5"),
        ("true", {"type": "boolean"}, True),
        ("true", {"type": "string"}, "true"),
        ("[1, 2]", {"type": "array"}, [1, 2]),
        ("[1, 2]", {"type": "string"}, "[1, 2]"),
        ("hello world", {}, "hello world"),
        ("a=b", {}, "a=b"),
        ("", {"type": "string"}, ""),
        ("null", {"type": ["string", "null"]}, None),
        ('{"a": {"b": 1}}', {"type": "object"}, {"a": {"b": 1}}),
        ("07", {"type": "string"}, "07"),
    ],
)
def test_inputs_are_json_else_text_then_by_schema(
    cli: Any, workflow: Any, written: str, schema: dict[str, Any], expected: Any
) -> None:
    file = workflow(ECHO, output="{{ {'got': say.values.got} }}", inputs={"it": schema})
    assert cli("run", file, "--input", f"it={written}", "--json").json["output"] == {"got": expected}


def test_inputs_that_do_not_fit(cli: Any, workflow: Any) -> None:
    file = workflow(ECHO, inputs={"it": {"type": "integer"}})
    for given in (["--input", "it=abc"], ["--input", "other=1", "--input", "it=1"], []):
        found = cli("run", file, *given, "--json", code=2).json
        assert found["status"] == "invalid"
        assert found["problems"]
    assert "NAME" in cli("run", file, "--input", "it", code=2).err.upper()


@pytest.mark.parametrize(("name", "content"), [("in.json", '{"it": [1]}'), ("in.yaml", "it: [1]\n")])
def test_input_file(cli: Any, workflow: Any, surroundings: Path, name: str, content: str) -> None:
    (surroundings / name).write_text(content)
    file = workflow(ECHO, output="{{ say.values.got }}", inputs={"it": {}})
    assert cli("run", file, "--input-file", name, "--json").json["output"] == [1]
    assert cli("run", file, "--input-file", name, "--input", "it=2", "--json").json["output"] == 2


def test_an_input_file_that_cannot_be_used(cli: Any, workflow: Any, surroundings: Path) -> None:
    file = workflow(ECHO, inputs={"it": {}})
    (surroundings / "list.json").write_text("[1]")
    assert "object" in cli("run", file, "--input-file", "list.json", code=2).err
    assert "cannot be read" in cli("run", file, "--input-file", "none.json", code=2).err


@pytest.mark.parametrize(
    ("name", "content", "code", "place"),
    [
        ("in.json", '{"it": 1,\n "it": 2}', "workflow.duplicate_key", (2, 2)),
        ("in.json", '{"it": {"a": 1, "\\u0061": 2}}', "workflow.duplicate_key", (1, 17)),
        ("in.yaml", "it: 1\nit: 2\n", "workflow.duplicate_key", (2, 1)),
        ("in.json", '{"it": 1', "workflow.json_syntax", (1, 9)),
        ("in.yaml", "it: [1\n", "workflow.yaml_syntax", (2, 1)),
    ],
)
def test_an_input_file_with_mistakes(
    cli: Any, workflow: Any, surroundings: Path, name: str, content: str, code: str, place: tuple[int, int]
) -> None:
    file = workflow(ECHO, inputs={"it": {}})
    (surroundings / name).write_text(content)
    problem = cli("run", file, "--input-file", name, "--json", code=2).json["problems"][0]
    assert (problem["code"], problem["file"]) == (code, name)
    assert (problem["line"], problem["column"]) == place
    assert f"{name}:{place[0]}:{place[1]}" in cli("run", file, "--input-file", name, code=2).err


def test_set_reaches_params_at_every_depth(cli: Any, workflow: Any) -> None:
    nodes = {
        "one": {"type": "flow.set", "params": {"values": {"a": {"b": 1}, "c": 2}}},
        "text": {"type": "text.upper", "params": {"text": "x"}},
        "loop": {
            "type": "flow.map",
            "params": {"items": [1, 2]},
            "body": {
                "nodes": {"inner": {"type": "text.template", "params": {"template": "{{ item }}"}}},
                "output": "{{ inner.text }}",
            },
        },
    }
    file = workflow(nodes, output="{{ [one.values, text.text, loop.results] }}")
    found = cli(
        "run", file, "--json", "--set", "one.values.a.b=7", "--set", "text.text=5", "--set", "loop.items=[3]",
        "--set", "loop.inner.template=<{{ item }}>",
    ).json  # fmt: skip
    assert found["output"] == [{"a": {"b": 7}, "c": 2}, "5", ["<3>"]]
    explicit = cli("run", file, "--json", "--set", "loop.body.inner.template=!").json
    assert explicit["output"][2] == ["!", "!"]


@pytest.mark.parametrize("path", ["nowhere.text=1", "text=1", "text.text"])
def test_set_that_leads_nowhere(cli: Any, workflow: Any, path: str) -> None:
    file = workflow({"text": {"type": "text.upper", "params": {"text": "x"}}})
    assert "--set" in cli("run", file, "--set", path, code=2).err


def test_set_to_something_wrong_is_invalid(cli: Any, workflow: Any) -> None:
    file = workflow({"nap": {"type": "flow.wait", "params": {"seconds": 1}}})
    found = cli("run", file, "--set", "nap.seconds=long", "--json", code=2).json
    assert found["problems"][0]["node"] == "nap"
    assert cli("run", file, "--set", "nap.second=1", "--json", code=2).json["problems"][0]["param"] == "second"


def hook() -> dict[str, Any]:
    return {
        "hook": {"type": "trigger.webhook", "params": {"path": "signup"}, "inputs": {"it": "{{ event.body.name }}"}},
        **ECHO,
    }


def test_a_trigger_is_tried_with_an_event(cli: Any, workflow: Any, surroundings: Path) -> None:
    file = workflow(hook(), output="{{ say.values.got }}", inputs={"it": {"type": "string"}})
    event = '{"method": "POST", "path": "/signup", "body": {"name": "Zoë"}}'
    (surroundings / "e.json").write_text(event)
    assert cli("run", file, "--trigger", "hook", "--event", "@e.json").out == "Zoë\n"
    assert cli("run", file, "--trigger", "hook", "--event", event).out == "Zoë\n"
    rows = cli("executions", "list", "--json").json["executions"]
    assert {row["trigger"] for row in rows} == {"hook"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--trigger", "nobody", "--event", "{}"], "hook"),
        (["--trigger", "say", "--event", "{}"], "not a trigger"),
        (["--trigger", "hook", "--event", "{"], "not JSON"),
        (["--trigger", "hook", "--event", '{"body": 1, "body": 2}'], "already stands"),
        (["--trigger", "hook", "--event", "@none.json"], "cannot be read"),
        (["--event", "{}"], "--trigger"),
        (["--trigger", "hook", "--event", '{"unknown": 1}'], "does not fit"),
    ],
)
def test_events_that_do_not_fit(cli: Any, workflow: Any, arguments: list[str], says: str) -> None:
    file = workflow(hook(), inputs={"it": {"default": "x"}})
    assert says in cli("run", file, *arguments, code=2).err


def test_waiting_for_a_signal(cli: Any, workflow: Any) -> None:
    file = workflow({"ask": {"type": "flow.approval", "params": {"message": "Go?"}}})
    result = cli("run", file, code=3)
    assert "ask waits for an approval" in result.err
    assert "studio executions signal" in result.err
    found = cli("run", file, "--json", "--wait", "0s", code=3).json
    assert (found["status"], found["error"]) == ("waiting", None)


def test_timers_are_awaited_as_far_as_wait_says(cli: Any, workflow: Any) -> None:
    file = workflow({"nap": {"type": "flow.wait", "params": {"seconds": 1.2}}}, output="done")
    assert cli("run", file, "--wait", "0s", "--json", code=3).json["status"] == "waiting"
    assert cli("run", file).out == "done\n"
    assert cli("run", file, "--wait", "30s").out == "done\n"
    long = workflow({"nap": {"type": "flow.wait", "params": {"seconds": 3600}}}, name="long.json")
    assert "timer" in cli("run", long, code=3).err
    assert "--wait" in cli("run", long, "--wait", "soon", code=2).err


def test_files_are_contained(cli: Any, workflow: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.txt").write_text("hidden")
    nodes = {"read": {"type": "files.read_text", "params": {"path": str(outside / "secret.txt")}}}
    file = workflow(nodes, output="{{ read.text }}")
    assert "--allow-path" in cli("run", file, code=1).err
    assert cli("run", file, "--allow-path", str(outside)).out == "hidden\n"
    monkeypatch.setenv("STUDIO_ALLOW_PATHS", f"/nowhere:{outside}")
    assert cli("run", file).out == "hidden\n"


def test_the_data_folder_is_never_reached(cli: Any, workflow: Any, tmp_path: Path) -> None:
    key = tmp_path / "data" / "master.key"
    file = workflow({"read": {"type": "files.read_text", "params": {"path": str(key)}}}, output="{{ read.text }}")
    result = cli("run", file, "--allow-path", str(tmp_path), code=1)
    assert key.exists()
    assert key.read_text().strip() not in result.out + result.err
    assert "data folder" in result.err
    assert "--allow-path does not open it" in result.err


def test_what_belongs_to_the_system_is_never_reached(cli: Any, workflow: Any) -> None:
    file = workflow({"read": {"type": "files.read_text", "params": {"path": "/proc/self/environ"}}})
    said = cli("run", file, "--allow-path", "/", code=1).err
    assert "belongs to the system" in said
    assert "--allow-path does not open it" in said


def test_relative_paths_start_at_the_workflows_folder(cli: Any, workflow: Any, surroundings: Path) -> None:
    file = workflow(
        {"read": {"type": "files.read_text", "params": {"path": "a.txt"}}},
        output="{{ read.text }}", name="deep/flow.json",
    )  # fmt: skip
    (surroundings / "deep" / "a.txt").write_text("beside")
    (surroundings / "a.txt").write_text("elsewhere")
    assert cli("run", file).out == "beside\n"


@pytest.mark.parametrize(("lang", "says"), [("fr", "réussi"), ("ar", "نجح"), ("en", "succeeded")])
def test_languages(cli: Any, workflow: Any, lang: str, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    file = workflow({"up": {"type": "text.upper", "params": {"text": "a"}}})
    assert says in cli("run", file, "--lang", lang).err
    monkeypatch.setenv("STUDIO_LANG", lang)
    assert says in cli("run", file).err


def test_errors_in_other_languages(cli: Any, workflow: Any) -> None:
    file = workflow({"a": {"type": "text.slugfy"}})
    assert "vouliez-vous dire" in cli("run", file, "--lang", "fr", code=2).err.lower()
    english = cli("run", file, "--lang", "en", code=2).err
    assert english not in cli("run", file, "--lang", "ar", code=2).err


def test_called_workflows(cli: Any, workflow: Any, surroundings: Path) -> None:
    workflow(
        {"up": {"type": "text.upper", "params": {"text": "{{ inputs.word }}"}}},
        output="{{ up.text }}", inputs={"word": {"type": "string"}}, name="parts/shout.json",
    )  # fmt: skip
    workflow(
        {"shout": {"type": "flow.call", "params": {"workflow": "shout.json", "inputs": {"word": "deep"}}}},
        output="{{ shout.output }}", name="parts/middle.json",
    )  # fmt: skip
    file = workflow(
        {
            "one": {"type": "flow.call", "params": {"workflow": "parts/shout.json", "inputs": {"word": "hi"}}},
            "two": {"type": "flow.call", "params": {"workflow": "./parts/middle.json"}},
        },
        output="{{ [one.output, two.output] }}",
    )
    assert cli("run", file, "--json").json["output"] == ["HI", "DEEP"]


def test_calls_that_may_not_be(cli: Any, workflow: Any, tmp_path: Path) -> None:
    def calling(reference: str, name: str = "flow.json") -> str:
        return workflow({"call": {"type": "flow.call", "params": {"workflow": reference}}}, name=name)

    (tmp_path / "other.json").write_text('{"studio": 1, "name": "Other", "nodes": {}}')
    found = cli("run", calling("../other.json"), "--json", code=2).json["problems"]
    assert [one["code"] for one in found] == ["workflow.call_refused"]
    assert "--allow-path" in found[0]["message"]
    cli("run", calling("../other.json"), "--allow-path", str(tmp_path))
    assert cli("run", calling("gone.json"), "--json", code=2).json["problems"][0]["code"] == "workflow.call_unknown"
    calling("a.json", "b.json")
    calling("b.json", "a.json")
    codes = [one["code"] for one in cli("run", "a.json", "--json", code=2).json["problems"]]
    assert "workflow.call_cycle" in codes


def test_what_is_queued_behind_one_that_waits_is_not_waited_for(cli: Any, workflow: Any) -> None:
    """Its turn comes with a signal to the other one; a timer of the other one is waited for like its own."""
    settings = {"concurrency": {"limit": 1, "hold_while_waiting": True}}
    file = workflow({"ask": {"type": "flow.signal_wait", "params": {"name": "go"}}}, settings=settings)
    first = cli("run", file, "--json", code=3).json
    behind = cli("run", file, "--json", code=3)
    second = behind.json
    assert (first["status"], second["status"]) == ("waiting", "queued")
    assert "its turn" in behind.err
    cli("executions", "signal", first["execution_id"], "go")
    cli("executions", "signal", second["execution_id"], "go")
    assert [one["status"] for one in cli("resume", "--json").json["executions"]] == ["succeeded", "succeeded"]
    nap = workflow({"nap": {"type": "flow.wait", "params": {"seconds": 1.5}}}, settings=settings, name="nap.json")
    cli("run", nap, "--wait", "0s", code=3)
    assert cli("run", nap, "--json").json["status"] == "succeeded"


def test_a_file_whose_name_is_not_utf8(cli: Any, workflow: Any, surroundings: Path) -> None:
    source = Path(workflow(ECHO, output="{{ say.values.got }}", inputs={"it": {"default": "x"}}))
    odd = os.fsdecode(b"\xff.json")
    (surroundings / odd).write_bytes(source.read_bytes())
    assert cli("run", odd, "--json").json["output"] == "x"
    assert cli("validate", odd, "--json").json["files"][0]["file"] == "\\udcff.json"
    wrong = cli("run", os.fsdecode(b"gone\xff.json"), "--json", code=2).json
    assert wrong["problems"][0]["code"] == "workflow.no_file"
    folder = surroundings / os.fsdecode(b"\xfe")
    folder.mkdir()
    (folder / "w.json").write_bytes(source.read_bytes())
    refused = cli("run", str(folder / "w.json"), "--json", code=2).json
    assert refused["error"]["code"] == "cli.folder_not_utf8"
