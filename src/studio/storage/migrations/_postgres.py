"""Migrations of a Postgres database."""

from __future__ import annotations

from studio.storage.migrations._render import BASE, render
from studio.storage.postgres._connect import Server
from studio.storage.postgres._errors import translate
from studio.storage.postgres._typed import Connection

_MIGRATING = 7_305_119_212
"""Advisory lock held while tables change."""


async def current(url: str) -> str:
    """The revision of the database at ``url``."""
    connection = await Server(url, 0).connect()
    try:
        return await _revision(connection)
    finally:
        connection.terminate()


async def migrate(url: str, target: str) -> tuple[str, str]:
    """Carry out a migration in one transaction, one process at a time."""
    server = Server(url, 0)
    connection = await server.connect()
    try:
        # Ends with the connection.
        await connection.execute("SELECT pg_advisory_lock($1)", _MIGRATING)
        async with connection.transaction():
            start = await _revision(connection)
            if sql := render("postgresql", start, target):
                await connection.execute(sql)
        return start, target
    except Exception as error:
        raise translate(error, server.name) from error
    finally:
        connection.terminate()


async def _revision(connection: Connection) -> str:
    if not await connection.fetchval("SELECT to_regclass('alembic_version') IS NOT NULL"):
        return BASE
    return await connection.fetchval("SELECT version_num FROM alembic_version") or BASE
