"""Engines on every store."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from studio.engine import Engine
from tests.engine import kit
from tests.engine.gates import Gate, new_gate


@pytest.fixture(params=["sqlite", "postgres"])
async def engine(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Engine]:
    """A started engine on each database."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else None
    async with kit.engine(tmp_path / "data", db=url) as one:
        yield one


@pytest.fixture
def gate() -> Iterator[Gate]:
    """A place where ``lab.gate`` nodes wait for the test."""
    with new_gate() as one:
        yield one
