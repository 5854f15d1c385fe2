"""Packs of installed distributions: real wheels, in a folder of their own on the path, asked by the command line."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path
from typing import Any

from tests.catalog.conftest import MANIFEST, NODE

PROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "{name}"
version = "{version}"
[project.entry-points."studio.packs"]
{packs}
[tool.hatch.build.targets.wheel]
packages = ["{package}"]
"""

VERSION_2 = """
    version = 2

    @classmethod
    def migrate(cls, params, from_version):
        return {"text": params["words"] + "!"} if from_version < 2 else params

    async def run("""

WORKFLOW = """
studio: 1
name: greeting
nodes:
  old: {type: greet.hello, version: 1, params: {words: Hi}}
  new: {type: greet.hello, params: {text: Ho}}
output: "{{ [old.text, new.text] }}"
"""


class Environment:
    """A folder that distributions are installed into, and a Studio that has it on its path."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.target = folder / "target"

    def wheel(self, name: str, packs: dict[str, str], sources: dict[str, str], version: str = "1.0") -> None:
        """Build a distribution and unpack it, as an installer does."""
        package = name.replace("-", "_")
        project = self.folder / f"{name}-{version}"
        for path, text in {"__init__.py": "", **sources}.items():
            file = project / package / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        lines = "\n".join(f'{entry} = "{module}"' for entry, module in packs.items())
        (project / "pyproject.toml").write_text(
            PROJECT.format(name=name, version=version, packs=lines, package=package)
        )
        code = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"
        built = subprocess.run(
            [sys.executable, "-c", code, str(self.folder)], cwd=project, capture_output=True, text=True, check=True
        )
        self.remove(package)
        with zipfile.ZipFile(self.folder / built.stdout.split()[-1]) as archive:
            archive.extractall(self.target)

    def remove(self, package: str) -> None:
        """Uninstall it."""
        for path in self.target.glob(f"{package}*"):
            shutil.rmtree(path)

    def studio(self, *words: str) -> tuple[int, Any, str]:
        """Exit code, answer and messages of a command."""
        done = subprocess.run(
            [sys.executable, "-m", "studio.cli.main", *words, "--data", str(self.folder / "data"), "--json"],
            capture_output=True, text=True,
            env={**os.environ, "PYTHONPATH": str(self.target), "STUDIO_CACHE": str(self.folder / "cache")},
        )  # fmt: skip
        return done.returncode, json.loads(done.stdout or "null"), done.stderr

    def found(self, *words: str) -> dict[str, int]:
        """Node types that fit, with their versions."""
        return {node["type"]: node["version"] for node in self.studio("nodes", "list", *words)[1]["nodes"]}


def node(pack: str, name: str) -> str:
    """The file of a node that gives its text back."""
    return textwrap.dedent(NODE.format(type=f"{pack}.{name}", name=name, cls=name.capitalize()))


def test_installed_packs(tmp_path: Path) -> None:
    here = Environment(tmp_path)
    assert "greet.hello" not in here.found("hello")

    sources = {"greet/__init__.py": "", "greet/manifest.toml": MANIFEST.format(id="greet")}
    here.wheel("acme-packs", {"greet": "acme_packs.greet"}, {**sources, "greet/hello.py": node("greet", "hello")})
    assert here.found("hello")["greet.hello"] == 1

    # One with everything wrong takes nothing from the others, and each fault is told.
    broken = {
        "exits/manifest.toml": MANIFEST.format(id="exits"),
        "exits/leave.py": node("exits", "leave") + "\nraise SystemExit(3)\n",
        "exits/syntax.py": "def (",
        "plain/__init__.py": "",
        "text/manifest.toml": MANIFEST.format(id="text"),
    }
    places = {name: f"broken_packs.{name}" for name in ("exits", "plain", "text", "gone")}
    here.wheel("broken-packs", {**places, "odd": "broken_packs.plain:PACK", "far": "not_there_at_all"}, broken)
    damaged = here.target / "damaged-1.dist-info"
    damaged.mkdir()
    (damaged / "entry_points.txt").write_text("[studio.packs]\nno equals sign\n")
    code, answer, _told = here.studio("nodes", "check", "greet.hello", "exits.leave")
    assert code == 1
    assert (answer["passed"], answer["failed"]) == (1, 1)
    assert "SystemExit: 3" in json.dumps(answer)
    _code, answer, told = here.studio("doctor")
    findings = json.dumps(answer) + told
    for place in ("broken_packs.plain", "broken_packs.gone", "broken_packs.plain:PACK", "not_there_at_all"):
        assert f"announces a pack {place}, but" in findings
    for fault in ("syntax.py", "There is a pack text in"):
        assert fault in findings

    # A newer version of the distribution, with a newer version of the node: old params are brought along.
    newer = node("greet", "hello").replace("\n    async def run(", VERSION_2)
    here.wheel("acme-packs", {"greet": "acme_packs.greet"}, {**sources, "greet/hello.py": newer}, version="2.0")
    assert here.found("hello")["greet.hello"] == 2
    (tmp_path / "workflow.yaml").write_text(WORKFLOW)
    code, answer, told = here.studio("run", str(tmp_path / "workflow.yaml"))
    assert (code, answer["output"]) == (0, ["Hi!", "Ho"]), told

    here.remove("acme_packs")
    assert "greet.hello" not in here.found("hello")
