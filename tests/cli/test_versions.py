"""A node type gets a new version while executions wait: they are migrated, or wait and say why."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

_MAIN = "import sys; from studio.cli.main import main; sys.exit(main())"
MANIFEST = 'id = "acme"\ntitle = "Acme"\ncategory = "data"\ndescription = "Acme"\nowners = ["acme"]\n'
NODE = '''
from __future__ import annotations
from studio.sdk import BaseNode, Effect, Example, NodeContext, NodeModel

class Price(BaseNode):
    """A price."""

    type = "acme.price"
    effect = Effect.KEYED
    {version}

    class Input(NodeModel):
        {field}: float

    class Output(NodeModel):
        text: str

    examples = (Example(input={{"{field}": 1}}),)
    {migrate}

    async def run(self, input: Input, ctx: NodeContext) -> Output:
        {during}
        return self.Output(text=f"{{input.{field}}} {unit}")
'''
MIGRATE = """
    @classmethod
    def migrate(cls, params: dict[str, object], from_version: int) -> dict[str, object]:
        {body}
"""
RENAME = """
        euros = params["euros"]
        if isinstance(euros, str):  # as written, with an expression
            return {"cents": "{{ (%s) * 100 }}" % euros.strip("{} ")}
        return {"cents": euros * 100}
