"""Data tables, as people and keys use them through the API, and as executions do through their nodes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any

from studio.contracts.records import AuditDraft, Records
from studio.domain.access import Actor
from studio.domain.errors import StudioError, UserError
from studio.services._clock import Clock
from studio.services._collection import Kept
from studio.services.auditing import entry
from studio.services.tables.altering import Altering
from studio.services.tables.files import Exporter, Format, Sheet, read_csv
from studio.services.tables.filters import filter_of
from studio.services.tables.model import MOST_AT_ONCE, DataTable, Shelf, StoredRow
from studio.services.tables.rows import new_cells
from studio.services.tables.scanning import After, RowPage, Scanner
from studio.services.tables.writing import Mutate, Told, Writer


class TableStore:
    """Where tables are: reading, writing and altering, for whoever may."""

    def __init__(self, records: Records, clock: Clock) -> None:
        self.shelf = Shelf(records)
        self.scanner = Scanner(self.shelf)
        self.writer = Writer(self.shelf, self.scanner, clock)
        self.altering = Altering(self.shelf, self.scanner, clock)


class Tables:
    """The tables of an actor's workspace. Whoever calls has checked the permission.

    Args:
        store: Where they are.
        spend: Refuses to write where the workspace has used up its storage.
    """

    def __init__(self, store: TableStore, spend: Callable[[str], None]) -> None:
        self._store = store
        self._spend = spend
        self._exporter = Exporter(store.scanner)

    @property
    def altering(self) -> Altering:
        """Making tables and changing their columns."""
        return self._store.altering

    async def all(self, actor: Actor) -> list[Kept[DataTable]]:
        """Every table, by name."""
        await self._store.altering.settling.settle(actor.workspace)
        return await self._store.scanner.tables(actor.workspace)

    async def get(self, actor: Actor, reference: str) -> tuple[Kept[DataTable], int]:
        """A table, and how many rows it has.

        Raises:
            NotFound: There is none of that id or name.
        """
        table = await self._store.scanner.table(actor.workspace, reference)
        return table, await self._store.scanner.count(actor.workspace, table, filter_of(table.value, None))

    async def rows(
        self,
        actor: Actor,
        reference: str,
        where: Any,
        *,
        sort: str | None,
        descending: bool,
        limit: int,
        after: After | None,
    ) -> tuple[Kept[DataTable], RowPage]:
        """A page of rows.

        Raises:
            NotFound: There is no such table.
            UserError: The filter is none, or names a column that is not there.
        """
        table = await self._store.scanner.table(actor.workspace, reference)
        page = await self._store.scanner.find(
            actor.workspace, table, filter_of(table.value, where), sort=sort, descending=descending, limit=limit,
            after=after,
        )  # fmt: skip
        return table, page

    async def count(self, actor: Actor, reference: str, where: Any) -> int:
        """How many rows fit."""
        table = await self._store.scanner.table(actor.workspace, reference)
        return await self._store.scanner.count(actor.workspace, table, filter_of(table.value, where))

    async def row(self, actor: Actor, reference: str, id: str) -> tuple[Kept[DataTable], Kept[StoredRow]]:
        """One row.

        Raises:
            NotFound: There is no such table or row.
        """
        table = await self._store.scanner.table(actor.workspace, reference)
        return table, await self._store.scanner.row(actor.workspace, table, id)

    async def insert(self, actor: Actor, reference: str, rows: Sequence[Mapping[str, Any]]) -> list[str]:
        """Add rows, all or none; their ids in order."""
        self._spend(actor.workspace)
        done = await self._store.writer.insert(actor.workspace, reference, rows, told=_told(actor, "table.rows_added"))
        return done.ids

    async def patch(
        self, actor: Actor, reference: str, id: str, values: Mapping[str, Any], expected: int | None
    ) -> tuple[Kept[DataTable], Kept[StoredRow]]:
        """Set values of one row.

        Raises:
            NotFound: There is no such table or row.
            RecordChanged: It has another revision.
        """
        self._spend(actor.workspace)
        told = _told(actor, "table.rows_changed")
        await self._store.writer.patch(actor.workspace, reference, id, values, expected=expected, told=told)
        return await self.row(actor, reference, id)

    async def upsert(
        self, actor: Actor, reference: str, column: str, values: Mapping[str, Any]
    ) -> tuple[Kept[DataTable], Kept[StoredRow], bool]:
        """Change the row that has this value in a unique column, or make it; whether it was made."""
        self._spend(actor.workspace)
        told = _told(actor, "table.rows_changed")
        done = await self._store.writer.upsert(actor.workspace, reference, column, [values], told=told)
        return *(await self.row(actor, reference, done.ids[0])), done.created

    async def change(self, actor: Actor, reference: str, where: Any, mutate: Mutate) -> int:
        """Change every row that fits, 1,000 in one transaction each; how many there were."""
        self._spend(actor.workspace)
        told = _told(actor, "table.rows_changed")
        total, after = 0, ""
        while True:
            done = await self._store.writer.change(
                actor.workspace, reference, where, mutate, after=after, told=told
            )  # fmt: skip
            total += done.count
            if done.after is None:
                return total
            after = done.after

    async def delete(self, actor: Actor, reference: str, where: Any) -> int:
        """Delete every row that fits, 1,000 in one transaction each; how many there were."""
        told = _told(actor, "table.rows_deleted")
        total, after = 0, ""
        while True:
            done = await self._store.writer.delete(actor.workspace, reference, where, after=after, told=told)
            total += done.count
            if done.after is None:
                return total
            after = done.after

    async def delete_row(self, actor: Actor, reference: str, id: str, expected: int | None) -> None:
        """Delete one row.

        Raises:
            NotFound: There is no such table or row.
            RecordChanged: It has another revision.
        """
        await self.row(actor, reference, id)
        await self._store.writer.delete(
            actor.workspace, reference, {"column": "id", "value": id}, expected=expected,
            told=_told(actor, "table.rows_deleted"),
        )  # fmt: skip

    async def export(
        self, actor: Actor, reference: str, where: Any, format: Format, *, safe: bool
    ) -> tuple[Kept[DataTable], AsyncIterator[bytes]]:
        """A table as a file, in pieces. The audit log has told of it before the first comes."""
        table = await self._store.scanner.table(actor.workspace, reference)
        wanted = filter_of(table.value, where)
        told = entry(
            actor, "table.exported", kind="table", id=table.id, name=table.value.name,
            after={"format": format, "filtered": wanted.test is not None},
        )  # fmt: skip
        await self._store.shelf.records.commit([], [told])
        return table, self._exporter.pieces(actor.workspace, table, wanted, format, safe=safe)

    async def take(
        self, actor: Actor, reference: str, content: bytes, *, delimiter: str, upsert: str | None, key: str | None
    ) -> int:
        """Add the rows of a CSV file, or with ``upsert`` change those that have the same value in that column.

        Every cell is checked before the first row is written; rows are written 1,000 in one transaction each.

        Raises:
            UserError: The file does not fit; names the line.
            Conflict: A unique value is there already, or the table is full.
        """
        self._spend(actor.workspace)
        table = await self._store.scanner.table(actor.workspace, reference)
        sheet = await asyncio.to_thread(_read, table.value, content, delimiter, upsert is None)
        told = _told(actor, "table.rows_imported")
        origin = f"import {actor.key or actor.id} {table.id} {key}" if key else ""
        for start in range(0, len(sheet.rows), MOST_AT_ONCE):
            rows = sheet.rows[start : start + MOST_AT_ONCE]
            part = f"{origin} {start}" if origin else ""
            if upsert is None:
                await self._store.writer.insert(actor.workspace, table.id, rows, key=part, told=told)
            else:
                await self._store.writer.upsert(actor.workspace, table.id, upsert, rows, key=part, told=told)
        return len(sheet.rows)


def _read(table: DataTable, content: bytes, delimiter: str, new: bool) -> Sheet:
    """The rows of a file, with ``new`` only where each could be added."""
    sheet = read_csv(table, content, delimiter)
    for row, line in zip(sheet.rows, sheet.lines, strict=True) if new else ():
        try:
            new_cells(table, row)
        except UserError as error:
            raise _in_line(error, line) from None
    return sheet


def _in_line(error: StudioError, line: int) -> StudioError:
    error.param = f"line {line}: {error.param}" if error.param else f"line {line}"
    return error


def _told(actor: Actor, action: str) -> Told:
    def told(table: Kept[DataTable], count: int) -> Sequence[AuditDraft]:
        return [entry(actor, action, kind="table", id=table.id, name=table.value.name, after={"rows": count})]

    return told
