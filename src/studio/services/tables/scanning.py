"""Reading rows: by what is indexed where that can be, otherwise all of them, page by page and each opened."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import orjson

from studio.domain.errors import NotFound, UserError
from studio.services._collection import Kept
from studio.services.tables.cells import order, same_text, stamp
from studio.services.tables.filters import Filter, Getter, getter_of
from studio.services.tables.model import LARGEST_PAGE, Column, DataTable, Shelf, StoredRow
from studio.services.tables.names import folded
from studio.services.workflows.naming import is_id

_PAGE = 250
_PIECE = 50
_EFFORT, _ROW_EFFORT = 4_000_000, 500
After = tuple[str, str]


@dataclass(frozen=True, slots=True)
class RowPage:
    """Some rows, and where the next ones begin."""

    rows: list[Kept[StoredRow]]
    after: After | None


class Scanner:
    """Reads tables and rows."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    async def table(self, workspace: str, reference: str) -> Kept[DataTable]:
        """A table by its id or its name.

        Raises:
            NotFound: There is none in that workspace.
        """
        shelf = self._shelf.tables
        found = await shelf.get(workspace, reference) if is_id(reference) else None
        if found is None:
            found = await shelf.by_key(workspace, await name_key(self._shelf, workspace, reference))
        if found is None or found.value.deleted:
            raise NotFound("data_table.not_found", "There is no table {table}.", table=reference[:100]).at(
                param="table"
            )
        return found

    async def tables(self, workspace: str) -> list[Kept[DataTable]]:
        """Every table, by name."""
        found = await self._shelf.tables.all(workspace)
        return sorted((one for one in found if not one.value.deleted), key=lambda one: one.value.name.casefold())

    async def row(self, workspace: str, table: Kept[DataTable], id: str) -> Kept[StoredRow]:
        """One row.

        Raises:
            NotFound: The table has none with that id.
        """
        found = await self._shelf.rows.get(workspace, id) if is_id(id) else None
        if found is None or found.value.table != table.id:
            raise NotFound(
                "data_table.no_row", "The table {table} has no row {id}.", table=table.value.name, id=id[:100]
            )
        return found

    async def by_value(
        self, workspace: str, table: Kept[DataTable], column: Column, value: Any
    ) -> Kept[StoredRow] | None:
        """The row with a value in a unique column."""
        return await self._shelf.rows.by_key(workspace, await cell_key(self._shelf, workspace, table.id, column, value))

    async def rows(
        self, workspace: str, table: Kept[DataTable], wanted: Filter, *, after: str = "", descending: bool = False
    ) -> AsyncGenerator[Kept[StoredRow]]:
        """Rows that fit, in the order in which they were made, those after one with the id ``after``."""
        effort = 0
        async with aclosing(self._candidates(workspace, table, wanted, after, descending)) as found:
            async for row in found:
                effort += wanted.conditions * (_ROW_EFFORT + len(row.record.value))
                if effort > _EFFORT:
                    # Whatever is asked of however much, others get their turn.
                    await asyncio.sleep(0)
                    effort = 0
                if wanted.test is None or wanted.test(row):
                    yield row

    async def _candidates(
        self, workspace: str, table: Kept[DataTable], wanted: Filter, after: str, descending: bool
    ) -> AsyncGenerator[Kept[StoredRow]]:
        hint = wanted.hint
        if hint is not None and (hint.column is None or hint.column.unique):
            if hint.column is None:
                one = await self._shelf.rows.get(workspace, hint.value) if is_id(hint.value) else None
            else:
                one = await self.by_value(workspace, table, hint.column, hint.value)
            if one is not None and one.value.table == table.id and _beyond(one.id, after, descending):
                yield one
            return
        parts: dict[str, Any] = {"parent": table.id}
        value = ""
        if hint is not None and hint.column is not None:
            value = await cell_key(self._shelf, workspace, table.id, hint.column, hint.value)
            parts = {"field": field_of(table.id, hint.column), "value": value}
        place = (value, after) if after else None
        while True:
            page = await self._shelf.rows.page(
                workspace, after=place, descending=descending, limit=_PAGE, **parts
            )  # fmt: skip
            for row in page.items:
                yield row
            if page.after is None:
                return
            place = page.after

    async def find(
        self,
        workspace: str,
        table: Kept[DataTable],
        wanted: Filter,
        *,
        sort: str | None,
        descending: bool,
        limit: int,
        after: After | None,
    ) -> RowPage:
        """A page of the rows that fit. It ends early where the rows are large."""
        column, get = getter_of(table.value, sort or "created_at")
        if after is not None and not is_id(after[1]):
            raise _no_cursor()
        if column.type == "json":
            raise UserError("data_table.sort_json", "Rows are not sorted by a column of JSON.").at(param="sort")
        if not column.id and column.name in ("created_at", "id"):
            return await self._in_order(workspace, table, wanted, descending, limit, after)
        chosen = _Chosen(column, get, descending, limit, after)
        async with aclosing(self.rows(workspace, table, wanted)) as found:
            async for row in found:
                chosen.add(row)
        places = chosen.places()
        page, room = list[Kept[StoredRow]](), LARGEST_PAGE
        last: After | None = None
        for start in range(0, min(limit, len(places)), _PIECE):
            piece = places[start : min(start + _PIECE, limit)]
            rows = await self._shelf.rows.get_many(workspace, [id for _, id in piece])
            for place in piece:
                row = rows.get(place[1])
                if row is not None:
                    room -= len(row.record.value)
                    if room < 0 and page:
                        return RowPage(page, last)
                    page.append(row)
                last = place
        return RowPage(page, last if len(places) > limit else None)

    async def _in_order(
        self, workspace: str, table: Kept[DataTable], wanted: Filter, descending: bool, limit: int, after: After | None
    ) -> RowPage:
        page, room = list[Kept[StoredRow]](), LARGEST_PAGE
        begin = after[1] if after is not None else ""
        async with aclosing(self.rows(workspace, table, wanted, after=begin, descending=descending)) as found:
            async for row in found:
                room -= len(row.record.value)
                if len(page) == limit or (room < 0 and page):
                    return RowPage(page, ("", page[-1].id))
                page.append(row)
        return RowPage(page, None)

    async def count(self, workspace: str, table: Kept[DataTable], wanted: Filter) -> int:
        """How many rows fit."""
        if wanted.test is None:
            return await self._shelf.rows.count(workspace, parent=table.id)
        total = 0
        async with aclosing(self.rows(workspace, table, wanted)) as found:
            async for _row in found:
                total += 1
        return total


