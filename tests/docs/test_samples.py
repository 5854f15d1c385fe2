"""Samples in the documentation run: every fenced block marked ``run`` is executed as it stands.

```console run          lines after ``$ `` are commands; what follows must stand in their output
```yaml run             a workflow that must be valid
```python run           a program that must end without an error
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *(ROOT / "examples").glob("*.md"),
    *sorted((ROOT / "docs").rglob("*.md")),
]
_FENCE = re.compile(r"^```(\w+) run[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Sample:
    """A block: its page, line, language and text."""

    page: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def samples() -> Iterator[Sample]:
    """Every sample to run."""
    for page in PAGES:
        if page.exists():
            text = page.read_text(encoding="utf-8")
            for match in _FENCE.finditer(text):
                yield Sample(page, text[: match.start()].count("\n") + 1, match[1], match[2])


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The parts of the repository that samples use, in a folder of their own."""
    for name in ("examples", "docs"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("out"))
    return tmp_path


def run(command: list[str] | str, checkout: Path) -> subprocess.CompletedProcess[str]:
    """Run a command in the checkout with a data folder of its own and ``studio`` on the path."""
    environment = {
        **os.environ,
        "STUDIO_DATA": str(checkout / "data"),
        "STUDIO_LANG": "en",
        "STUDIO_PASSPHRASE": "correct horse battery",
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    return subprocess.run(
        command, shell=isinstance(command, str), cwd=checkout, env=environment, text=True, timeout=120,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def test_there_are_samples() -> None:
    assert len(list(samples())) >= 5


@pytest.mark.parametrize("sample", list(samples()), ids=str)
def test_sample(sample: Sample, checkout: Path) -> None:
    if sample.language == "console":
        run_console(sample.text, checkout)
    elif sample.language == "yaml":
        (checkout / "sample.yaml").write_text(sample.text)
        done = run(["studio", "validate", "sample.yaml"], checkout)
        assert done.returncode == 0, done.stdout
    elif sample.language == "python":
        (checkout / "sample.py").write_text(sample.text)
        done = run([sys.executable, "sample.py"], checkout)
        assert done.returncode == 0, done.stdout
    else:
        pytest.fail(f"samples in {sample.language} are not run")


def run_console(text: str, checkout: Path) -> None:
    """Run each command; every shown line must stand in its output, in order, where ``…`` stands for anything."""
    for block in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, shown = block.partition("\n")
        done = run(command, checkout)
        place = 0
        for line in shown.splitlines():
            wanted = re.compile(r".*?".join(map(re.escape, line.strip().split("…"))))
            match = wanted.search(done.stdout, place)
            assert match is not None, f"$ {command}\nwanted: {line}\ngot:\n{done.stdout}"
            place = match.end()
