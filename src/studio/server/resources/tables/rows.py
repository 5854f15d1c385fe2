"""Rows of data tables."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
from fastapi import Query, Response

from studio.domain.access import Permission
from studio.domain.errors import UserError
from studio.server._asking import Asking, Services
from studio.server._etag import IfMatch, expected_revision, give_etag
from studio.server._models import PageOut
from studio.server._paging import Cursor, decode_cursor, encode_cursor
from studio.server._routes import Routes
from studio.server.resources.tables.schemas import (
    CountOut,
    FilterIn,
    IdsOut,
    IncrementIn,
    RowIn,
    RowOut,
    RowPatch,
    RowsIn,
    UpdateIn,
    UpsertIn,
    UpsertOut,
)
from studio.services._collection import Kept
from studio.services.tables.model import DataTable, StoredRow
from studio.services.tables.scanning import cells_of
from studio.services.tables.writing import adding, setting
from studio.services.vault.hidden import Hidden

routes = Routes("/tables/{table}/rows", "tables")

FilterText = Annotated[
    str | None,
    Query(
        max_length=8000,
        description='Which rows, as JSON: `{"column": "age", "op": "gt", "value": 40}`, or all, any, not around others',
        examples=['{"column": "age", "op": "gt", "value": 40}'],
    ),
]


def filter_from(text: str | None) -> Any:
    """A filter out of an address.

    Raises:
        UserError: It is no JSON.
    """
    if text is None:
        return None
    try:
        return orjson.loads(text)
    except ValueError as error:
        raise UserError("data_table.filter_json", "The filter is no JSON.").at(param="filter") from error


def _out(table: Kept[DataTable], row: Kept[StoredRow], hidden: Hidden) -> RowOut:
    """A row as an answer. A workflow may have put a secret of the vault into it, which is not shown here either."""
    return RowOut(
        id=row.id, revision=row.revision, created_at=row.record.created_at, updated_at=row.record.updated_at,
        cells=hidden.plain(cells_of(table.value, row.value)),
    )  # fmt: skip


@routes.ask("GET", "", Permission.TABLE_VIEW)
async def list_rows(
    table: str,
    actor: Asking,
    services: Services,
    filter: FilterText = None,
    sort: Annotated[str | None, Query(max_length=200, description="Column; without, rows come by their age.")] = None,
    descending: Annotated[
        bool, Query(description="The other way round; what has no value comes last all the same.")
    ] = False,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="How many rows a page holds.")] = 100,
) -> PageOut[RowOut]:
    """Rows that fit a filter, sorted. A page of large rows may hold fewer than the limit and have a `next`."""
    found, page = await services.tables.rows(
        actor, table, filter_from(filter), sort=sort, descending=descending, limit=limit, after=decode_cursor(cursor)
    )
    hidden = await services.hidden(actor.workspace)
    return PageOut(items=[_out(found, row, hidden) for row in page.rows], next=encode_cursor(page.after))


@routes.ask("GET", "/count", Permission.TABLE_VIEW)
async def count_rows(table: str, actor: Asking, services: Services, filter: FilterText = None) -> CountOut:
    """How many rows fit a filter."""
    return CountOut(count=await services.tables.count(actor, table, filter_from(filter)))


@routes.ask("POST", "", Permission.TABLE_EDIT, status=201)
async def insert_row(table: str, body: RowIn, response: Response, actor: Asking, services: Services) -> RowOut:
    """Add a row."""
    (id,) = await services.tables.insert(actor, table, [body.cells])
    found, row = await services.tables.row(actor, table, id)
    give_etag(response, row.revision)
    return _out(found, row, await services.hidden(actor.workspace))


@routes.ask("POST", "/batch", Permission.TABLE_EDIT, status=201)
async def insert_rows(table: str, body: RowsIn, actor: Asking, services: Services) -> IdsOut:
    """Add up to 1,000 rows, all or none."""
    return IdsOut(ids=await services.tables.insert(actor, table, body.rows))


@routes.ask("POST", "/upsert", Permission.TABLE_EDIT, repeatable=True)
async def upsert_row(table: str, body: UpsertIn, response: Response, actor: Asking, services: Services) -> UpsertOut:
    """Change the row that has this value in a unique column, or add it."""
    found, row, created = await services.tables.upsert(actor, table, body.column, body.cells)
    give_etag(response, row.revision)
    return UpsertOut(row=_out(found, row, await services.hidden(actor.workspace)), created=created)


@routes.ask("POST", "/update", Permission.TABLE_EDIT, repeatable=True)
async def update_rows(table: str, body: UpdateIn, actor: Asking, services: Services) -> CountOut:
    """Set values in every row that fits a filter, a thousand in one transaction each."""
    return CountOut(count=await services.tables.change(actor, table, body.filter, setting(body.cells)))


@routes.ask("POST", "/increment", Permission.TABLE_EDIT, repeatable=True)
async def increment_rows(table: str, body: IncrementIn, actor: Asking, services: Services) -> CountOut:
    """Add to a number in every row that fits a filter. Additions at the same time are not lost."""
    return CountOut(count=await services.tables.change(actor, table, body.filter, adding(body.column, body.by)))


@routes.ask("POST", "/delete", Permission.TABLE_EDIT, repeatable=True)
async def delete_rows(table: str, body: FilterIn, actor: Asking, services: Services) -> CountOut:
    """Delete every row that fits a filter, a thousand in one transaction each."""
    return CountOut(count=await services.tables.delete(actor, table, body.filter))


@routes.ask("GET", "/{row}", Permission.TABLE_VIEW)
async def show_row(table: str, row: str, response: Response, actor: Asking, services: Services) -> RowOut:
    """A row."""
    found, one = await services.tables.row(actor, table, row)
    give_etag(response, one.revision)
    return _out(found, one, await services.hidden(actor.workspace))


@routes.ask("PATCH", "/{row}", Permission.TABLE_EDIT)
async def change_row(
    table: str,
    row: str,
    body: RowPatch,
    response: Response,
    actor: Asking,
    services: Services,
    if_match: IfMatch = None,
) -> RowOut:
    """Set values of a row."""
    found, one = await services.tables.patch(actor, table, row, body.cells, expected_revision(if_match))
    give_etag(response, one.revision)
    return _out(found, one, await services.hidden(actor.workspace))


@routes.ask("DELETE", "/{row}", Permission.TABLE_EDIT, status=204)
async def delete_row(table: str, row: str, actor: Asking, services: Services, if_match: IfMatch = None) -> None:
    """Delete a row."""
    await services.tables.delete_row(actor, table, row, expected_revision(if_match))
