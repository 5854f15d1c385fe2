"""Servers for the tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.server.kit import Api, running_api


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    """A server on SQLite that also runs executions."""
    async with running_api(tmp_path / "data") as running:
        yield running


@pytest.fixture(params=["sqlite", "postgres"])
async def either(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Api]:
    """A server on each database in turn."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else None
    async with running_api(tmp_path / "data", db=url) as running:
        yield running
