"""Stores for the tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from studio.storage import Opened, SqlStore
from tests.fixtures.postgres import postgres_cluster, postgres_url
from tests.storage.kit import Place

__all__ = ["postgres_cluster", "postgres_url"]


@pytest.fixture(params=["sqlite", "postgres"])
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Place]:
    """A place of each kind in turn."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else None
    here = Place(url, tmp_path / "data")
    yield here
    await here.close()


@pytest.fixture
async def opened(place: Place) -> Opened:
    """A store of each kind in turn."""
    return await place.open()


@pytest.fixture
def store(opened: Opened) -> SqlStore:
    """Its store."""
    return opened.store


@pytest.fixture
async def lite(tmp_path: Path) -> AsyncIterator[Place]:
    """A place with SQLite."""
    here = Place(None, tmp_path / "data")
    yield here
    await here.close()


@pytest.fixture
async def remote(postgres_url: str, tmp_path: Path) -> AsyncIterator[Place]:
    """A place with Postgres."""
    here = Place(postgres_url, tmp_path / "data")
    yield here
    await here.close()
