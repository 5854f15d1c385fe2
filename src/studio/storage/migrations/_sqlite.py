"""Migrations of a SQLite database."""

from __future__ import annotations

from pathlib import Path

from studio.storage.migrations._render import BASE, render
from studio.storage.sqlite import database_path
from studio.storage.sqlite._connect import connect, prepare_file
from studio.storage.sqlite._errors import reported
from studio.storage.sqlite._typed import Connection


def current(data: Path) -> str:
    """The revision of the database in a data folder."""
    path = database_path(data)
    if not path.exists():
        return BASE
    with reported(path):
        connection = connect(path, read_only=True)
        try:
            return _revision(connection)
        finally:
            connection.close()


def migrate(data: Path, target: str) -> tuple[str, str]:
    """Carry out a migration in one transaction, holding every other writer back."""
    path = database_path(data)
    with reported(path):
        connection = connect(path, create=True)
        try:
            prepare_file(connection)
            connection.execute("BEGIN IMMEDIATE")
            start = _revision(connection)
            # A statement that returns rows stops the ones after it until they are taken.
            connection.execute(render("sqlite", start, target)).fetchall()
            connection.execute("COMMIT")
            return start, target
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            connection.close()


def _revision(connection: Connection) -> str:
    if not connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'").get:
        return BASE
    return connection.execute("SELECT version_num FROM alembic_version").get or BASE
