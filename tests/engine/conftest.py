"""Engines on every store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from studio.engine import Engine
from tests.engine import kit
from tests.fixtures.postgres import postgres_cluster, postgres_url

__all__ = ["engine", "postgres_cluster", "postgres_url"]


@pytest.fixture(params=["sqlite", "postgres"])
async def engine(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Engine]:
    """A started engine on each database."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else None
    async with kit.engine(tmp_path / "data", db=url) as one:
        yield one
