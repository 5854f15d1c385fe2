"""Making tables and changing their columns.

Values are made anew under a new column id, beside the old ones, while the table says so and nobody else writes rows.
The last step puts the new column in the place of the old one; until then nothing is lost, and a crash or a value that
does not fit leaves the table as it was. What stays behind in rows is not seen, and is swept out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import aclosing
from typing import Any

import msgspec

from studio.contracts.records import ABSENT
from studio.domain.access import Actor
from studio.domain.errors import Conflict, NotFound, RecordTaken, UserError
from studio.domain.ids import new_id
from studio.services._clock import Clock
from studio.services._collection import Kept
from studio.services.auditing import entry
from studio.services.tables.cells import converted
from studio.services.tables.filters import Filter
from studio.services.tables.model import MOST_COLUMNS, MOST_TABLES, Column, DataTable, Shelf
from studio.services.tables.names import check_about, check_column, check_columns, check_name, column_at
from studio.services.tables.remaking import Remaking
from studio.services.tables.scanning import Scanner, name_key
from studio.services.tables.settling import Settling


class Altering:
    """Makes, changes and deletes tables."""

    def __init__(self, shelf: Shelf, scanner: Scanner, clock: Clock) -> None:
        self._shelf = shelf
        self._scanner = scanner
        self._clock = clock
        self.settling = Settling(shelf, clock)

    async def create(
        self, actor: Actor, name: str, columns: Sequence[Column], description: str = ""
    ) -> Kept[DataTable]:
        """Make a table.

        Raises:
            UserError: A name or a column will not do, or there are too many tables.
            Conflict: There is a table of that name.
        """
        workspace = actor.workspace
        await self.settling.settle(workspace)
        if await self._shelf.tables.count(workspace) >= MOST_TABLES:
            raise UserError("data_table.too_many", "A workspace has {most} tables at most.", most=MOST_TABLES)
        name = check_name(name)
        made = [
            msgspec.structs.replace(one, id=f"c{number}") for number, one in enumerate(check_columns(columns), start=1)
        ]
        table = DataTable(
            name=name, name_key=await name_key(self._shelf, workspace, name), description=check_about(description),
            columns=made, next=len(made) + 1, by=actor.id,
        )  # fmt: skip
        id = new_id()
        told = entry(actor, "table.created", kind="table", id=id, name=name, after=_told(table))
        try:
            await self._shelf.records.commit(
                [self._shelf.tables.put(workspace, id, table, expected=ABSENT)], [told]
            )  # fmt: skip
        except RecordTaken:
            raise _name_taken(name) from None
        return await self._shelf.tables.need(workspace, id)

    async def describe(
        self, actor: Actor, reference: str, *, name: str | None, description: str | None, expected: int | None
    ) -> Kept[DataTable]:
        """Change a table's name or description.

        Raises:
            NotFound: There is no such table.
            RecordChanged: It has another revision than ``expected``.
            Conflict: There is a table of that name.
        """
        table = await self._free(actor.workspace, reference)
        changed = table.value
        if name is not None:
            name = check_name(name)
            key = await name_key(self._shelf, actor.workspace, name)
            changed = msgspec.structs.replace(changed, name=name, name_key=key)
        if description is not None:
            changed = msgspec.structs.replace(changed, description=check_about(description))
        try:
            return await self._commit(actor, table, changed, "table.changed", expected)
        except RecordTaken:
            raise _name_taken(changed.name) from None

    async def delete(self, actor: Actor, reference: str, expected: int | None = None) -> None:
        """Delete a table with all its rows.

        Raises:
            NotFound: There is no such table.
            RecordChanged: It has another revision than ``expected``.
        """
        table = await self._scanner.table(actor.workspace, reference)
        gone = msgspec.structs.replace(table.value, deleted=True, columns=[], work=None)
        told = entry(
            actor, "table.deleted", kind="table", id=table.id, name=table.value.name, before=_told(table.value)
        )
        put = self._shelf.tables.put(
            actor.workspace, table.id, gone, expected=table.revision if expected is None else expected
        )
        await self._shelf.records.commit([put], [told])
        await self.settling.settle(actor.workspace)

    # Columns

    async def add_column(
        self, actor: Actor, reference: str, column: Column, expected: int | None = None
    ) -> Kept[DataTable]:
        """Add a column. Rows that are there get its default.

        Raises:
            Conflict: There is a column of that name, or it must have a value and rows are there.
        """
        table = await self._free(actor.workspace, reference)
        (column,) = check_columns([column], [one.name for one in table.value.columns])
        if len(table.value.columns) >= MOST_COLUMNS:
            raise UserError("data_table.too_many_columns", "A table has {most} columns at most.", most=MOST_COLUMNS)
        column = msgspec.structs.replace(column, id=f"c{table.value.next}")
        columns = [*table.value.columns, column]
        if column.default is None and not column.required:
            changed = msgspec.structs.replace(table.value, columns=columns, next=table.value.next + 1)
            return await self._commit(actor, table, changed, "table.column_added", expected, column=column.name)

        def value(_cells: dict[str, Any]) -> Any:
            return column.default

        return await self._remake(actor, table, column, columns, value, "table.column_added", expected)

    async def change_column(
        self, actor: Actor, reference: str, name: str, change: Callable[[Column], Column], expected: int | None = None
    ) -> Kept[DataTable]:
        """Change a column. Another type is refused where a value cannot be kept without loss.

        Raises:
            NotFound: There is no such table or column.
            Conflict: The values that are there do not fit.
        """
        table = await self._free(actor.workspace, reference)
        old = _column(table.value, name)
        new = check_column(change(old))
        others = [one.name for one in table.value.columns if one.id != old.id]
        check_columns([new], others)
        remade = (old.type, old.unique, old.indexed) != (new.type, new.unique, new.indexed)
        if remade or (new.required and not old.required):
            new = msgspec.structs.replace(new, id=f"c{table.value.next}")
        columns = [new if one.id == old.id else one for one in table.value.columns]
        if new.id == old.id:
            changed = msgspec.structs.replace(table.value, columns=columns)
            return await self._commit(actor, table, changed, "table.column_changed", expected, column=old.name)

        def value(cells: dict[str, Any]) -> Any:
            return converted(cells.get(old.id), old, new)

        await self._try_out(actor.workspace, table, new, value)
        return await self._remake(actor, table, new, columns, value, "table.column_changed", expected, old)

    async def drop_column(
        self, actor: Actor, reference: str, name: str, expected: int | None = None
    ) -> Kept[DataTable]:
        """Delete a column and all its values.

        Raises:
            NotFound: There is no such table or column.
        """
        table = await self._free(actor.workspace, reference)
        old = _column(table.value, name)
        changed = msgspec.structs.replace(
            table.value, columns=[one for one in table.value.columns if one.id != old.id],
            dropped=[*table.value.dropped, old.id],
        )  # fmt: skip
        kept = await self._commit(actor, table, changed, "table.column_dropped", expected, column=old.name)
        await self.settling.settle(actor.workspace)
        return await self._shelf.tables.get(actor.workspace, kept.id) or kept

    async def _commit(
        self, actor: Actor, table: Kept[DataTable], changed: DataTable, action: str, expected: int | None, **more: Any
    ) -> Kept[DataTable]:
        told = entry(
            actor, action, kind="table", id=table.id, name=changed.name, before=_told(table.value),
            after={**_told(changed), **more},
        )  # fmt: skip
        # Without If-Match too: what was worked out from columns that others have changed meanwhile is not written.
        revision = table.revision if expected is None else expected
        put = self._shelf.tables.put(actor.workspace, table.id, changed, expected=revision)
        await self._shelf.records.commit([put], [told])
        return await self._shelf.tables.need(actor.workspace, table.id)

    async def _free(self, workspace: str, reference: str) -> Kept[DataTable]:
        """A table that nobody else works on.

        Raises:
            NotFound: There is no such table.
            TableBusy: Somebody does.
        """
        return await self.settling.free(workspace, await self._scanner.table(workspace, reference))

    # Values made anew

    async def _try_out(
        self, workspace: str, table: Kept[DataTable], column: Column, value: Callable[[dict[str, Any]], Any]
    ) -> None:
        """Find every row whose value does not fit, before anything is changed."""
        unfit: list[str] = []
        async with aclosing(self._scanner.rows(workspace, table, Filter())) as rows:
            async for row in rows:
                try:
                    if value(row.value.cells) is None and column.required:
                        unfit.append(row.id)
                except UserError:
                    unfit.append(row.id)
        if unfit:
            raise Conflict(
                "data_table.unfit", "{count} rows have no value that fits {column} as {type}. The first is {row}.",
                count=len(unfit), column=column.name, type=column.type, row=unfit[0],
            ).at(param=column.name)  # fmt: skip

    async def _remake(
        self,
        actor: Actor,
        table: Kept[DataTable],
        column: Column,
        columns: list[Column],
        value: Callable[[dict[str, Any]], Any],
        action: str,
        expected: int | None,
        old: Column | None = None,
    ) -> Kept[DataTable]:
        remaking = Remaking(self._shelf, actor.workspace, table, column, self._clock)
        await remaking.begin(expected)
        try:
            await remaking.rows(value)
            told = entry(
                actor, action, kind="table", id=table.id, name=table.value.name, before=_told(table.value),
                after={**_told(msgspec.structs.replace(table.value, columns=columns)), "column": column.name},
            )  # fmt: skip
            await remaking.end(columns, [told], [old.id] if old is not None else [])
        except BaseException:
            await remaking.give_up()
            await self.settling.settle(actor.workspace)
            raise
        await self.settling.settle(actor.workspace)
        return await self._shelf.tables.need(actor.workspace, table.id)


def _column(table: DataTable, name: str) -> Column:
    column = column_at(table, name)
    if column is None:
        raise NotFound(
            "data_table.no_column", "The table {table} has no column {column}.", table=table.name, column=name[:100]
        )
    return column


def _told(table: DataTable) -> dict[str, Any]:
    """A table as the audit log has it. Defaults are values like those of rows, and stay out."""
    return {
        "name": table.name, "description": table.description,
        "columns": [
            {"name": one.name, "type": one.type, "required": one.required, "unique": one.unique, "indexed": one.indexed}
            for one in table.columns
        ],
    }  # fmt: skip


def _name_taken(name: str) -> Conflict:
    error = Conflict("data_table.name_taken", "There is a table {name} already.", name=name)
    error.at(param="name")
    return error
