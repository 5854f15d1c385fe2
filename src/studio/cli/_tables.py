"""Data tables, on this machine or on a server, for the commands ``studio tables …``."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol, TypeAlias, TypeVar, cast

import typer

from studio.cli._options import settings_from
from studio.cli._say import Voice
from studio.domain.errors import UserError
from studio.domain.reasons import os_reason

if TYPE_CHECKING:
    from studio.client import Client

T = TypeVar("T")
TableArgument: TypeAlias = Annotated[str, typer.Argument(metavar="TABLE", help="The table's name or id")]
FilterOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--filter", metavar="JSON", help='Only rows that fit, such as {"column": "age", "op": "gt", "value": 40}'
    ),
]
_PAGE = 1000


class Tables(Protocol):
    """What the commands need of data tables; tables and rows in the form of the API's answers."""

    async def list(self) -> list[dict[str, Any]]: ...
    async def show(self, table: str) -> dict[str, Any]: ...
    async def create(self, name: str, columns: Sequence[Mapping[str, Any]], description: str) -> dict[str, Any]: ...
    async def rows(
        self, table: str, where: Any, *, sort: str | None, descending: bool, limit: int
    ) -> list[dict[str, Any]]: ...
    def export(self, table: str, where: Any, format: Any, *, safe: bool) -> AsyncIterator[bytes]: ...
    async def take(self, table: str, content: bytes, *, delimiter: Any, upsert: str | None) -> int: ...


def on_tables(
    work: Callable[[Tables], Awaitable[T]], voice: Voice, *, data: Path | None, db: str | None, server: str | None
) -> T:
    """Do something with the tables of a server, or of the data folder."""
    if server is not None:
        from studio.cli.remote.connection import on_server

        return on_server(server, voice.lang, lambda client: work(_There(client)))

    async def here() -> T:
        from studio.bootstrap import Studio

        async with Studio(settings_from(data=data, db=db, lang=voice.lang)) as studio:
            await studio.open()
            return await work(studio.tables)

    return asyncio.run(here())


def filter_from(text: str | None) -> Any:
    """A filter as it was typed.

    Raises:
        UserError: It is no JSON.
    """
    try:
        return None if text is None else json.loads(text)
    except ValueError as error:
        raise UserError("data_table.filter_json", "The filter is no JSON.").at(param="--filter") from error


def read_bytes(path: Path) -> bytes:
    """What a file holds; ``-`` is stdin.

    Raises:
        UserError: It cannot be read.
    """
    try:
        return sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except OSError as error:
        raise UserError(
            "cli.file_unreadable", "{path} cannot be read: {reason}.", path=str(path), reason=os_reason(error)
        ) from error


class _There:
    """The tables of a server."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def list(self) -> list[dict[str, Any]]:
        return [cast("dict[str, Any]", one) async for one in self._client.iter_tables(limit=200)]

    async def show(self, table: str) -> dict[str, Any]:
        return cast("dict[str, Any]", await self._client.show_table(table))

    async def create(self, name: str, columns: Sequence[Mapping[str, Any]], description: str) -> dict[str, Any]:
        body: Any = {"name": name, "columns": list(columns), "description": description}
        return cast("dict[str, Any]", await self._client.create_table(body))

    async def rows(
        self, table: str, where: Any, *, sort: str | None, descending: bool, limit: int
    ) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        rows = self._client.iter_rows(
            table, filter=_text(where), sort=sort, descending=descending, limit=min(limit, _PAGE)
        )
        async for row in rows:
            found.append(cast("dict[str, Any]", row))
            if len(found) == limit:
                break
        return found

    async def export(self, table: str, where: Any, format: Any, *, safe: bool) -> AsyncIterator[bytes]:
        query = {"format": format, "filter": _text(where), "safe": safe}
        async for piece in self._client.download(f"/tables/{self._client.quote(table)}/export", query):
            yield piece

    async def take(self, table: str, content: bytes, *, delimiter: Any, upsert: str | None) -> int:
        return (await self._client.import_table(table, content, delimiter=delimiter, upsert=upsert))["count"]


def _text(where: Any) -> str | None:
    return None if where is None else json.dumps(where)
