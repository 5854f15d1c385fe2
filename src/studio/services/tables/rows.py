"""Rows on their way into the database: values by name become cells by column, with the keys that stand beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from studio.contracts.records import Put
from studio.domain.errors import Conflict, UserError
from studio.services._collection import Kept
from studio.services.tables.cells import checked, size_of
from studio.services.tables.model import LARGEST_ROW, SYSTEM, Column, DataTable, Shelf, StoredRow
from studio.services.tables.names import column_of, folded
from studio.services.tables.scanning import cell_key, field_of


def cells_from(table: DataTable, values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by column name as cells.

    Raises:
        UserError: A value does not fit, there is no such column, or it is one that every row has by itself.
    """
    out: dict[str, Any] = {}
    for name, value in values.items():
        if folded(name) in SYSTEM:
            raise UserError("data_table.read_only", "{column} is given by Studio and cannot be set.", column=name).at(
                param=name
            )
        column = column_of(table, name)
        if column.id in out:
            raise UserError("data_table.twice", "{column} is given twice.", column=column.name).at(param=column.name)
        out[column.id] = checked(column, value)
    return out


def new_cells(table: DataTable, values: Mapping[str, Any]) -> dict[str, Any]:
    """The cells of a new row: what is given, and the defaults of what is not.

    Raises:
        UserError: A value does not fit or is missing, there is no such column, or all together are too large.
    """
    given = cells_from(table, values)
    defaults = {column.id: column.default for column in table.columns}
    return sound(table, {**defaults, **given})


def sound(table: DataTable, cells: Mapping[str, Any]) -> dict[str, Any]:
    """The cells of a row as they are kept.

    Raises:
        UserError: A value is missing, or all together are too large.
    """
    out: dict[str, Any] = {}
    for column in table.columns:
        value = cells.get(column.id)
        if value is not None:
            out[column.id] = value
        elif column.required:
            raise UserError("data_table.required", "{column} must have a value.", column=column.name).at(
                param=column.name
            )
    size = size_of(out)
    if size > LARGEST_ROW:
        raise too_large(size)
    return out


def too_large(size: int) -> UserError:
    """The refusal of a row."""
    return UserError(
        "data_table.row_large", "A row has {most} bytes at most; this has {size}.", most=LARGEST_ROW, size=size
    )


class RowPuts:
    """Makes the changes that write rows, and sees that no two of them claim the same value."""

    def __init__(self, shelf: Shelf, workspace: str, table: Kept[DataTable], columns: list[Column]) -> None:
        self._shelf = shelf
        self._workspace = workspace
        self._table = table
        self._keyed = [column for column in columns if column.unique or column.indexed]
        self.claimed: dict[str, Column] = {}
        """Every unique key of the rows written here, and its column."""

    async def put(self, id: str, cells: dict[str, Any], *, expected: int | None) -> Put:
        """The change that writes a row.

        Raises:
            Conflict: A row written here before has the same value in a unique column.
        """
        unique: list[str] = []
        fields: dict[str, str] = {}
        for column in self._keyed:
            value = cells.get(column.id)
            if value is None:
                continue
            key = await cell_key(self._shelf, self._workspace, self._table.id, column, value)
            if column.unique:
                if key in self.claimed:
                    raise not_unique(column)
                self.claimed[key] = column
                unique.append(key)
            else:
                fields[field_of(self._table.id, column)] = key
        row = StoredRow(table=self._table.id, cells=cells)
        put = self._shelf.rows.put(self._workspace, id, row, expected=expected)
        return msgspec.structs.replace(put, unique=tuple(unique), fields=fields)

    async def taken(self, mine: frozenset[str] = frozenset()) -> Column:
        """Of which column a value is there already, after the database has refused one.

        Args:
            mine: Ids of the rows that were written.
        """
        rows = await self._shelf.rows.by_keys(self._workspace, list(self.claimed))
        for key, column in self.claimed.items():
            if key in rows and rows[key].id not in mine:
                return column
        return next(iter(self.claimed.values()))


def not_unique(column: Column) -> Conflict:
    """The refusal of a value that another row has."""
    error = Conflict("data_table.not_unique", "Another row has the same {column} already.", column=column.name)
    error.at(param=column.name)
    return error
