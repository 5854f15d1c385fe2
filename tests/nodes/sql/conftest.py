"""Databases of the tests' own Postgres."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pytest

from studio.testing import _examples
from tests.fixtures.postgres import Cluster


@contextmanager
def database(cluster: Cluster) -> Generator[dict[str, Any]]:
    """Address of an empty database."""
    name = cluster.database(made=False)
    yield {
        "host": "127.0.0.1", "port": cluster.port, "user": "studio", "password": cluster.password, "database": name,
    }  # fmt: skip
    cluster.drop(name)


@pytest.fixture(scope="session")
def server(postgres_cluster: Cluster) -> Iterator[dict[str, Any]]:
    """Address of a database as the nodes' ``server``."""
    with database(postgres_cluster) as facts:
        yield facts


@pytest.fixture
def allow(server: dict[str, Any]) -> list[str]:
    return [f"{server['host']}:{server['port']}"]


@pytest.fixture
def postgres_of_examples(postgres_cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """Examples that want a Postgres get an empty database each, where they would start a server each."""

    @asynccontextmanager
    async def empty() -> AsyncGenerator[dict[str, Any]]:
        with database(postgres_cluster) as facts:
            yield facts

    monkeypatch.setattr(_examples, "postgres", empty)