"""


class Place:
    """A data folder with a pack of its own, and commands in processes of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pack = folder / "data" / "packs" / "acme"
        (self.pack / "strings").mkdir(parents=True)
        (self.pack / "manifest.toml").write_text(MANIFEST)
        (self.pack / "icon.svg").write_text("<svg/>")

    def install(self, version: int, body: str = RENAME, during: str = "pass") -> None:
        """Put a version of the node into the pack; 0 takes it away."""
        file = self.pack / "price.py"
        if not version:
            file.unlink()
            return
        old = version == 1
        text = NODE.format(
            version="" if old else f"version = {version}",
            field="euros" if old else "cents",
            unit="euros" if old else "cents",
            migrate="" if old else MIGRATE.format(body=body),
            during=during,
        )
        file.write_text(text)

    def write(self, name: str, nodes: dict[str, Any], **rest: Any) -> str:
        """Write a workflow file."""
        (self.folder / name).write_text(json.dumps({"studio": 1, "name": name, "nodes": nodes, **rest}))
        return name

    @property
    def environment(self) -> dict[str, str]:
        """Of every command."""
        folders = {"STUDIO_DATA": "data", "STUDIO_CACHE": "cache", "TMPDIR": "temporary"}
        (self.folder / "temporary").mkdir(exist_ok=True)
        own = {name: str(self.folder / folder) for name, folder in folders.items()}
        return {**os.environ, **own, "STUDIO_LANG": "en"}

    def killed_when_begun(self, *arguments: str) -> None:
        """Run a command, and kill it once the node has begun."""
        with subprocess.Popen(
            [sys.executable, "-c", _MAIN, *arguments], cwd=self.folder, env=self.environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        ) as process:  # fmt: skip
            while not list(self.folder.glob("temporary/*/begun")):
                assert process.poll() is None
                time.sleep(0.01)
            process.kill()

    def studio(self, *arguments: str, code: int | None = 0) -> Any:
        """Run a command; its JSON output."""
        done = subprocess.run(
            [sys.executable, "-c", _MAIN, *arguments, "--json"],
            cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert code is None or done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        return json.loads(done.stdout) if done.stdout.startswith(("{", "[")) else done.stdout


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


GATE = {"type": "flow.signal_wait", "params": {"name": "go"}}
PRICE = {"type": "acme.price", "params": {"euros": "{{ 1 + default(gate.payload, 1) }}"}}


def parked(place: Place, **more: Any) -> str:
    """An execution that waits for a signal before it comes to the price."""
    file = place.write("flow.json", {"gate": GATE, "price": {**PRICE, **more}}, output="{{ price.text }}")
    return place.studio("run", file, code=3)["execution_id"]


def go_on(place: Place, id: str, payload: int = 1) -> Any:
    """What becomes of it after the signal."""
    place.studio("executions", "signal", id, "go", "--payload", str(payload), code=None)
    place.studio("resume", code=None)
    return place.studio("executions", "show", id, "--values", code=None)


def test_what_waits_is_migrated_on_first_touch_and_the_journal_says_so(place: Place) -> None:
    place.install(1)
    id = parked(place)
    place.install(2)
    result = go_on(place, id)
    assert (result["status"], result["output"]) == ("succeeded", "200.0 cents"), result
    events = place.studio("executions", "export", id)["events"]
    assert [one["data"] for one in events if one["kind"] == "migrated"] == [{"types": {"acme.price": [1, 2]}}]


def test_a_file_is_meant_for_the_version_that_is_installed(place: Place) -> None:
    place.install(2)
    node = {"type": "acme.price", "params": {"cents": 3}}
    assert place.studio("run", place.write("a.json", {"a": node}, output="{{ a.text }}"))["output"] == "3.0 cents"
    old = {"type": "acme.price", "version": 1, "params": {"euros": 3}}
    assert place.studio("run", place.write("b.json", {"a": old}, output="{{ a.text }}"))["output"] == "300.0 cents"


def test_bodies_fallbacks_and_called_workflows_are_pinned_too(place: Place) -> None:
    place.install(1)
    place.write("child.json", {"price": {"type": "acme.price", "params": {"euros": 5}}}, output="{{ price.text }}")
    price = {"type": "acme.price", "params": {"euros": "{{ item }}"}}
    nodes: dict[str, Any] = {
        "gate": GATE,
        "loop": {
            "type": "flow.map",
            "params": {"items": "{{ [gate.payload] }}"},
            "body": {"nodes": {"p": price}, "output": "{{ p.text }}"},
        },
        "call": {"type": "flow.call", "params": {"workflow": "child.json", "inputs": {}}},
        "fall": {
            "type": "flow.fail",
            "params": {"message": "no"},
            "fallback": [{"type": "acme.price", "params": {"euros": 7}}],
        },
    }
    output = "{{ [loop.results, call.output, fall.text] }}"
    file = place.write("flow.json", nodes, output=output, edges=["gate -> call", "gate -> fall"])
    id = place.studio("run", file, code=3)["execution_id"]
    place.install(2)
    result = go_on(place, id)
    assert result["output"] == [["100.0 cents"], "500.0 cents", "700.0 cents"], result


def test_an_effect_under_way_is_repeated_with_the_migrated_input(place: Place) -> None:
    # The node runs in a process apart, in a scratch folder there; what ends is the one that drives.
    place.install(1, during="import pathlib, time; pathlib.Path('begun').touch(); time.sleep(60)")
    nodes = {"price": {"type": "acme.price", "params": {"euros": 4}}}
    place.killed_when_begun("run", place.write("flow.json", nodes, output="{{ price.text }}"))
    place.install(2)
    place.studio("resume", code=None)
    result = place.studio("executions", "show", "last")
    assert (result["status"], result["output"]) == ("succeeded", "400.0 cents"), result


@pytest.mark.parametrize(
    ("version", "body"), [(0, ""), (2, "raise KeyError('euros')")], ids=["no type any more", "not to be migrated"]
)
def test_what_cannot_go_on_waits_and_says_why(place: Place, version: int, body: str) -> None:
    place.install(1)
    id = parked(place)
    place.install(version, body)
    blocked = [one["facts"] for one in place.studio("doctor", code=None)["checks"] if one["check"] == "blocked"]
    assert blocked == ([] if version else [{"type": "acme.price", "first": id}])
    assert go_on(place, id)["status"] == "paused"
    found = place.studio("doctor", code=None)["checks"]
    assert "cannot_run" in [one["check"] for one in found]
    place.install(2)
    result = go_on(place, id)
    assert (result["status"], result["output"]) == ("succeeded", "200.0 cents"), result


def test_an_older_version_does_not_take_what_is_meant_for_a_newer_one(place: Place) -> None:
    place.install(2)
    node = {"type": "acme.price", "params": {"cents": "{{ gate.payload }}"}}
    file = place.write("flow.json", {"gate": GATE, "price": node}, output="{{ price.text }}")
    id = place.studio("run", file, code=3)["execution_id"]
    place.install(1)
    assert go_on(place, id)["status"] == "paused"
    place.install(2)
    result = go_on(place, id)
    assert (result["status"], result["output"]) == ("succeeded", "1.0 cents"), result


def test_a_replay_is_meant_for_the_versions_of_then(place: Place) -> None:
    place.install(1)
    nodes = {"price": {"type": "acme.price", "params": {"euros": 4}}}
    id = place.studio("run", place.write("flow.json", nodes, output="{{ price.text }}"))["execution_id"]
    place.install(2)
    assert place.studio("executions", "replay", id)["output"] == "400.0 cents"
