"""The API of tables. Written by ``tools/client.py`` from the API's description; do not edit."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Literal, cast

from studio.client import models as m
from studio.client.transport import Part


class TablesPart(Part):
    """Operations on tables."""

    async def list_tables(self, *, cursor: str | None = None, limit: int | None = None) -> m.PageOutTableOut:
        """The tables of the workspace, by name."""
        return cast("m.PageOutTableOut", await self.ask("GET", "/tables", query={"cursor": cursor, "limit": limit}))

    def iter_tables(self, *, limit: int | None = None) -> AsyncGenerator[m.TableOut]:
        """Every item of ``list_tables``, page by page as they are needed."""
        return cast("AsyncGenerator[m.TableOut]", self.paged("/tables", {"limit": limit}))

    async def create_table(self, body: m.TableIn, *, idempotency_key: str | None = None) -> m.TableOut:
        """Make a table."""
        return cast(
            "m.TableOut", await self.ask("POST", "/tables", headers={"Idempotency-Key": idempotency_key}, json=body)
        )

    async def show_table(self, table: str) -> m.TableOut:
        """A table, by its id or name, and how many rows it has."""
        return cast("m.TableOut", await self.ask("GET", f"/tables/{self.quote(table)}"))

    async def change_table(self, table: str, body: m.TablePatch, *, if_match: str | None = None) -> m.TableOut:
        """Change a table's name or description. Workflows that name it by its old name do not find it any
        more.
        """
        return cast(
            "m.TableOut",
            await self.ask("PATCH", f"/tables/{self.quote(table)}", headers={"If-Match": if_match}, json=body),
        )

    async def delete_table(self, table: str, *, if_match: str | None = None) -> None:
        """Delete a table with all its rows."""
        await self.ask("DELETE", f"/tables/{self.quote(table)}", headers={"If-Match": if_match})

    async def add_column(
        self, table: str, body: m.ColumnIn, *, if_match: str | None = None, idempotency_key: str | None = None
    ) -> m.TableOut:
        """Add a column. Rows that are there get its default."""
        return cast(
            "m.TableOut",
            await self.ask(
                "POST",
                f"/tables/{self.quote(table)}/columns",
                headers={"If-Match": if_match, "Idempotency-Key": idempotency_key},
                json=body,
            ),
        )

    async def change_column(
        self, table: str, column: str, body: m.ColumnPatch, *, if_match: str | None = None
    ) -> m.TableOut:
        """Rename a column, or change its type or rules.

        Refused where a value that is there does not fit; the table then stays as it was. While the values
        are made anew
        rows can be read, and not written.
        """
        return cast(
            "m.TableOut",
            await self.ask(
                "PATCH",
                f"/tables/{self.quote(table)}/columns/{self.quote(column)}",
                headers={"If-Match": if_match},
                json=body,
            ),
        )

    async def drop_column(self, table: str, column: str, *, if_match: str | None = None) -> m.TableOut:
        """Delete a column with all its values."""
        return cast(
            "m.TableOut",
            await self.ask(
                "DELETE", f"/tables/{self.quote(table)}/columns/{self.quote(column)}", headers={"If-Match": if_match}
            ),
        )

    async def export_table(
        self,
        table: str,
        *,
        format: Literal["csv", "ndjson"] | None = None,
        filter: str | None = None,
        safe: bool | None = None,
    ) -> bytes:
        """The rows as a file, by their age. The audit log tells of the export."""
        return await self.ask_bytes(
            "GET", f"/tables/{self.quote(table)}/export", query={"format": format, "filter": filter, "safe": safe}
        )

    async def import_table(
        self,
        table: str,
        body: bytes,
        *,
        delimiter: Literal[",", ";", "\t", "|"] | None = None,
        upsert: str | None = None,
        idempotency_key: str | None = None,
    ) -> m.CountOut:
        """Add the rows of a CSV file. Every cell is checked before the first row is written.

        Empty cells get the column's default, or with `upsert` stay as they are. Rows are written a thousand
        in one
        transaction each, so that a value which must be unique and is there already can end an import after
        some of them.
        """
        return cast(
            "m.CountOut",
            await self.ask(
                "POST",
                f"/tables/{self.quote(table)}/import",
                query={"delimiter": delimiter, "upsert": upsert},
                headers={"Idempotency-Key": idempotency_key},
                content=body,
            ),
        )

    async def list_rows(
        self,
        table: str,
        *,
        filter: str | None = None,
        sort: str | None = None,
        descending: bool | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> m.PageOutRowOut:
        """Rows that fit a filter, sorted. A page of large rows may hold fewer than the limit and have a
        `next`.
        """
        return cast(
            "m.PageOutRowOut",
            await self.ask(
                "GET",
                f"/tables/{self.quote(table)}/rows",
                query={"filter": filter, "sort": sort, "descending": descending, "cursor": cursor, "limit": limit},
            ),
        )

    def iter_rows(
        self,
        table: str,
        *,
        filter: str | None = None,
        sort: str | None = None,
        descending: bool | None = None,
        limit: int | None = None,
    ) -> AsyncGenerator[m.RowOut]:
        """Every item of ``list_rows``, page by page as they are needed."""
        return cast(
            "AsyncGenerator[m.RowOut]",
            self.paged(
                f"/tables/{self.quote(table)}/rows",
                {"filter": filter, "sort": sort, "descending": descending, "limit": limit},
            ),
        )

    async def insert_row(self, table: str, body: m.RowIn, *, idempotency_key: str | None = None) -> m.RowOut:
        """Add a row."""
        return cast(
            "m.RowOut",
            await self.ask(
                "POST", f"/tables/{self.quote(table)}/rows", headers={"Idempotency-Key": idempotency_key}, json=body
            ),
        )

    async def insert_rows(self, table: str, body: m.RowsIn, *, idempotency_key: str | None = None) -> m.IdsOut:
        """Add up to 1,000 rows, all or none."""
        return cast(
            "m.IdsOut",
            await self.ask(
                "POST",
                f"/tables/{self.quote(table)}/rows/batch",
                headers={"Idempotency-Key": idempotency_key},
                json=body,
            ),
        )

    async def count_rows(self, table: str, *, filter: str | None = None) -> m.CountOut:
        """How many rows fit a filter."""
        return cast(
            "m.CountOut", await self.ask("GET", f"/tables/{self.quote(table)}/rows/count", query={"filter": filter})
        )

    async def delete_rows(
        self, table: str, body: m.StudioServerResourcesTablesSchemasFilterIn, *, idempotency_key: str | None = None
    ) -> m.CountOut:
        """Delete every row that fits a filter, a thousand in one transaction each."""
        return cast(
            "m.CountOut",
            await self.ask(
                "POST",
                f"/tables/{self.quote(table)}/rows/delete",
                headers={"Idempotency-Key": idempotency_key},
                json=body,
            ),
        )

    async def increment_rows(
        self, table: str, body: m.IncrementIn, *, idempotency_key: str | None = None
    ) -> m.CountOut:
        """Add to a number in every row that fits a filter. Additions at the same time are not lost."""
        return cast(
            "m.CountOut",
            await self.ask(
                "POST",
                f"/tables/{self.quote(table)}/rows/increment",
                headers={"Idempotency-Key": idempotency_key},
                json=body,
            ),
        )

    async def update_rows(self, table: str, body: m.UpdateIn, *, idempotency_key: str | None = None) -> m.CountOut:
        """Set values in every row that fits a filter, a thousand in one transaction each."""
        return cast(
            "m.CountOut",
            await self.ask(
                "POST",
                f"/tables/{self.quote(table)}/rows/update",
                headers={"Idempotency-Key": idempotency_key},
                json=body,
            ),
        )

    async def upsert_row(self, table: str, body: m.UpsertIn, *, idempotency_key: str | None = None) -> m.UpsertOut:
        """Change the row that has this value in a unique column, or add it."""
        return cast(
            "m.UpsertOut",
            await self.ask(
                "POST",
                f"/tables/{self.quote(table)}/rows/upsert",
                headers={"Idempotency-Key": idempotency_key},
                json=body,
            ),
        )

    async def show_row(self, table: str, row: str) -> m.RowOut:
        """A row."""
        return cast("m.RowOut", await self.ask("GET", f"/tables/{self.quote(table)}/rows/{self.quote(row)}"))

    async def change_row(self, table: str, row: str, body: m.RowPatch, *, if_match: str | None = None) -> m.RowOut:
        """Set values of a row."""
        return cast(
            "m.RowOut",
            await self.ask(
                "PATCH",
                f"/tables/{self.quote(table)}/rows/{self.quote(row)}",
                headers={"If-Match": if_match},
                json=body,
            ),
        )

    async def delete_row(self, table: str, row: str, *, if_match: str | None = None) -> None:
        """Delete a row."""
        await self.ask("DELETE", f"/tables/{self.quote(table)}/rows/{self.quote(row)}", headers={"If-Match": if_match})
