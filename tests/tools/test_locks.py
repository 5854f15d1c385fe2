"""The locks hold pins and hashes, and agree with pyproject.toml."""

from pathlib import Path

import pytest

from tools import locks


@pytest.mark.parametrize("kind", ["run", "dev"])
def test_the_locks_of_the_project(kind: str) -> None:
    assert locks.check(kind) == []


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "requirements").mkdir()
    (tmp_path / "pyproject.toml").write_text(
        '[project]\ndependencies = ["a-b==1.0"]\n[project.optional-dependencies]\ntables = ["c==2"]\n'
        '[dependency-groups]\nbuild = ["d==3"]\ndev = [{include-group = "build"}, "e[x]==4"]\n'
    )
    monkeypatch.setattr(locks, "ROOT", tmp_path)
    return tmp_path


def test_agreement(project: Path) -> None:
    lines = [f"{pin} \\\n    --hash=sha256:{'0' * 64}\n" for pin in ("A_b==1.0", "c==2", "d==3 ; x", "e==4")]
    (project / "requirements" / "dev.lock").write_text("".join(lines))
    assert locks.check("dev") == []
    (project / "requirements" / "dev.lock").write_text("".join(lines[:3]))
    assert locks.check("dev") == ["dev.lock has e None, pyproject.toml 4: run make locks"]


@pytest.mark.parametrize("extra", ["--index-url https://example.org/simple", "--find-links wheels", "# made by a tool"])
def test_no_addresses(project: Path, extra: str) -> None:
    (project / "requirements" / "run.lock").write_text(f"{extra}\na-b==1.0\nc==2\nd==3\n")
    assert locks.check("run") == ["run.lock holds more than pins and hashes"]
