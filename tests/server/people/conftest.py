"""Servers that send mail."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.server.kit import Api
from tests.server.people.mails import Postbox, posting_api


@pytest.fixture
async def posting(tmp_path: Path) -> AsyncIterator[tuple[Api, Postbox]]:
    """A server that sends mail, and where it ends up."""
    async with posting_api(tmp_path / "posting") as running:
        yield running
