"""Changing rows: each call is one transaction, under the columns as they were read, once per idempotency key."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from weakref import WeakValueDictionary

import msgspec

from studio.contracts.records import ABSENT, AuditDraft, Change
from studio.domain.errors import Conflict, RecordChanged, RecordTaken, UserError
from studio.domain.ids import new_id
from studio.services._clock import Clock
from studio.services._collection import Kept
from studio.services.tables.cells import checked
from studio.services.tables.filters import filter_of
from studio.services.tables.model import (
    LARGEST_PAGE,
    MOST_AT_ONCE,
    MOST_ROWS,
    REMEMBERED,
    Column,
    DataTable,
    Done,
    Shelf,
    StoredRow,
    TableBusy,
)
from studio.services.tables.names import column_of
from studio.services.tables.rows import RowPuts, cells_from, new_cells, not_unique, sound
from studio.services.tables.scanning import Scanner, cell_key
from studio.services.tables.settling import Settling

_TRIES = 50
_RECOUNT = 30_000_000
"""Microseconds after which the number of rows is counted anew, for what other processes have added."""

Told: TypeAlias = Callable[[Kept[DataTable], int], Sequence[AuditDraft]]
"""What the audit log says of a change of so many rows."""
Mutate: TypeAlias = Callable[[DataTable, dict[str, Any]], dict[str, Any]]


def nothing_told(_table: Kept[DataTable], _count: int) -> Sequence[AuditDraft]:
    """Changes that an execution makes stand in its history."""
    return ()


@dataclass(slots=True)
class Attempt:
    """What is to be committed, and what it comes to."""

    done: Done
    changes: list[Change] = field(default_factory=list[Change])
    puts: RowPuts | None = None
    mine: frozenset[str] = frozenset()
    """Ids of the rows that are changed."""
    again: Column | None = None
    """The column of which a taken value means that another has come first, so that it is tried anew."""
    added: int = 0


class Writer:
    """Writes rows."""

    def __init__(self, shelf: Shelf, scanner: Scanner, clock: Clock) -> None:
        self._shelf = shelf
        self._scanner = scanner
        self._clock = clock
        self._settling = Settling(shelf, clock)
        self._locks: WeakValueDictionary[tuple[str, ...], asyncio.Lock] = WeakValueDictionary()
        self._counts: dict[tuple[str, str], tuple[int, int]] = {}

    # The calls

    async def insert(
        self, workspace: str, reference: str, rows: Sequence[Mapping[str, Any]], *, key: str = "",
        told: Told = nothing_told,
    ) -> Done:  # fmt: skip
        """Add rows, all or none; their ids in order.

        Raises:
            UserError: There are too many, or a value does not fit.
            Conflict: A unique value is there already, or the table is full.
        """
        if len(rows) > MOST_AT_ONCE:
            raise UserError("data_table.too_many_rows", "At most {most} rows are added at once.", most=MOST_AT_ONCE)

        async def attempt(table: Kept[DataTable]) -> Attempt:
            await self._room(workspace, table, len(rows))
            puts = RowPuts(self._shelf, workspace, table, table.value.columns)
            # Ids sort by time; those of one call keep the order of its rows.
            ids = sorted(new_id() for _ in rows)
            out = Attempt(Done(ids=ids, count=len(rows), created=True), puts=puts, added=len(rows))
            for index, (id, values) in enumerate(zip(ids, rows, strict=True)):
                try:
                    cells = new_cells(table.value, values)
                    out.changes.append(await puts.put(id, cells, expected=ABSENT))
                except (UserError, Conflict) as error:
                    raise _in_row(error, index, len(rows)) from None
            return out

        return await self._carry_out(workspace, reference, attempt, key, told)

    async def change(
        self, workspace: str, reference: str, where: Any, mutate: Mutate, *, key: str = "", after: str = "",
        told: Told = nothing_told,
    ) -> Done:  # fmt: skip
        """Change the cells of rows that fit, those after one with the id ``after``, 1,000 at once.

        Raises:
            UserError: What comes of it does not fit.
            Conflict: A unique value is there already.
        """

        async def attempt(table: Kept[DataTable]) -> Attempt:
            puts = RowPuts(self._shelf, workspace, table, table.value.columns)
            rows, goes_on = await self._some(workspace, table, where, after)
            out = Attempt(Done(count=len(rows), after=goes_on), puts=puts, mine=frozenset(row.id for row in rows))
            for row in rows:
                cells = sound(table.value, mutate(table.value, row.value.cells))
                out.changes.append(await puts.put(row.id, cells, expected=row.revision))
            return out

        async with self._lock(workspace, reference, where):
            return await self._carry_out(workspace, reference, attempt, key, told)

    async def patch(
        self, workspace: str, reference: str, id: str, values: Mapping[str, Any], *, expected: int | None = None,
        told: Told = nothing_told,
    ) -> Done:  # fmt: skip
        """Set values of one row.

        Raises:
            NotFound: There is no such row.
            RecordChanged: It has another revision than ``expected``.
        """

        async def attempt(table: Kept[DataTable]) -> Attempt:
            row = await self._scanner.row(workspace, table, id)
            puts = RowPuts(self._shelf, workspace, table, table.value.columns)
            cells = sound(table.value, {**row.value.cells, **cells_from(table.value, values)})
            revision = row.revision if expected is None else expected
            put = await puts.put(id, cells, expected=revision)
            return Attempt(Done(ids=[id], count=1), [put], puts, frozenset([id]))

        async with self._lock(workspace, reference, {"column": "id", "value": id}):
            return await self._carry_out(workspace, reference, attempt, "", told, strict=expected is not None)

    async def upsert(
        self,
        workspace: str,
        reference: str,
        name: str,
        rows: Sequence[Mapping[str, Any]],
        *,
        key: str = "",
        told: Told = nothing_told,
    ) -> Done:
        """For each row, change the one that has its value in a unique column, or make it; all or none.

        Raises:
            UserError: The column is not unique, or a row does not hold it.
            Conflict: Two rows have the same value in it, or another unique value is there already.
        """
        if len(rows) > MOST_AT_ONCE:
            raise UserError("data_table.too_many_rows", "At most {most} rows are added at once.", most=MOST_AT_ONCE)

        async def attempt(table: Kept[DataTable]) -> Attempt:
            column = _key_column(table.value, name)
            puts = RowPuts(self._shelf, workspace, table, table.value.columns)
            ids: list[str] = []
            out = Attempt(Done(ids=ids, count=len(rows)), puts=puts)
            keys, given = await self._keyed(workspace, table, column, rows)
            there = await self._shelf.rows.by_keys(workspace, keys)
            for index, (key, cells) in enumerate(zip(keys, given, strict=True)):
                row = there.get(key)
                try:
                    if row is None:
                        cells = new_cells(table.value, rows[index])
                    else:
                        cells = sound(table.value, {**row.value.cells, **cells})
                    ids.append(row.id if row is not None else new_id())
                    expected = row.revision if row is not None else ABSENT
                    out.changes.append(await puts.put(ids[-1], cells, expected=expected))
                except (UserError, Conflict) as error:
                    raise _in_row(error, index, len(rows)) from None
                if row is None:
                    out.added, out.again = out.added + 1, column
            await self._room(workspace, table, out.added)
            out.done = msgspec.structs.replace(out.done, created=out.added > 0)
            out.mine = frozenset(ids)
            return out

        only = {"column": name, "value": str(rows[0].get(name))} if len(rows) == 1 else None
        async with self._lock(workspace, reference, only):
            return await self._carry_out(workspace, reference, attempt, key, told)

    async def _keyed(
        self, workspace: str, table: Kept[DataTable], column: Column, rows: Sequence[Mapping[str, Any]]
    ) -> tuple[list[str], list[dict[str, Any]]]:
        """What each row is found by, and the cells that are given for it."""
        keys: list[str] = []
        given: list[dict[str, Any]] = []
        for index, values in enumerate(rows):
            try:
                given.append(cells_from(table.value, values))
                if given[-1].get(column.id) is None:
                    raise UserError("data_table.no_key", "The values must hold {column}.", column=column.name).at(
                        param=column.name
                    )
            except (UserError, Conflict) as error:
                raise _in_row(error, index, len(rows)) from None
            keys.append(await cell_key(self._shelf, workspace, table.id, column, given[-1][column.id]))
        return keys, given

    async def delete(
        self, workspace: str, reference: str, where: Any, *, key: str = "", after: str = "",
        expected: int | None = None, told: Told = nothing_told,
    ) -> Done:  # fmt: skip
        """Delete rows that fit, those after one with the id ``after``, 1,000 at once."""

        async def attempt(table: Kept[DataTable]) -> Attempt:
            rows, goes_on = await self._some(workspace, table, where, after)
            drops: list[Change] = [
                self._shelf.rows.drop(workspace, row.id, expected=row.revision if expected is None else expected)
                for row in rows
            ]
            return Attempt(Done(count=len(rows), after=goes_on), drops, added=-len(rows))

        async with self._lock(workspace, reference, where):
            return await self._carry_out(workspace, reference, attempt, key, told, strict=expected is not None)

    # How they are carried out

    async def _carry_out(
        self,
        workspace: str,
        reference: str,
        attempt: Callable[[Kept[DataTable]], Awaitable[Attempt]],
        key: str,
        told: Told,
        *,
        strict: bool = False,
    ) -> Done:
        marker = await self._shelf.records.digest(workspace, f"data change {key}") if key else ""
        for _ in range(_TRIES):
            known = await self._shelf.done.get(workspace, marker) if marker else None
            if known is not None:
                return known.value
            table = await self._settling.free(workspace, await self._scanner.table(workspace, reference))
            tried = await attempt(table)
            try:
                await self._commit(workspace, table, tried, marker, told)
            except RecordChanged as error:
                if strict and error.arguments.get("kind") == self._shelf.rows.kind:
                    raise
                await asyncio.sleep(0)
            except RecordTaken:
                assert tried.puts is not None
                column = await tried.puts.taken(tried.mine)
                if tried.again is None or column.id != tried.again.id:
                    raise not_unique(column) from None
            else:
                self._counted(workspace, table, tried.added)
                return tried.done
        raise TableBusy("data_table.contended", "Too many change these rows at once. Try again shortly.")

    async def _commit(self, workspace: str, table: Kept[DataTable], tried: Attempt, marker: str, told: Told) -> None:
        changes: list[Change] = []
        if marker:
            expires_at = self._clock() + REMEMBERED
            changes.append(
                self._shelf.done.put(workspace, marker, tried.done, expected=ABSENT, expires_at=expires_at)
            )  # fmt: skip
        if tried.changes:
            # What was checked against these columns is written under these columns.
            changes += [self._shelf.tables.check(workspace, table.id, table.revision), *tried.changes]
        if changes:
            await self._shelf.records.commit(changes, told(table, len(tried.changes)) if tried.changes else ())

    async def _some(
        self, workspace: str, table: Kept[DataTable], where: Any, after: str
    ) -> tuple[list[Kept[StoredRow]], str | None]:
        found: list[Kept[StoredRow]] = []
        room = LARGEST_PAGE
        wanted = filter_of(table.value, where)
        async with aclosing(self._scanner.rows(workspace, table, wanted, after=after)) as rows:
            async for row in rows:
                room -= len(row.record.value)
                if found and (len(found) == MOST_AT_ONCE or room < 0):
                    return found, found[-1].id
                found.append(row)
        return found, None

    def _lock(self, workspace: str, reference: str, where: Any) -> asyncio.Lock:
        """Who changes the same rows in this process waits, rather than being refused and trying again."""
        what = ""
        if isinstance(where, Mapping) and "column" in where:
            what = f"{where['column']}={where.get('value')!r}"  # pyright: ignore[reportUnknownMemberType] # any data
        key = (workspace, reference, what[:200])
        lock = self._locks.get(key)
        if lock is None:
            lock = self._locks[key] = asyncio.Lock()
        return lock

    # How many there are

    async def _room(self, workspace: str, table: Kept[DataTable], more: int) -> None:
        """Other processes may add rows too: between two counts a table may grow a little beyond its bound."""
        at, count = self._counts.get((workspace, table.id), (0, 0))
        now = self._clock()
        if now - at > _RECOUNT or count + more > MOST_ROWS:
            count = await self._scanner.count(workspace, table, filter_of(table.value, None))
            self._counts[workspace, table.id] = (now, count)
        if count + more > MOST_ROWS:
            raise Conflict("data_table.full", "The table {table} is full: it has {most} rows at most.",
                           table=table.value.name, most=MOST_ROWS)  # fmt: skip

    def _counted(self, workspace: str, table: Kept[DataTable], added: int) -> None:
        known = self._counts.get((workspace, table.id))
        if known is not None:
            self._counts[workspace, table.id] = (known[0], known[1] + added)


def setting(values: Mapping[str, Any]) -> Mutate:
    """Rows get these values."""
    return lambda table, cells: {**cells, **cells_from(table, values)}


def adding(name: str, by: float) -> Mutate:
    """A number grows; nothing counts as 0."""

    def mutate(table: DataTable, cells: dict[str, Any]) -> dict[str, Any]:
        column = column_of(table, name)
        if column.type not in ("integer", "number"):
            raise UserError("data_table.not_a_number", "{column} holds no numbers.", column=column.name).at(
                param="column"
            )
        return {**cells, column.id: checked(column, (cells.get(column.id) or 0) + by)}

    return mutate


def _key_column(table: DataTable, name: str) -> Column:
    column = column_of(table, name)
    if not column.unique:
        raise UserError(
            "data_table.not_a_key", "{column} is not unique, so it does not tell rows apart.", column=column.name
        ).at(param="column")  # fmt: skip
    return column


def _in_row(error: Exception, index: int, count: int) -> Exception:
    """The error with its place, where there are several rows."""
    if count > 1 and isinstance(error, UserError | Conflict):
        param = error.param
        error.param = f"rows[{index}].{param}" if param else f"rows[{index}]"
    return error
