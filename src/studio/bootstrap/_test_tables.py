"""Data tables for test runs of nodes: the real ones, in a database of their own."""

from __future__ import annotations

import time
from pathlib import Path

from studio.domain.ids import DEFAULT_WORKSPACE
from studio.services.tables.tables import TableStore
from studio.services.tables.using import ExecutionTables
from studio.storage import Opened, open_store


class ScratchTables(ExecutionTables):
    """Closes its database in the end. Implements ``studio.testing.OpenTables``."""

    def __init__(self, opened: Opened) -> None:
        store = TableStore(opened.store.records, lambda: time.time_ns() // 1000)
        super().__init__(store, DEFAULT_WORKSPACE, "example")
        self._opened = opened

    async def close(self) -> None:
        """Let go of the database."""
        await self._opened.close()


async def open_tables(folder: Path) -> ScratchTables:
    """The data tables of a database in a folder, which is made where there is none."""
    return ScratchTables(await open_store(None, folder))
