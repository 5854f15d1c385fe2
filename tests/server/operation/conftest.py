"""Servers whose background work the tests do by hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from studio.domain.settings import ServerSettings
from tests.server.kit import Api, running_api

TOKEN = "metrics-token-for-tests"
FREE = ServerSettings(port=0, requests_per_minute=0, metrics_token=TOKEN)


@pytest.fixture
async def operated(tmp_path: Path) -> AsyncIterator[Api]:
    """A server on SQLite that counts and keeps to quotas."""
    async with running_api(tmp_path / "data", settings=FREE) as running:
        await running.platform.operation.begin(serving=False)
        try:
            yield running
        finally:
            await running.platform.operation.end()


@pytest.fixture(params=["sqlite", "postgres"])
async def operated_either(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Api]:
    """The same on each database in turn."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else None
    async with running_api(tmp_path / "data", db=url, settings=FREE) as running:
        await running.platform.operation.begin(serving=False)
        try:
            yield running
        finally:
            await running.platform.operation.end()


@pytest.fixture
async def hanging() -> AsyncIterator[str]:
    """The address of a server that takes requests and answers none, so that who asks it goes on running."""
    writers: list[asyncio.StreamWriter] = []

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        await reader.read()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    finally:
        for writer in writers:
            writer.close()
        server.close()
