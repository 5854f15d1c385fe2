"""Data tables of a data folder, for whoever may read and write the folder itself; in the form of the API's answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from studio.domain.access import Actor, ActorKind
from studio.domain.errors import UserError
from studio.domain.ids import DEFAULT_WORKSPACE
from studio.services._collection import Kept
from studio.services.tables.files import Format
from studio.services.tables.model import Column, DataTable, StoredRow
from studio.services.tables.scanning import After, cells_of
from studio.services.tables.tables import Tables, TableStore
from studio.services.vault.hidden import Hidden

_PAGE = 500
_HERE = Actor(kind=ActorKind.SYSTEM, name="command line", workspace=DEFAULT_WORKSPACE)
_RULES = ("required", "unique", "indexed")


class LocalTables:
    """The tables, without a server.

    Args:
        store: Where they are.
        hidden: The secrets of the vault, which nobody is shown.
    """

    def __init__(self, store: TableStore, hidden: Callable[[], Awaitable[Hidden]]) -> None:
        self._tables = Tables(store, lambda _: None)
        self._hidden = hidden

    async def list(self) -> list[dict[str, Any]]:
        """Every table, by name."""
        return [_table(one, None) for one in await self._tables.all(_HERE)]

    async def show(self, table: str) -> dict[str, Any]:
        """A table, and how many rows it has.

        Raises:
            NotFound: There is none of that id or name.
        """
        return _table(*await self._tables.get(_HERE, table))

    async def create(self, name: str, columns: Sequence[Mapping[str, Any]], description: str) -> dict[str, Any]:
        """Make a table.

        Raises:
            UserError: A name or a column will not do.
            Conflict: There is a table of that name.
        """
        made = [Column(**one) for one in columns]
        return _table(await self._tables.altering.create(_HERE, name, made, description), 0)

    async def rows(
        self, table: str, where: Any, *, sort: str | None, descending: bool, limit: int
    ) -> list[dict[str, Any]]:
        """The first rows that fit.

        Raises:
            NotFound: There is no such table.
            UserError: The filter is none, or names a column that is not there.
        """
        found: list[dict[str, Any]] = []
        hidden, after = await self._hidden(), None
        while True:
            part = min(_PAGE, limit - len(found))
            kept, page = await self._tables.rows(
                _HERE, table, where, sort=sort, descending=descending, limit=part, after=after
            )
            found += [_row(kept, row, hidden) for row in page.rows]
            after: After | None = page.after
            if after is None or len(found) >= limit:
                return found

    async def export(self, table: str, where: Any, format: Format, *, safe: bool) -> AsyncIterator[bytes]:
        """A table as a file, in pieces."""
        _, pieces = await self._tables.export(_HERE, table, where, format, safe=safe)
        async for piece in (await self._hidden()).stream(pieces):
            yield piece

    async def take(self, table: str, content: bytes, *, delimiter: str, upsert: str | None) -> int:
        """Add the rows of a CSV file, or change those that have the same value in a unique column; how many.

        Raises:
            UserError: The file does not fit; names the line.
            Conflict: A unique value is there already, or the table is full.
        """
        return await self._tables.take(_HERE, table, content, delimiter=delimiter, upsert=upsert, key=None)


def column_asked(text: str) -> dict[str, Any]:
    """A column as ``NAME[:TYPE][:RULE…]``, such as ``mail:text:unique``.

    Raises:
        UserError: A rule is none.
    """
    name, *parts = text.split(":")
    column: dict[str, Any] = {"name": name, "type": parts[0] if parts and parts[0] else "text"}
    for rule in parts[1:]:
        if rule not in _RULES:
            raise UserError(
                "cli.column_rule", "{rule} is no rule of a column; there are {known}.",
                rule=rule[:100], known=", ".join(_RULES),
            ).at(param="--column")  # fmt: skip
        column[rule] = True
    return column


def _table(kept: Kept[DataTable], rows: int | None) -> dict[str, Any]:
    table = kept.value
    columns = [
        {"name": one.name, "type": one.type, "required": one.required, "unique": one.unique, "indexed": one.indexed,
         "default": one.default, "description": one.description}
        for one in table.columns
    ]  # fmt: skip
    return {
        "id": kept.id, "name": table.name, "description": table.description, "columns": columns,
        "revision": kept.revision, "rows": rows, "changing": table.work is not None,
        "created_at": _time(kept.record.created_at), "updated_at": _time(kept.record.updated_at),
    }  # fmt: skip


def _row(table: Kept[DataTable], row: Kept[StoredRow], hidden: Hidden) -> dict[str, Any]:
    return {
        "id": row.id, "revision": row.revision, "created_at": _time(row.record.created_at),
        "updated_at": _time(row.record.updated_at), "cells": hidden.plain(cells_of(table.value, row.value)),
    }  # fmt: skip


def _time(at: int) -> str:
    return datetime.fromtimestamp(at / 1e6, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
