"""Opening a Postgres store: reach it, make its tables or check them, find the key."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from pathlib import Path
from typing import Protocol, TypeVar

from studio.crypto import KeyRing
from studio.domain.errors import DatabaseVersion, StorageReadOnly, StorageUnavailable
from studio.storage._opened import Opened
from studio.storage._plans import upkeep
from studio.storage._revision import check_revision
from studio.storage._schema import postgres_schema
from studio.storage.lock import folder_id
from studio.storage.postgres._connect import Server
from studio.storage.postgres._errors import translate
from studio.storage.postgres._session import run
from studio.storage.postgres._typed import Connection
from studio.storage.postgres.blobs import DatabaseBlobs
from studio.storage.postgres.driver import PostgresDriver
from studio.storage.store import SqlStore

_PATIENCE = 20.0
_READING = 60.0
_OPENING = 30.0
_T = TypeVar("_T")
_MAKING = 7_305_119_210
"""Advisory lock held while tables are made."""


class Keys(Protocol):
    """Finds the master key."""

    def first_meta(self, create: bool) -> dict[str, str]:
        """The ``meta`` rows of a new database."""
        ...

    def ring(self, meta: Mapping[str, str]) -> KeyRing:
        """An empty ring with the master key of this database."""
        ...


async def open_postgres(
    url: str,
    data: Path,
    keys: Keys,
    read_only: bool,
    *,
    patience: float = _PATIENCE,
    reading: float = _READING,
    opening: float = _OPENING,
) -> Opened:
    """Open the store at ``url``; see ``open_store``.

    A lost connection is retried for ``patience`` seconds. A question that takes longer than ``reading`` seconds counts
    as lost. What is looked up or made at the opening may take ``opening`` seconds.
    """
    server = Server(url, patience, reading=reading)
    connection = await server.connect()
    try:
        preparing = _prepare(connection, server.name, keys, read_only)
        meta = await _within(opening, connection, server.name, preparing)
        ring = await asyncio.to_thread(keys.ring, meta)
        home = await asyncio.to_thread(lambda: folder_id(data, create=not read_only))
        ring.load(await _within(opening, connection, server.name, run(connection, upkeep.wrapped_keys())))
    finally:
        connection.terminate()
    driver = await PostgresDriver.start(server, read_only=read_only)
    store = SqlStore(driver, ring)
    return Opened(store, DatabaseBlobs(data, driver, store.keys, store.behind), ring, home, "postgres")


async def _within(seconds: float, connection: Connection, server: str, work: Awaitable[_T]) -> _T:
    """Give what ``work`` on the connection gives. Where it takes too long the connection is cut.

    To cancel it would not do: what tidies up after a transaction asks the same silent server.
    """
    silent = asyncio.Event()

    def cut() -> None:
        silent.set()
        connection.terminate()

    timer = asyncio.get_running_loop().call_later(seconds, cut)
    try:
        return await work
    except Exception as error:
        if silent.is_set():
            raise StorageUnavailable(
                "storage.server_silent",
                "The database at {server} was reached, and then gave no answer for {seconds} seconds.",
                server=server,
                seconds=f"{seconds:g}",
            ) from error
        raise translate(error, server) from error
    finally:
        timer.cancel()


async def _prepare(connection: Connection, server: str, keys: Keys, read_only: bool) -> dict[str, str]:
    meta = await _meta(connection)
    if meta is None and read_only:
        raise StorageReadOnly("storage.no_tables", "There is no store at {server} to read.", server=server)
    if not meta:
        await _make(connection, server, keys)
        meta = await _meta(connection) or {}
    if not await _exists(connection, "alembic_version"):
        raise DatabaseVersion("storage.foreign_tables", "{server} is not a database of Studio.", server=server)
    check_revision(await connection.fetchval("SELECT max(version_num) FROM alembic_version"), server)
    return meta


async def _meta(connection: Connection) -> dict[str, str] | None:
    if not await _exists(connection, "meta"):
        return None
    return {row[0]: row[1] for row in await connection.fetch("SELECT * FROM meta")}


async def _make(connection: Connection, server: str, keys: Keys) -> None:
    """Make what is missing in one transaction, one process at a time: tables, first rows."""
    # Taken before the transaction begins: within one, what is known of missing tables would not be looked up again.
    await connection.execute("SELECT pg_advisory_lock($1)", _MAKING)
    try:
        async with connection.transaction():
            present = await _meta(connection)
            if not present:
                await _fill(connection, server, keys, empty=present is None)
    finally:
        await connection.execute("SELECT pg_advisory_unlock($1)", _MAKING)


async def _fill(connection: Connection, server: str, keys: Keys, *, empty: bool) -> None:
    versioned = await _exists(connection, "alembic_version")
    if empty == versioned or (empty and await _exists(connection, "executions")):
        raise DatabaseVersion("storage.foreign_tables", "{server} is not a database of Studio.", server=server)
    meta = await asyncio.to_thread(keys.first_meta, True)
    for statement in postgres_schema() if empty else ():
        await connection.execute(statement)
    for name, value in meta.items():
        await connection.execute("INSERT INTO meta (name, value) VALUES ($1, $2)", name, value)


async def _exists(connection: Connection, table: str) -> bool:
    return await connection.fetchval("SELECT to_regclass($1) IS NOT NULL", table)