class _Chosen:
    """The first rows after a place, by the value of a column; only as many are held as are wanted.

    What has no value comes last, whichever way the others are sorted.
    """

    def __init__(self, column: Column, get: Getter, descending: bool, limit: int, after: After | None) -> None:
        self._type = column.type
        self._get = get
        self._descending = descending
        self._most = limit + 1
        self._after = _place(column, after)
        self._valued: list[tuple[Any, str]] = []
        self._empty: list[str] = []

    def add(self, row: Kept[StoredRow]) -> None:
        """Take a row into account. Rows come in the order of their ids."""
        found = self._get(row)
        after = self._after
        if found is None:
            if len(self._empty) < self._most and (after is None or after[0] is not None or row.id > after[1]):
                self._empty.append(row.id)
            return
        place = (order(self._type, found), row.id)
        if after is not None and (after[0] is None or (place >= after if self._descending else place <= after)):
            return
        self._valued.append(place)
        if len(self._valued) > 2 * self._most + _PAGE:
            self._cut()

    def _cut(self) -> None:
        self._valued.sort(reverse=self._descending)
        del self._valued[self._most :]

    def places(self) -> list[After]:
        """Where each chosen row stands, one more than wanted where there are more."""
        self._cut()
        out = [(orjson.dumps(value).decode(), id) for value, id in self._valued]
        return [*out, *(("null", id) for id in self._empty)][: self._most]


def _place(column: Column, after: After | None) -> tuple[Any, str] | None:
    if after is None:
        return None
    kinds: dict[str, Any] = {"integer": int, "number": (int, float), "boolean": bool}
    try:
        value = orjson.loads(after[0])
    except ValueError:
        value = ()
    if value is not None and not isinstance(value, kinds.get(column.type, str)):
        raise _no_cursor()
    return value, after[1]


def _no_cursor() -> UserError:
    error = UserError("request.cursor", "This is no cursor of this list. Begin with its first page.")
    error.at(param="cursor")
    return error


def _beyond(id: str, after: str, descending: bool) -> bool:
    return not after or (id < after if descending else id > after)


async def name_key(shelf: Shelf, workspace: str, name: str) -> str:
    """What stands in clear for a table's name."""
    plain = folded(" ".join(name.encode(errors="replace").decode().split()))
    return await shelf.records.digest(workspace, f"data table {plain}")


async def cell_key(shelf: Shelf, workspace: str, table: str, column: Column, value: Any) -> str:
    """What stands in clear for a value of a unique or indexed column: nothing that tells it."""
    digest = await shelf.records.digest(workspace, f"data {table} {column.id} {same_text(column.type, value)}")
    return f"{table}.{column.id}.{digest[:40]}"


def field_of(table: str, column: Column) -> str:
    """The field by which rows are found by a column."""
    return f"{table}.{column.id}"


def shown(table: DataTable, row: Kept[StoredRow]) -> dict[str, Any]:
    """A row as workflows see it."""
    return {
        "id": row.id, "created_at": stamp(row.record.created_at), "updated_at": stamp(row.record.updated_at),
        "revision": row.revision, **cells_of(table, row.value),
    }  # fmt: skip


def cells_of(table: DataTable, row: StoredRow) -> dict[str, Any]:
    """Values by the names of the columns, every column included."""
    return {column.name: row.cells.get(column.id) for column in table.columns}
