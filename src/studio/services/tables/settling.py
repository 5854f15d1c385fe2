"""What a deleted table, a dropped column or a crash leaves in rows is not seen, and is taken out here."""

from __future__ import annotations

from contextlib import suppress

import msgspec

from studio.contracts.records import Change
from studio.domain.errors import RecordChanged
from studio.services._clock import Clock
from studio.services._collection import Kept
from studio.services.tables.model import DataTable, Shelf, StoredRow, TableBusy
from studio.services.tables.rows import RowPuts

_BATCH = 100
_TRIES = 20


class Settling:
    """Cleans up behind changes of tables."""

    def __init__(self, shelf: Shelf, clock: Clock) -> None:
        self._shelf = shelf
        self._clock = clock

    async def settle(self, workspace: str) -> None:
        """Finish what a crash has left: rows of tables that are gone, values of columns that are gone."""
        for table in await self._shelf.tables.all(workspace):
            table = await self._released(workspace, table)
            if table.value.deleted:
                await self._drop_rows(workspace, table)
            elif table.value.dropped and table.value.work is None:
                await self._sweep(workspace, table)

    async def free(self, workspace: str, table: Kept[DataTable]) -> Kept[DataTable]:
        """The table, once nobody makes values of it anew. Whoever has stopped doing so is put out of the way first.

        Raises:
            TableBusy: Somebody does.
        """
        table = await self._released(workspace, table)
        if table.value.work is not None:
            raise TableBusy(
                "data_table.changing",
                "The columns of {table} are being changed. Try again shortly.",
                table=table.value.name,
            )
        return table

    async def _released(self, workspace: str, table: Kept[DataTable]) -> Kept[DataTable]:
        work = table.value.work
        if work is None or work.until > self._clock():
            return table
        # With another revision of the table, nothing that they still write is taken.
        freed = msgspec.structs.replace(table.value, work=None, dropped=[*table.value.dropped, work.column.id])
        with suppress(RecordChanged):
            await self._shelf.records.commit(
                [self._shelf.tables.put(workspace, table.id, freed, expected=table.revision)]
            )  # fmt: skip
        return await self._shelf.tables.get(workspace, table.id) or table

    async def _drop_rows(self, workspace: str, table: Kept[DataTable]) -> None:
        while True:
            page = await self._shelf.rows.page(workspace, parent=table.id, limit=_BATCH)
            drops: list[Change] = [self._shelf.rows.drop(workspace, row.id) for row in page.items]
            if not drops:
                break
            await self._shelf.records.commit(drops)
        await self._shelf.records.commit([self._shelf.tables.drop(workspace, table.id)])

    async def _sweep(self, workspace: str, table: Kept[DataTable]) -> None:
        """Take values of columns that are gone out of the rows, then forget about the columns."""
        gone = frozenset(table.value.dropped)
        after: tuple[str, str] | None = None
        while True:
            page = await self._shelf.rows.page(workspace, parent=table.id, after=after, limit=_BATCH)
            await self._swept(workspace, table, [row for row in page.items if gone & row.value.cells.keys()], gone)
            after = page.after
            if after is None:
                break
        for _ in range(_TRIES):
            now = await self._shelf.tables.get(workspace, table.id)
            if now is None:
                return
            left = [id for id in now.value.dropped if id not in gone]
            put = self._shelf.tables.put(
                workspace, table.id, msgspec.structs.replace(now.value, dropped=left), expected=now.revision
            )
            with suppress(RecordChanged):
                await self._shelf.records.commit([put])
                return

    async def _swept(
        self, workspace: str, table: Kept[DataTable], rows: list[Kept[StoredRow]], gone: frozenset[str]
    ) -> None:
        while rows:
            puts = RowPuts(self._shelf, workspace, table, table.value.columns)
            changes: list[Change] = [
                await puts.put(row.id, {id: value for id, value in row.value.cells.items() if id not in gone},
                               expected=row.revision)
                for row in rows
            ]  # fmt: skip
            try:
                await self._shelf.records.commit(
                    [self._shelf.tables.check(workspace, table.id, table.revision), *changes]
                )  # fmt: skip
            except RecordChanged:
                fresh = await self._shelf.tables.get(workspace, table.id)
                if fresh is None or fresh.value.deleted or fresh.value.work is not None:
                    return
                table = fresh
                found = await self._shelf.rows.get_many(workspace, [row.id for row in rows])
                rows = [row for row in found.values() if gone & row.value.cells.keys()]
                continue
            return
