"""No statement walks through a table that grows: each finds its rows by an index, also without statistics."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import apsw
import pytest

from studio.storage import _plans, open_store
from studio.storage._plans import listing
from studio.storage._statement import Bound, Statement

GROW = ("executions", "journal", "inbox", "node_runs", "execution_tags", "idempotency", "cache", "blob_refs")
PARTIAL = ("executions_queue", "executions_behind", "executions_due", "executions_owner", "executions_retention")
"""Indexes that hold only what waits for something."""

ONCE = {
    ("refs", "_LIVE"),
    ("upkeep", "_COUNTS"),
    ("upkeep", "_SUMS"),
    ("operating", "_JOURNALS"),
    ("operating", "_BLOBS"),
    ("operating", "_FILES"),
}
"""Statements that are about everything by nature: collecting blobs, the doctor's sums, and what each workspace stores,
which one of all servers measures every ten minutes."""


def statements() -> Iterator[tuple[str, str, Statement]]:
    for info in pkgutil.iter_modules(_plans.__path__):
        for name, value in vars(import_module(f"{_plans.__name__}.{info.name}")).items():
            for each in value if isinstance(value, tuple) else (value,):
                if isinstance(each, Statement) and (info.name, name) not in ONCE:
                    yield info.name, name, each


@pytest.fixture
async def connection(tmp_path: Path) -> Any:
    opened = await open_store(None, tmp_path)
    await opened.close()
    return apsw.Connection(str(tmp_path / "studio.db"))


def walks(connection: Any, bound: Bound) -> list[str]:
    """Steps that go through a whole table that grows, or through all that a workspace has in it."""
    values = [None] * max((int(number) for number in re.findall(r"\?(\d+)", bound.text)), default=0)
    steps = [row[-1] for row in connection.execute(f"EXPLAIN QUERY PLAN {bound.text}", values)]
    grows = {f" {name}" for name in GROW} | {f" {alias}" for alias in aliases(bound.text)}
    found: list[str] = []
    for step in steps:
        named = any(f"{name} " in f"{step} " for name in grows)
        wide = step.startswith("SCAN") or step.endswith("(workspace=?)")
        if named and wide and not any(index in step for index in PARTIAL):
            found.append(step)
    return found


def aliases(text: str) -> Iterator[str]:
    """Short names of those tables in a statement."""
    words = text.replace("(", " ").replace(",", " ").split()
    for place, word in enumerate(words[:-2]):
        if word in GROW and words[place + 1] == "AS":
            yield words[place + 2]


async def test_statements_find_their_rows_by_an_index(connection: Any) -> None:
    found = [
        (module, name, walk)
        for module, name, statement in statements()
        for bound in (*statement.sqlite, *(statement.sqlite_one if statement.batch else ()))
        for walk in walks(connection, bound)
    ]
    assert found == []


@pytest.mark.parametrize("more", [{"from_id"}, {"from_id", "before"}])
@pytest.mark.parametrize("by", [set[str](), {"status"}, {"workflow_name", "status"}])
async def test_lists_of_a_time_read_only_what_is_of_it(connection: Any, more: set[str], by: set[str]) -> None:
    bound = listing._listing(frozenset(more | by)).sqlite[0]
    steps = [row[-1] for row in connection.execute(f"EXPLAIN QUERY PLAN {bound.text}", [None] * len(bound.names))]
    (step,) = [each for each in steps if " e " in f"{each} "]
    assert step.startswith("SEARCH")
    assert "id>?" in step


@pytest.mark.parametrize("more", [set[str](), {"before"}, {"from_id", "before"}])
async def test_a_tag_and_a_status_are_one_question_to_one_index(connection: Any, more: set[str]) -> None:
    """However many have the tag, and however many the status: only what has both is read."""
    bound = listing._tagged(frozenset({"tag", "status"} | more)).sqlite[0]
    steps = [row[-1] for row in connection.execute(f"EXPLAIN QUERY PLAN {bound.text}", [None] * len(bound.names))]
    assert any("execution_tags_status (workspace=? AND tag=? AND status=?" in step for step in steps), steps
    assert not any("TEMP B-TREE" in step for step in steps)


async def test_a_name_and_a_status_are_one_question_to_one_index(connection: Any) -> None:
    bound = listing._listing(frozenset({"workflow_name", "status"})).sqlite[0]
    steps = [row[-1] for row in connection.execute(f"EXPLAIN QUERY PLAN {bound.text}", [None] * len(bound.names))]
    assert any("executions_workflow (workspace=? AND workflow_name=? AND status=?" in step for step in steps), steps
    assert not any("TEMP B-TREE" in step for step in steps)


async def test_a_walk_is_noticed(connection: Any) -> None:
    for text in (
        "SELECT e.id, e.status FROM executions AS e WHERE e.workspace = :workspace AND e.id {in ids}",
        "SELECT id FROM inbox WHERE kind = :kind",
    ):
        statement = Statement(text, fetch=2)
        assert walks(connection, statement.sqlite[0]), text
