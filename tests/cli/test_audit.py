"""Checking audit logs by the command line."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from studio.bootstrap import Settings, Studio
from studio.domain.access import Actor
from studio.services.auditing import entry


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with a log."""

    async def fill() -> None:
        async with Studio(Settings(data=tmp_path / "data")) as studio:
            await studio.open()
            drafts = [entry(Actor(id="ada"), "thing.changed", id=str(one), workspace="default") for one in range(9)]
            await studio.opened.store.records.commit([], drafts)

    asyncio.run(fill())
    return tmp_path / "data"


def test_a_log_that_is_right(cli: Any, folder: Path) -> None:
    found = cli("audit", "verify", "--data", str(folder))
    assert "default is right: 9 entries" in found.out
    assert "_instance is right: 0 entries" in found.out
    whole = cli("audit", "verify", "--workspace", "default", "--json", "--data", str(folder)).json
    assert whole == {"right": True, "logs": [{"workspace": "default", "entries": 9, "broken": None}]}
    assert "no workspace nope" in cli("audit", "verify", "--workspace", "nope", "--data", str(folder), code=1).err


@pytest.mark.parametrize(
    ("statement", "seq", "kind"),
    [
        ("DELETE FROM audit WHERE seq = 4", 4, "missing"),
        ("DELETE FROM audit WHERE seq > 6", 7, "missing"),
        ("UPDATE audit SET value = (SELECT value FROM audit WHERE seq = 2) WHERE seq = 5", 5, "changed"),
        ("UPDATE audit SET at = at - 1 WHERE seq = 3", 3, "chain"),
        ("UPDATE audit_heads SET seq = 8, chain = (SELECT chain FROM audit WHERE seq = 8)", 8, "head"),
    ],
)
def test_the_place_is_named(cli: Any, folder: Path, statement: str, seq: int, kind: str) -> None:
    file = next(folder.glob("*.db"))
    with sqlite3.connect(file) as connection:
        connection.execute(statement)
    connection.close()
    found = cli("audit", "verify", "--workspace", "default", "--json", "--data", str(folder), code=1).json
    assert (found["right"], found["logs"][0]["broken"]) == (False, {"seq": seq, "kind": kind})
    shown = cli("audit", "verify", "--data", str(folder), code=1)
    assert f"entry {seq}" in shown.out
