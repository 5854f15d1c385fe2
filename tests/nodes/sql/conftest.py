"""A Postgres of our own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from studio.testing import SetupMissingError, postgres


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def server() -> AsyncIterator[dict[str, Any]]:
    """Address of a private Postgres as the nodes' ``server``."""
    try:
        async with postgres() as facts:
            yield {name: facts[name] for name in ("host", "port", "user", "password", "database")}
    except SetupMissingError as error:
        pytest.skip(str(error))


@pytest.fixture
def allow(server: dict[str, Any]) -> list[str]:
    return [f"{server['host']}:{server['port']}"]
