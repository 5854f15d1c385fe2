"""Engines on every store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from studio.engine import Engine
from tests.engine import kit


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[Engine]:
    """A started engine on SQLite."""
    async with kit.engine(tmp_path / "data") as one:
        yield one
