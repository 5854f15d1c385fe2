"""The command line in this process, with a data folder of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from studio.cli.main import main


@dataclass(frozen=True, slots=True)
class Result:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its stdout as one JSON document."""
        return json.loads(self.out)


Cli = Callable[..., Result]
Write = Callable[..., str]


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder and a data folder of the test's own, English, no colours."""
    for name in (
        "STUDIO_DB",
        "STUDIO_ALLOW_PATHS",
        "STUDIO_ALLOW_HOSTS",
        "STUDIO_MASTER_KEY",
        "STUDIO_SERVER",
        "STUDIO_TOKEN",
        "LC_ALL",
        "LANG",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("STUDIO_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("STUDIO_LANG", "en")
    monkeypatch.setenv("NO_COLOR", "1")
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return work


@pytest.fixture
def cli(capfd: pytest.CaptureFixture[str]) -> Cli:
    """Run a command; its exit code must be ``code``."""

    def run(*arguments: str, code: int = 0) -> Result:
        capfd.readouterr()
        found = main(list(arguments))
        out, err = capfd.readouterr()
        assert found == code, f"exit code {found}\n{out}\n{err}"
        if "--debug" not in arguments:
            assert "Traceback" not in err
        return Result(found, out, err)

    return run


@pytest.fixture
def workflow(surroundings: Path) -> Write:
    """Write a workflow file into the working folder; returns its name."""

    def write(
        nodes: dict[str, Any],
        *,
        output: Any = None,
        inputs: dict[str, Any] | None = None,
        edges: Sequence[str] = (),
        name: str = "flow.json",
        **more: Any,
    ) -> str:
        document = {"studio": 1, "name": "Test", "nodes": nodes, **more}
        document |= {"output": output} if output is not None else {}
        document |= {"inputs": inputs} if inputs else {}
        document |= {"edges": list(edges)} if edges else {}
        path = surroundings / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document))
        return name

    return write
