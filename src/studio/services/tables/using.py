"""Data tables as the nodes of an execution use them: those of its own workspace, whatever they are told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeAlias

import msgspec

from studio.contracts.data_tables import RowKept, RowsChanged, RowsPage, Where
from studio.domain.access import Actor, ActorKind, Permission
from studio.domain.errors import Conflict, NotFound, UserError
from studio.services.tables.filters import filter_of
from studio.services.tables.model import MOST_AT_ONCE, Column
from studio.services.tables.names import folded
from studio.services.tables.rows import new_cells
from studio.services.tables.scanning import shown
from studio.services.tables.tables import TableStore
from studio.services.tables.writing import adding, setting

READ = (Permission.TABLE_VIEW,)
CHANGE = (Permission.TABLE_VIEW, Permission.TABLE_EDIT)
MAKE = (Permission.TABLE_MANAGE,)
"""What reading rows, changing them, and making tables and columns takes."""

Ask: TypeAlias = Callable[[Permission], Awaitable[None]]
"""Raises where whoever answers for an execution lacks a permission."""


class ExecutionTables:
    """Implements ``studio.contracts.data_tables.DataTables`` for one execution.

    Args:
        store: Where the tables are.
        workspace: Whose.
        execution: The execution's id.
        ask: Asked at every use; None where nobody is in charge.
    """

    def __init__(self, store: TableStore, workspace: str, execution: str, ask: Ask | None = None) -> None:
        self._store = store
        self._workspace = workspace
        self._execution = execution
        self._ask = ask

    async def _need(self, *permissions: Permission) -> None:
        if self._ask is not None:
            for permission in permissions:
                await self._ask(permission)

    async def names(self) -> list[str]:
        """Names of all tables."""
        await self._need(*READ)
        return [one.value.name for one in await self._store.scanner.tables(self._workspace)]

    async def columns(self, table: str) -> list[dict[str, Any]]:
        """Columns of a table."""
        await self._need(*READ)
        found = await self._store.scanner.table(self._workspace, table)
        return [
            {name: value for name, value in msgspec.structs.asdict(column).items() if name != "id"}
            for column in found.value.columns
        ]

    async def ensure(self, name: str, columns: Sequence[Mapping[str, Any]], description: str = "") -> bool:
        """Make what is not there."""
        await self._need(*MAKE)
        wanted = [_column(one) for one in columns]
        actor = Actor(kind=ActorKind.SYSTEM, id=self._execution, name="execution", workspace=self._workspace)
        altering = self._store.altering
        try:
            table = await self._store.scanner.table(self._workspace, name)
        except NotFound:
            try:
                await altering.create(actor, name, wanted, description)
            except Conflict as error:
                if error.code != "data_table.name_taken":
                    raise
                # Another execution has made it in the same moment.
                table = await self._store.scanner.table(self._workspace, name)
            else:
                return True
        made = False
        known = {folded(column.name): column for column in table.value.columns}
        for column in wanted:
            there = known.get(folded(column.name))
            if there is None:
                await altering.add_column(actor, table.id, column)
                made = True
            elif there.type != column.type or (column.unique and not there.unique):
                raise Conflict(
                    "data_table.other_column", "The column {column} of {table} is there already as {type}.",
                    column=there.name, table=table.value.name, type=there.type,
                ).at(param="columns")  # fmt: skip
        return made

    async def get(self, table: str, id: str) -> dict[str, Any] | None:
        """One row, or None."""
        await self._need(*READ)
        found = await self._store.scanner.table(self._workspace, table)
        try:
            return shown(found.value, await self._store.scanner.row(self._workspace, found, id))
        except NotFound:
            return None

    async def find(
        self,
        table: str,
        where: Where = None,
        *,
        sort: str | None = None,
        descending: bool = False,
        limit: int = 100,
        after: tuple[str, str] | None = None,
    ) -> RowsPage:
        """A page of rows."""
        await self._need(*READ)
        found = await self._store.scanner.table(self._workspace, table)
        page = await self._store.scanner.find(
            self._workspace, found, filter_of(found.value, where), sort=sort, descending=descending,
            limit=max(1, min(limit, MOST_AT_ONCE)), after=after,
        )  # fmt: skip
        return RowsPage([shown(found.value, row) for row in page.rows], page.after)

    async def count(self, table: str, where: Where = None) -> int:
        """How many rows there are."""
        await self._need(*READ)
        found = await self._store.scanner.table(self._workspace, table)
        return await self._store.scanner.count(self._workspace, found, filter_of(found.value, where))

    async def insert(self, table: str, rows: Sequence[Mapping[str, Any]], *, key: str) -> list[str]:
        """Add rows, once."""
        await self._need(*CHANGE)
        return (await self._store.writer.insert(self._workspace, table, rows, key=key)).ids

    async def update(
        self, table: str, where: Where, values: Mapping[str, Any], *, key: str, after: str | None = None
    ) -> RowsChanged:
        """Set values in rows, once."""
        await self._need(*CHANGE)
        done = await self._store.writer.change(
            self._workspace, table, where, setting(values), key=key, after=after or ""
        )
        return RowsChanged(done.count, done.after)

    async def increment(
        self, table: str, where: Where, column: str, by: float, *, key: str, after: str | None = None
    ) -> RowsChanged:
        """Add to a number in rows, once."""
        await self._need(*CHANGE)
        done = await self._store.writer.change(
            self._workspace, table, where, adding(column, by), key=key, after=after or ""
        )
        return RowsChanged(done.count, done.after)

    async def upsert(self, table: str, column: str, values: Mapping[str, Any], *, key: str) -> RowKept:
        """Change the row that has this value, or make it, once."""
        await self._need(*CHANGE)
        done = await self._store.writer.upsert(self._workspace, table, column, [values], key=key)
        row = await self.get(table, done.ids[0])
        if row is None:
            # It was written, and is gone again.
            found = await self._store.scanner.table(self._workspace, table)
            cells = new_cells(found.value, values)
            given = {one.name: cells.get(one.id) for one in found.value.columns}
            row = {"id": done.ids[0], "created_at": None, "updated_at": None, "revision": 0, **given}
        return RowKept(row, done.created)

    async def delete(self, table: str, where: Where, *, key: str, after: str | None = None) -> RowsChanged:
        """Delete rows, once."""
        await self._need(*CHANGE)
        done = await self._store.writer.delete(self._workspace, table, where, key=key, after=after or "")
        return RowsChanged(done.count, done.after)


def _column(given: Mapping[str, Any]) -> Column:
    try:
        return msgspec.convert({**given, "id": ""}, Column)
    except msgspec.ValidationError as error:
        raise UserError(
            "data_table.column", "A column is an object with a name, and a type if it is no text."
        ).at(param="columns") from error  # fmt: skip
