"""A server for the tests of the client."""

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
