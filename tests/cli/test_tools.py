"""The commands that need no executions: validate, diff, graph, eval, nodes, doctor, bench."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest


def test_validate_prints_every_problem(cli: Any, workflow: Any, surroundings: Path) -> None:
    good = workflow({"up": {"type": "text.upper", "params": {"text": "a"}}})
    bad = workflow({"a": {"type": "text.slugfy"}, "b": {"type": "text.upper"}}, name="bad.json")
    assert "flow.json is valid." in cli("validate", good).out
    result = cli("validate", good, bad, "gone.json", code=2)
    assert "text.slugify" in result.err
    assert "bad.json is not valid." in result.out
    found = cli("validate", good, bad, "--json", code=2).json
    assert [one["valid"] for one in found["files"]] == [True, False]
    assert {one["node"] for one in found["files"][1]["problems"]} == {"a", "b"}


def test_warnings_are_no_errors(cli: Any, workflow: Any) -> None:
    nodes = {"post": {"type": "http.request", "params": {"url": "http://example.org", "method": "POST"}, "retry": 3}}
    result = cli("validate", workflow(nodes))
    assert result.code == 0
    assert "warning" in result.err


def test_diff(cli: Any, workflow: Any, surroundings: Path) -> None:
    old = workflow({"up": {"type": "text.upper", "params": {"text": "a"}}}, name="old.json")
    new = workflow({"up": {"type": "text.upper", "params": {"text": "b"}}}, name="new.json")
    (surroundings / "same.yaml").write_text(
        "name: Test\nstudio: 1\nnodes:\n  up:\n    params: {text: a}\n    type: text.upper\n"
    )
    assert "up" in cli("diff", old, new, code=1).out
    assert cli("diff", old, new, "--json", code=1).json["changes"]
    assert cli("diff", old, "same.yaml").out == "No difference.\n"
    assert "gone" in cli("diff", old, "gone.json", code=2).err


def containers() -> dict[str, Any]:
    inner = {"nodes": {"low": {"type": "text.lower", "params": {"text": "{{ item }}"}}}, "output": "{{ low.text }}"}
    return {
        "start": {"type": "flow.set", "params": {"values": {"a": ["<&>"]}}},
        "loop": {"type": "flow.map", "params": {"items": "{{ start.values.a }}"}, "body": inner},
        "after": {"type": "text.template", "params": {"template": "{{ loop.results }}"}, "disabled": True},
    }


def test_graph_as_text(cli: Any, workflow: Any) -> None:
    lines = cli("graph", workflow(containers(), edges=["start -> after"])).out.splitlines()
    assert lines[0] == "Test"
    text = "\n".join(lines)
    assert "⇠ start" in text
    assert "← start" in text
    assert "│" in text
    assert "(disabled)" in text
    assert [line.split()[0] for line in lines[1:] if line.strip()[0].isdigit()] == ["1", "2", "3"]


def test_graph_as_svg(cli: Any, workflow: Any, surroundings: Path) -> None:
    file = workflow(containers(), name="a.json", description="<script>")
    cli("graph", file, "--svg", "out.svg")
    root = ET.fromstring((surroundings / "out.svg").read_text())
    texts = {"".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"start", "loop", "low", "after", "body"} <= texts
    assert ET.fromstring(cli("graph", file, "--svg", "-").out).tag.endswith("svg")


def test_graph_of_a_broken_file(cli: Any, surroundings: Path) -> None:
    (surroundings / "x.yaml").write_text("nodes: [")
    assert "x.yaml:1" in cli("graph", "x.yaml", code=2).err


def test_eval(cli: Any, surroundings: Path) -> None:
    assert cli("eval", "1 + 1").out == "2\n"
    assert cli("eval", "{{ a.b }}", "--data", '{"a": {"b": [1]}}', "--json").json == {"value": [1]}
    (surroundings / "d.json").write_text('{"x": "é"}')
    assert cli("eval", "upper(x)", "--data", "@d.json").out == '"É"\n'
    assert "near" in cli("eval", "a.c", "--data", '{"a": {"cc": 1}}', code=1).err.lower()
    error = json.loads(cli("eval", "a &&& b", "--json", code=1).err)["error"]
    assert error["code"].startswith("expression.")
    assert "--stdin" in cli("eval", code=2).err
    assert "not JSON" in cli("eval", "1", "--data", "{", code=2).err
    assert "cannot be read" in cli("eval", "1", "--data", "@gone.json", code=2).err
    assert "object" in cli("eval", "1", "--data", "[1]", code=1).err


def test_nodes_list(cli: Any) -> None:
    nodes = cli("nodes", "list", "--json").json["nodes"]
    assert len(nodes) >= 70
    wanted = {"type", "title", "category", "pack", "version", "effect"}
    assert all(wanted <= set(node) and node["title"] and node["category"] for node in nodes)
    by_type = {node["type"]: node for node in nodes}
    assert by_type["text.slugify"]["effect"] == "pure"
    assert by_type["files.append_text"]["effect"] == "keyed"
    assert cli("nodes", "list", "slug", "--json").json["nodes"][0]["type"] == "text.slugify"
    assert {one["pack"] for one in cli("nodes", "list", "--pack", "crypto", "--json").json["nodes"]} == {"crypto"}
    shown = cli("nodes", "list").out
    assert "TYPE" in shown.splitlines()[0]
    assert "text.slugify" in shown
    assert "No node type" in cli("nodes", "list", "zzzzzz").out


def test_nodes_show(cli: Any) -> None:
    shown = cli("nodes", "show", "text.slugify").out
    assert "deja-vu" in shown
    assert "max_length" in shown
    found = cli("nodes", "show", "flow.if", "--json").json
    assert found["facts"]["ports"] == ["true", "false"]
    assert "text.slugify" in cli("nodes", "show", "text.slugfy", code=1).err


def test_nodes_check_runs_examples(cli: Any) -> None:
    result = cli("nodes", "check", "text.slugify", "flow.if")
    assert result.out.startswith("2 node types; examples: ")
    assert " 0 failed" in result.out
    found = cli("nodes", "check", "flow.map", "flow.while", "--json").json
    assert found["failed"] == 0
    assert found["passed"] >= 2
    assert "nopack" in cli("nodes", "check", "nopack", code=1).err


def test_a_node_of_ones_own_in_the_data_folder(cli: Any, workflow: Any, tmp_path: Path) -> None:
    pack = tmp_path / "data" / "packs" / "mine"
    pack.mkdir(parents=True)
    (pack / "manifest.toml").write_text(
        'id = "mine"\ntitle = "Mine"\ncategory = "text"\ndescription = "Own"\nowners = ["me"]\n'
    )
    (pack / "shout.py").write_text(
        '"""mine.shout."""\n\n'
        "from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel\n\n\n"
        "class Shout(BaseNode):\n"
        '    """Say it loud."""\n\n'
        '    type = "mine.shout"\n    title = "Shout"\n    effect = Effect.PURE\n\n'
        "    class Input(NodeModel):\n        text: str\n\n"
        "    class Output(NodeModel):\n        text: str\n\n"
        '    examples = (Example(input={"text": "a"}, output={"text": "A!"}),)\n\n'
        "    async def run(self, input: Input, ctx: NodeContext) -> Output:\n"
        '        return self.Output(text=input.text.upper() + "!")\n'
    )
    assert "mine.shout" in cli("nodes", "list").out
    assert cli("nodes", "check", "mine").out.startswith("1 node type; examples: 1 passed")
    file = workflow({"s": {"type": "mine.shout", "params": {"text": "hi"}}}, output="{{ s.text }}")
    assert cli("run", file).out == "HI!\n"
    (pack / "broken.py").write_text("class Broken(")
    assert "broken.py" in cli("nodes", "list", "--pack", "mine").err
    assert "broken.py" in cli("doctor").out


def test_doctor(cli: Any, workflow: Any, tmp_path: Path) -> None:
    fresh = cli("doctor").out
    assert "is made at the first run" in fresh
    assert not (tmp_path / "data").exists()
    cli("run", workflow({"ask": {"type": "flow.approval", "params": {"message": "Go?"}}}), code=3)
    found = cli("doctor", "--json").json
    assert found["healthy"]
    assert {"python", "packs", "folder", "key_file", "space", "database"} <= {one["check"] for one in found["checks"]}
    (tmp_path / "data" / "master.key").chmod(0o644)
    result = cli("doctor", code=1)
    assert "chmod 600" in result.out


@pytest.mark.parametrize("lang", ["en", "fr", "ar"])
def test_doctor_in_every_language(cli: Any, lang: str) -> None:
    assert cli("doctor", "--lang", lang).out


def test_bench(cli: Any, surroundings: Path) -> None:
    folder = surroundings / "benchmarks"
    folder.mkdir()
    (folder / "_shared.py").write_text("")
    (folder / "tiny.py").write_text(
        '"""Something tiny."""\n\nimport itertools\n\ncount = itertools.count(1)\n\n\n'
        'def run(db=None):\n    return [{"what": "x", "seconds": float(next(count)), "floor": 0.5, "db": str(db)}]\n'
    )
    assert cli("bench", "--list").out == "tiny\n"
    found = cli("bench", "tiny", "--runs", "3", "--json").json
    assert found["rows"] == [{"what": "x", "seconds": 2.0, "floor": 0.5, "db": "None"}]
    assert found["spread"] == [{"seconds": [1.0, 3.0], "floor": [0.5, 0.5]}]
    assert found["machine"]["cores"] >= 1
    assert json.loads((folder / "results" / "tiny.json").read_text())["rows"] == found["rows"]
    assert "2 (1-3)" in cli("bench", "tiny", "--runs", "3").out
    assert "tiny" in cli("bench", "huge", code=1).err


def test_bench_of_all_gives_each_what_it_takes(cli: Any, surroundings: Path) -> None:
    folder = surroundings / "benchmarks"
    folder.mkdir()
    (folder / "plain.py").write_text("def run():\n    return [{'v': 1.0}]\n")
    (folder / "sized.py").write_text(
        "def run(db=None, sizes=(1, 2)):\n    return [{'n': n, 'db': str(db)} for n in sizes]\n"
    )
    found = cli("bench", "--runs", "1", "--size", "7", "--db", "postgresql://x", "--json").json["benchmarks"]
    assert [each["rows"] for each in found] == [[{"v": 1.0}], [{"n": 7, "db": "postgresql://x"}]]
    assert "--db" in cli("bench", "plain", "--db", "postgresql://x", code=1).err


def test_doctor_tells_of_a_folder_that_others_can_enter(cli: Any, surroundings: Path) -> None:
    data = surroundings / "open"
    data.mkdir()
    data.chmod(0o755)
    found = cli("doctor", "--data", str(data), "--json").json["checks"]
    assert [one["level"] for one in found if one["check"] == "folder_open"] == ["warning"]
    data.chmod(0o700)
    assert "folder_open" not in {one["check"] for one in cli("doctor", "--data", str(data), "--json").json["checks"]}
