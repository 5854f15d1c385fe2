"""Making the values of a column anew, while the table says so and nobody else writes its rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import msgspec

from studio.contracts.records import AuditDraft, Change
from studio.domain.errors import RecordTaken, StudioError, UserError
from studio.services._clock import Clock
from studio.services._collection import Kept
from studio.services.tables.model import Column, DataTable, Shelf, Work
from studio.services.tables.rows import RowPuts, not_unique

_LEASE = 60_000_000
"""Microseconds without a sign of life after which whoever changes a column counts as gone."""
_BATCH = 100


class Remaking:
    """A column whose values are made anew; the table says so, and whoever else writes is told to wait."""

    def __init__(self, shelf: Shelf, workspace: str, table: Kept[DataTable], column: Column, clock: Clock) -> None:
        self._shelf = shelf
        self._workspace = workspace
        self._table = table
        self._column = column
        self._clock = clock
        self._revision = table.revision

    async def begin(self, expected: int | None) -> None:
        self._revision = self._table.revision if expected is None else expected
        await self._commit(self._at_work())

    def _at_work(self) -> DataTable:
        work = Work(column=self._column, until=self._clock() + _LEASE)
        return msgspec.structs.replace(self._table.value, next=self._table.value.next + 1, work=work)

    async def _commit(self, table: DataTable, rows: Sequence[Change] = (), told: Sequence[AuditDraft] = ()) -> None:
        put = self._shelf.tables.put(self._workspace, self._table.id, table, expected=self._revision)
        self._revision, *_ = await self._shelf.records.commit([put, *rows], told)

    async def rows(self, value: Callable[[dict[str, Any]], Any]) -> None:
        columns = [*self._table.value.columns, self._column]
        claimed = RowPuts(self._shelf, self._workspace, self._table, columns)
        after: tuple[str, str] | None = None
        while True:
            page = await self._shelf.rows.page(self._workspace, parent=self._table.id, after=after, limit=_BATCH)
            changes: list[Change] = []
            for row in page.items:
                made = value(row.value.cells)
                if made is None and self._column.required:
                    raise UserError("data_table.required", "{column} must have a value.", column=self._column.name).at(
                        param=self._column.name
                    )
                if made is not None:
                    cells = {**row.value.cells, self._column.id: made}
                    changes.append(await claimed.put(row.id, cells, expected=row.revision))
            try:
                await self._commit(self._at_work(), changes)
            except RecordTaken:
                raise not_unique(await claimed.taken(frozenset(row.id for row in page.items))) from None
            after = page.after
            if after is None:
                return

    async def end(self, columns: list[Column], told: Sequence[AuditDraft], dropped: list[str]) -> None:
        table = msgspec.structs.replace(
            self._table.value, columns=columns, next=self._table.value.next + 1,
            dropped=[*self._table.value.dropped, *dropped],
        )  # fmt: skip
        await self._commit(table, told=told)

    async def give_up(self) -> None:
        """Leave the table as it was."""
        table = msgspec.structs.replace(
            self._table.value, next=self._table.value.next + 1, dropped=[*self._table.value.dropped, self._column.id]
        )
        with suppress(StudioError):
            await self._commit(table)
