"""The import checker sees every way to import, and refuses what points the wrong way."""

from pathlib import Path

import pytest

from tools import imports
from tools.imports import Import, refuse


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("domain/ids.py", "studio.contracts.store"),
        ("expressions/_parser.py", "studio.sdk"),
        ("engine/driver.py", "studio.storage"),
        ("services/run.py", "studio.storage.open"),
        ("cli/run.py", "studio.services.run"),
        ("engine/plan.py", "studio.nodes.text.slugify"),
        ("nodes/text/slugify.py", "studio.nodes.list.filter"),
        ("bootstrap.py", "studio.nodes.text"),
        ("nodes/text/slugify.py", "studio.contracts.http"),
        ("newroom/a.py", "studio.sdk"),
    ],
)
def test_refused(file: str, name: str) -> None:
    assert refuse(Import(file, 1, name)) is not None


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("engine/driver.py", "studio.contracts.store"),
        ("engine/driver.py", "studio.domain.errors"),
        ("nodes/text/slugify.py", "studio.sdk"),
        ("nodes/text/slugify.py", "studio.nodes.text._case"),
        ("bootstrap.py", "studio.storage"),
        ("cli/run.py", "studio.bootstrap"),
        ("cli/run.py", "studio"),
    ],
)
def test_allowed(file: str, name: str) -> None:
    assert refuse(Import(file, 1, name)) is None


def test_imports_inside_functions_and_by_name_are_seen(tmp_path: Path) -> None:
    (tmp_path / "domain").mkdir()
    (tmp_path / "domain" / "a.py").write_text(
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from studio.engine import Engine\n"
        "def f():\n    import studio.storage.open\n    from ..cli import main\n"
        "    import importlib\n    importlib.import_module('studio.nodes.text')\n    __import__('studio.net')\n"
    )
    found = list(imports.imports(tmp_path))
    assert {one.name for one in found} == {
        "studio.engine.Engine",
        "studio.storage.open",
        "studio.cli.main",
        "studio.nodes.text",
        "studio.net",
    }
    assert len(imports.check(found)) == 5


def test_an_exception_must_be_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "EXCEPTIONS", {("domain/a.py", "engine"): "reason"})
    assert imports.check([Import("domain/a.py", 3, "studio.engine.api")]) == []
    assert "not needed" in imports.check([])[0]
