"""Data tables as files: in and out."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import Header, Query, Request
from fastapi.responses import StreamingResponse

from studio.domain.access import Permission
from studio.server._asking import Asking, Services
from studio.server._routes import Routes
from studio.server.resources.tables.rows import FilterText, filter_from
from studio.server.resources.tables.schemas import CountOut
from studio.services.tables.files import Format

routes = Routes("/tables/{table}", "tables")

_MEDIA = {"ndjson": "application/x-ndjson", "csv": "text/csv; charset=utf-8"}
_CSV = {
    "requestBody": {
        "required": True,
        "description": "A CSV file in UTF-8 whose first line names the columns.",
        "content": {"text/csv": {"schema": {"type": "string"}, "example": "mail,age\r\nada@example.org,36\r\n"}},
    }
}


@routes.ask(
    "GET", "/export", Permission.TABLE_VIEW, response_class=StreamingResponse,
    responses={200: {"description": "The file.", "content": {media: {"schema": {"type": "string"}} for media in (
        "text/csv", "application/x-ndjson")}}},
)  # fmt: skip
async def export_table(
    table: str,
    actor: Asking,
    services: Services,
    format: Annotated[Format, Query()] = "csv",
    filter: FilterText = None,
    safe: Annotated[
        bool, Query(description="Put an apostrophe before texts that spreadsheets would take for formulas.")
    ] = True,
) -> StreamingResponse:
    """The rows as a file, by their age. The audit log tells of the export."""
    found, pieces = await services.tables.export(actor, table, filter_from(filter), format, safe=safe)
    name = quote(f"{found.value.name}.{format}", safe="")
    headers = {"content-disposition": f"attachment; filename=\"table.{format}\"; filename*=UTF-8''{name}"}
    pieces = (await services.hidden(actor.workspace)).stream(pieces)
    return StreamingResponse(pieces, media_type=_MEDIA[format], headers=headers)


@routes.ask("POST", "/import", Permission.TABLE_EDIT, openapi_extra=_CSV)
async def import_table(
    table: str,
    request: Request,
    actor: Asking,
    services: Services,
    delimiter: Annotated[Literal[",", ";", "\t", "|"], Query(description="What parts cells.")] = ",",
    upsert: Annotated[
        str | None, Query(max_length=200, description="A unique column: rows with a known value in it are changed.")
    ] = None,
    idempotency_key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            min_length=1,
            max_length=200,
            description="The same file under the same key is taken once; a broken import goes on.",
        ),
    ] = None,
) -> CountOut:
    """Add the rows of a CSV file. Every cell is checked before the first row is written.

    Empty cells get the column's default, or with `upsert` stay as they are. Rows are written a thousand in one
    transaction each, so that a value which must be unique and is there already can end an import after some of them.
    """
    content = await request.body()
    count = await services.tables.take(
        actor, table, content, delimiter=delimiter, upsert=upsert, key=idempotency_key
    )  # fmt: skip
    return CountOut(count=count)
