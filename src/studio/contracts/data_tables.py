"""Data tables as nodes see them: small typed tables of a workspace.

A table is named by its name or id. A row is an object: ``id``, ``created_at``, ``updated_at``, ``revision`` and one
value per column. ``where`` chooses rows: a condition ``{"column": …, "op": …, "value": …}``, or ``{"all": […]}``,
``{"any": […]}`` or ``{"not": …}`` around others; None chooses all. ``key`` is the idempotency key of a change: the same
change under the same key happens once, however often it is asked for, and gives the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeAlias

import msgspec

Where: TypeAlias = Mapping[str, Any] | None


class RowsPage(msgspec.Struct, frozen=True):
    """Some rows, and where the next ones begin; None where there are none."""

    rows: list[dict[str, Any]]
    after: tuple[str, str] | None = None


class RowsChanged(msgspec.Struct, frozen=True):
    """How many rows were changed, and where to go on; None where nothing is left to change."""

    count: int
    after: str | None = None


class RowKept(msgspec.Struct, frozen=True):
    """A row as it is now, and whether it was made just now."""

    row: dict[str, Any]
    created: bool


class DataTables(Protocol):
    """The data tables of the execution's workspace."""

    async def names(self) -> list[str]:
        """Names of all tables, in their order."""
        ...

    async def columns(self, table: str) -> list[dict[str, Any]]:
        """Columns of a table: ``name``, ``type``, ``required``, ``unique``, ``indexed``, ``default``, ``description``.

        Raises:
            NotFound: There is no such table.
        """
        ...

    async def ensure(self, name: str, columns: Sequence[Mapping[str, Any]], description: str = "") -> bool:
        """Make a table where there is none of that name, and columns that it lacks; whether anything was made.

        Raises:
            Conflict: A column is there with another type.
        """
        ...

    async def get(self, table: str, id: str) -> dict[str, Any] | None:
        """One row, or None."""
        ...

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
        """A page of rows, of 1,000 at most, in the order in which they were made or by a column."""
        ...

    async def count(self, table: str, where: Where = None) -> int:
        """How many rows there are."""
        ...

    async def insert(self, table: str, rows: Sequence[Mapping[str, Any]], *, key: str) -> list[str]:
        """Add rows, 1,000 at most, all or none; their ids in order.

        Raises:
            UserError: A value does not fit; names the column.
            Conflict: A value that must be unique is there already, or the table is full.
        """
        ...

    async def update(
        self, table: str, where: Where, values: Mapping[str, Any], *, key: str, after: str | None = None
    ) -> RowsChanged:
        """Set values in rows, 1,000 at a time."""
        ...

    async def increment(
        self, table: str, where: Where, column: str, by: float, *, key: str, after: str | None = None
    ) -> RowsChanged:
        """Add to a number in rows, 1,000 at a time; nothing counts as 0."""
        ...

    async def upsert(self, table: str, column: str, values: Mapping[str, Any], *, key: str) -> RowKept:
        """Change the row that has this value in a unique column, or make it."""
        ...

    async def delete(self, table: str, where: Where, *, key: str, after: str | None = None) -> RowsChanged:
        """Delete rows, 1,000 at a time."""
        ...
