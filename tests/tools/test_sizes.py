"""The size checker counts what it says it counts."""

from pathlib import Path

import pytest

from tools import sizes


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "src").mkdir()
    monkeypatch.setattr(sizes, "ROOT", tmp_path)
    return tmp_path


def test_a_docstring_is_not_counted(project: Path) -> None:
    (project / "src" / "a.py").write_text('def f():\n    """One.\n\n    Two.\n    """\n    x = 1\n    return x\n')
    assert dict(sizes.function_sizes()) == {"src/a.py:f": 2}
    assert dict(sizes.file_sizes()) == {"src/a.py": 7}


def test_what_is_too_large_fails_unless_listed(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "src" / "a.py").write_text("x = 1\n" * 501)
    assert sizes.main() == 1
    monkeypatch.setattr(sizes, "LARGE_FILES", {"src/a.py": "a table"})
    assert sizes.main() == 0
    (project / "src" / "a.py").write_text("x = 1\n")
    assert sizes.main() == 1, "an entry that is not needed any more is a problem"


@pytest.mark.parametrize("line", ["# TO" + "DO later", "see /wo" + "rk/main/x", "/ro" + "ot/.cache/a"])
def test_forbidden_lines(project: Path, line: str) -> None:
    (project / "src" / "a.py").write_text(f"x = 1\n{line}\n")
    (found,) = sizes.forbidden()
    assert found.startswith("src/a.py:2:")


@pytest.mark.parametrize("line", ["/usr/lib/postgresql", "https://example.org/work/x", "~/work/x", "a/home/b"])
def test_allowed_lines(project: Path, line: str) -> None:
    (project / "src" / "a.py").write_text(f"x = {line!r}\n")
    assert sizes.forbidden() == []
