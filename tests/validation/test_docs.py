"""The page about workflow files: its samples run, its tables are complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from studio.catalog import Catalog
from studio.domain.workflow import Node, Settings, Workflow
from studio.validation import check, load, save

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "workflow.md").read_text(encoding="utf-8")
EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "examples").rglob("*.yaml"))
SOUND = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
WRONG = re.findall(r"^```yaml wrong\n(.*?)^```\n```text\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def table(heading: str) -> set[str]:
    """First column of the first table below a heading."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    first = re.search(r"(?:^\|.*\n)+", section, re.MULTILINE)
    assert first is not None
    return {
        key for row in re.findall(r"^\| (`.*?) \|", first[0], re.MULTILINE) for key in re.findall(r"`([^`]+)`", row)
    }


@pytest.mark.parametrize("sample", SOUND)
def test_sound_samples_have_no_problems(catalog: Catalog, sample: str) -> None:
    assert [str(problem) for problem in check(load(sample), catalog)] == []


@pytest.mark.parametrize(("sample", "expected"), WRONG)
def test_wrong_samples_have_the_problems_that_are_shown(catalog: Catalog, sample: str, expected: str) -> None:
    assert [str(problem) for problem in check(load(sample), catalog)] == expected.splitlines()


def test_there_are_samples() -> None:
    assert len(SOUND) >= 4
    assert len(WRONG) == PAGE.count("```yaml wrong")


def test_the_tables_name_every_key() -> None:
    assert table("Nodes") == {info.alias or name for name, info in Node.model_fields.items()}
    assert table("Settings") == set(Settings.model_fields)
    assert table("The document") == set(Workflow.model_fields)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_the_examples_are_sound(catalog: Catalog, path: Path) -> None:
    loaded = load(path.read_bytes(), source=path.name)
    assert [str(problem) for problem in check(loaded, catalog)] == []
    assert loaded.workflow is not None
    assert load(save(loaded.workflow)).workflow == loaded.workflow
