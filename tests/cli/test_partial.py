"""Partial runs, outputs given by hand, and other params for a replay."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def flow(workflow: Any) -> str:
    """Read a file that is missing, keep the large numbers, count them, write the count."""
    return workflow(
        {
            "load": {"type": "files.read_json", "params": {"path": "gone.json"}},
            "strong": {"type": "list.filter", "params": {"items": "{{ load.data }}", "where": "{{ item > 2 }}"}},
            "count": {"type": "flow.set", "params": {"values": {"n": "{{ len(strong.items) }}"}}},
            "write": {"type": "files.write_text", "params": {"path": "out.txt", "text": "{{ str(count.values.n) }}"}},
        },
        output="{{ count.values.n }}",
    )


def test_a_partial_run_gives_what_its_node_gives(cli: Any, flow: str, surroundings: Path) -> None:
    (surroundings / "data.json").write_text('{"data": [1, 2, 3, 4]}')
    found = cli("run", flow, "--until", "strong", "--pin", "load=@data.json", "--json").json
    assert found["output"] == {"items": [3, 4]}
    assert {path: node["status"] for path, node in found["nodes"].items()} == {
        "strong": "succeeded", "count": "skipped", "write": "skipped",
    }  # fmt: skip
    assert not (surroundings / "out.txt").exists()


def test_what_only_a_pinned_node_needs_does_not_run(cli: Any, flow: str) -> None:
    found = cli("run", flow, "--until", "count", "--pin", 'strong={"items": [1]}', "--json").json
    assert found["output"] == {"values": {"n": 1}}
    assert found["nodes"]["load"]["status"] == "skipped"


def test_a_whole_run_with_a_pinned_output(cli: Any, flow: str, surroundings: Path) -> None:
    assert cli("run", flow, "--pin", 'load={"data": [5]}').out == "1\n"
    assert (surroundings / "out.txt").read_text() == "1"


def test_a_partial_run_up_to_a_node_that_is_skipped(cli: Any, workflow: Any) -> None:
    file = workflow({"x": {"type": "flow.set", "params": {"values": {}}, "run_if": "{{ 1 > 2 }}"}})
    assert cli("run", file, "--until", "x", "--json").json["output"] is None


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--until", "cont"], "no node cont; there are load, strong"),
        (["--pin", "cont={}"], "no node cont"),
        (["--pin", "load=[1]"], "--pin load takes the output of the node, an object"),
        (["--pin", 'load={"a": 1'], "--pin load: this is not JSON"),
        (["--pin", 'load={"a": 1, "a": 2}'], "--pin load: the key `a` already stands"),
        (["--pin", "load"], "name=value"),
        (["--pin", "load=@gone.json"], "gone.json cannot be read"),
        (["--pin", "load=@twice.json"], "twice.json:1:10"),
    ],
)
def test_what_cannot_be_pinned(cli: Any, flow: str, surroundings: Path, arguments: list[str], says: str) -> None:
    (surroundings / "twice.json").write_text('{"a": 1, "a": 2}')
    assert says in cli("run", flow, *arguments, code=2).err


def test_a_replay_with_other_params(cli: Any, flow: str, surroundings: Path) -> None:
    (surroundings / "data.json").write_text("[1, 2, 3]")
    cli("run", flow, code=1)
    assert cli("executions", "replay", "last", "--set", "load.path=data.json").out == "1\n"
    again = cli("executions", "replay", "last", "--from", "count", "--set", "count.values.n=7", "--json").json
    assert (again["output"], list(again["nodes"])) == (7, ["count", "write"])
    wrong = cli("executions", "replay", "last", "--set", "load.pth=x", "--json", code=2).json
    assert (wrong["status"], wrong["problems"][0]["param"]) == ("invalid", "pth")
    assert "--failed or --set" in cli("executions", "replay", "last", "--failed", "--set", "load.path=x", code=2).err


def test_a_replay_of_a_newer_file_with_other_params(cli: Any, flow: str, surroundings: Path) -> None:
    (surroundings / "data.json").write_text("[9]")
    cli("run", flow, code=1)
    newer = json.loads((surroundings / flow).read_text())
    newer["output"] = "{{ strong.items }}"
    (surroundings / flow).write_text(json.dumps(newer))
    shown = cli("executions", "replay", "last", "--file", flow, "--set", "load.path=data.json", "--json").json
    assert shown["output"] == [9]
