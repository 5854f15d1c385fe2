"""Data tables: small typed tables of a workspace, and their columns."""

from __future__ import annotations

from typing import Any

import msgspec
from fastapi import Response

from studio.domain.access import Permission
from studio.server._asking import Asking, Services
from studio.server._etag import IfMatch, expected_revision, give_etag
from studio.server._models import PageOut
from studio.server._paging import Cursor, Limit, page_of
from studio.server._routes import Routes
from studio.server.resources.tables.schemas import (
    ColumnIn,
    ColumnOut,
    ColumnPatch,
    TableIn,
    TableOut,
    TablePatch,
)
from studio.services._collection import Kept
from studio.services.tables.model import Column, DataTable

routes = Routes("/tables", "tables")


def _out(kept: Kept[DataTable], rows: int | None = None) -> TableOut:
    table = kept.value
    return TableOut(
        id=kept.id, name=table.name, description=table.description,
        columns=[ColumnOut.model_validate(one) for one in table.columns],
        revision=kept.revision, rows=rows, changing=table.work is not None,
        created_at=kept.record.created_at, updated_at=kept.record.updated_at,
    )  # fmt: skip


def _tagged(kept: Kept[DataTable], response: Response, rows: int | None = None) -> TableOut:
    give_etag(response, kept.revision)
    return _out(kept, rows)


@routes.ask("GET", "", Permission.TABLE_VIEW)
async def list_tables(actor: Asking, services: Services, cursor: Cursor = None, limit: Limit = 50) -> PageOut[TableOut]:
    """The tables of the workspace, by name."""
    page, following = page_of(await services.tables.all(actor), lambda one: one.id, cursor, limit)
    return PageOut(items=[_out(one) for one in page], next=following)


@routes.ask("POST", "", Permission.TABLE_MANAGE, status=201)
async def create_table(body: TableIn, response: Response, actor: Asking, services: Services) -> TableOut:
    """Make a table."""
    columns = [Column(**one.model_dump()) for one in body.columns]
    made = await services.tables.altering.create(actor, body.name, columns, body.description)
    return _tagged(made, response, 0)


@routes.ask("GET", "/{table}", Permission.TABLE_VIEW)
async def show_table(table: str, response: Response, actor: Asking, services: Services) -> TableOut:
    """A table, by its id or name, and how many rows it has."""
    found, rows = await services.tables.get(actor, table)
    return _tagged(found, response, rows)


@routes.ask("PATCH", "/{table}", Permission.TABLE_MANAGE)
async def change_table(
    table: str, body: TablePatch, response: Response, actor: Asking, services: Services, if_match: IfMatch = None
) -> TableOut:
    """Change a table's name or description. Workflows that name it by its old name do not find it any more."""
    changed = await services.tables.altering.describe(
        actor, table, name=body.name, description=body.description, expected=expected_revision(if_match)
    )
    return _tagged(changed, response)


@routes.ask("DELETE", "/{table}", Permission.TABLE_MANAGE, status=204)
async def delete_table(table: str, actor: Asking, services: Services, if_match: IfMatch = None) -> None:
    """Delete a table with all its rows."""
    await services.tables.altering.delete(actor, table, expected_revision(if_match))


@routes.ask("POST", "/{table}/columns", Permission.TABLE_MANAGE, status=201)
async def add_column(
    table: str, body: ColumnIn, response: Response, actor: Asking, services: Services, if_match: IfMatch = None
) -> TableOut:
    """Add a column. Rows that are there get its default."""
    changed = await services.tables.altering.add_column(
        actor, table, Column(**body.model_dump()), expected_revision(if_match)
    )
    return _tagged(changed, response)


@routes.ask("PATCH", "/{table}/columns/{column}", Permission.TABLE_MANAGE)
async def change_column(
    table: str,
    column: str,
    body: ColumnPatch,
    response: Response,
    actor: Asking,
    services: Services,
    if_match: IfMatch = None,
) -> TableOut:
    """Rename a column, or change its type or rules.

    Refused where a value that is there does not fit; the table then stays as it was. While the values are made anew
    rows can be read, and not written.
    """
    given: dict[str, Any] = {
        name: value
        for name in body.model_fields_set
        if (value := getattr(body, name)) is not None or name == "default"
    }  # fmt: skip
    changed = await services.tables.altering.change_column(
        actor, table, column, lambda old: msgspec.structs.replace(old, **given), expected_revision(if_match)
    )
    return _tagged(changed, response)


@routes.ask("DELETE", "/{table}/columns/{column}", Permission.TABLE_MANAGE)
async def drop_column(
    table: str, column: str, response: Response, actor: Asking, services: Services, if_match: IfMatch = None
) -> TableOut:
    """Delete a column with all its values."""
    changed = await services.tables.altering.drop_column(actor, table, column, expected_revision(if_match))
    return _tagged(changed, response)
