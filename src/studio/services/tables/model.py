"""What is kept of data tables, in sealed records, and how much it may be. See docs/adr/0034."""

from __future__ import annotations

from typing import Any

import msgspec

from studio.contracts.records import Records
from studio.domain.errors import Conflict, ErrorClass
from studio.services._collection import Collection

MOST_TABLES = 200
MOST_COLUMNS = 100
MOST_ROWS = 50_000
LARGEST_ROW = 256 * 1024
"""Bytes of one row's values."""
MOST_AT_ONCE = 1000
"""Rows that one call reads, adds, changes or deletes."""
LARGEST_PAGE = 8 * 1024 * 1024
"""Bytes of rows after which a page ends early."""
REMEMBERED = 30 * 86_400 * 1_000_000
"""How long it is remembered which changes have happened, in microseconds."""

TYPES = ("text", "integer", "number", "boolean", "date", "datetime", "json")
SYSTEM = {"id": "text", "created_at": "datetime", "updated_at": "datetime", "revision": "integer"}
"""What every row has beside its columns, and of which type it is."""


class TableBusy(Conflict):
    """A table's columns are being changed; a moment later it can be written again."""

    error_class = ErrorClass.TRANSIENT


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """A column.

    Args:
        id: What cells are kept under; a column that is renamed keeps it, one whose values are made anew gets another.
        name: What people and workflows call it.
        type: One of ``TYPES``.
        required: Whether every row has a value.
        unique: Whether no two rows have the same value.
        indexed: Whether rows are found by its value without reading them all.
        default: The value of rows that are made without one.
        description: What it is for.
    """

    id: str = ""
    name: str
    type: str = "text"
    required: bool = False
    unique: bool = False
    indexed: bool = False
    default: Any = None
    description: str = ""


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """That the values of a column are being made anew: meanwhile nobody else writes rows.

    Args:
        column: As it will be, under its new id.
        until: When whoever does it counts as gone.
    """

    column: Column
    until: int = 0


class DataTable(msgspec.Struct, frozen=True, kw_only=True):
    """A table.

    Args:
        name: Unique in the workspace, whatever the case of its letters.
        name_key: Its digest.
        columns: In their order.
        next: Number of the next column's id.
        dropped: Ids of columns that are gone, and of which rows may still hold something.
        work: What is being done to its rows.
        deleted: Whether it is gone, and just its rows are not all yet.
        by: Account that made it, or an execution.
    """

    name: str
    name_key: str = ""
    description: str = ""
    columns: list[Column] = []
    next: int = 1
    dropped: list[str] = []
    work: Work | None = None
    deleted: bool = False
    by: str = ""


class StoredRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row: values by column id. What is not there is null."""

    table: str
    cells: dict[str, Any] = {}


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """A change that has happened, under its idempotency key."""

    ids: list[str] = []
    count: int = 0
    created: bool = False
    after: str | None = None


class Shelf:
    """Where all of it is kept, under the workspace it belongs to."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.tables = Collection(
            records, "data_table", DataTable, unique=lambda one: [] if one.deleted else [one.name_key]
        )
        self.rows = Collection(records, "data_row", StoredRow, parent=lambda one: one.table)
        self.done = Collection(records, "data_change", Done)
