"""Data tables on each database."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from studio.domain.access import Actor, ActorKind
from studio.services.tables.tables import TableStore
from studio.services.tables.using import ExecutionTables
from studio.storage import Opened
from tests.storage.kit import Place

ADA = Actor(kind=ActorKind.PERSON, id="ada", name="Ada", workspace="default")


@dataclass
class Ground:
    """A database, the tables in it, and a clock that can be moved on."""

    place: Place
    opened: Opened
    ahead: int = 0
    store: TableStore = field(init=False)

    def __post_init__(self) -> None:
        self.store = self.another()

    def clock(self) -> int:
        """This machine's time, or later."""
        return time.time_ns() // 1000 + self.ahead

    def another(self) -> TableStore:
        """The same tables as another process has them, which shares no locks with this one."""
        return TableStore(self.opened.store.records, self.clock)

    def tables(self, workspace: str = "default", store: TableStore | None = None) -> ExecutionTables:
        """The tables as an execution in a workspace sees them."""
        return ExecutionTables(store or self.store, workspace, "01execution")


@pytest.fixture(params=["sqlite", "postgres"])
async def ground(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Ground]:
    """On SQLite and on Postgres."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else None
    place = Place(url, tmp_path / "data")
    yield Ground(place, await place.open())
    await place.close()
