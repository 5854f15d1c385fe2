"""Opening SQLite connections, and making or checking the database they open."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, cast

import apsw

from studio.domain.errors import DatabaseVersion, StorageFull, StorageReadOnly, StorageUnavailable
from studio.domain.reasons import os_reason
from studio.storage._full import is_full
from studio.storage._revision import check_revision
from studio.storage._schema import sqlite_schema
from studio.storage.sqlite._errors import translate
from studio.storage.sqlite._typed import Connection

BUSY_MILLISECONDS = 15_000
_CACHE_KIB = 32 * 1024


class Opening(NamedTuple):
    """What is found in a database: its ``meta`` rows, and whether it was made just now."""

    meta: dict[str, str]
    fresh: bool


def database_path(data: Path) -> Path:
    """The database file of a data folder."""
    return data / "studio.db"


def connect(path: Path, *, read_only: bool = False, create: bool = False) -> Connection:
    """A connection with our settings.

    Raises:
        StorageError: It cannot be opened.
    """
    flags = apsw.SQLITE_OPEN_READONLY if read_only else apsw.SQLITE_OPEN_READWRITE
    if create:
        flags |= apsw.SQLITE_OPEN_CREATE
    connection = cast("Connection", apsw.Connection(str(path), flags=flags, statementcachesize=256))
    connection.set_busy_timeout(BUSY_MILLISECONDS)
    connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
    connection.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
    # Several readers and the checkpoint share the file; ours decide when to copy the log back.
    connection.execute(f"PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -{_CACHE_KIB}; PRAGMA temp_store = memory")
    # SQLite opens the file at the first read. Until then a checkpoint does nothing, and a close leaves the log behind.
    connection.pragma("user_version")
    return connection


def inspect(path: Path, first_meta: Callable[[bool], dict[str, str]], *, read_only: bool) -> Opening:
    """Check the database, making it where there is none.

    Args:
        path: The database file.
        first_meta: Gives the first ``meta`` rows of a new database; called before it is made.
        read_only: Do not make one.

    Raises:
        StorageError: It cannot be opened or made; which kind says why.
        DatabaseVersion: It belongs to another version of Studio.
    """
    exists = path.exists() and path.stat().st_size > 0
    if read_only and not exists:
        raise StorageReadOnly("storage.no_database", "There is no database {path} to read.", path=str(path))
    if not read_only:
        _writable(path)
        _keep_private(path)
    try:
        connection = connect(path, read_only=read_only, create=not read_only)
        try:
            return _check_or_make(connection, path, first_meta, read_only)
        except apsw.Error as error:
            raise translate(error, path, connection.system_errno) from error
        finally:
            connection.close()
    except apsw.Error as error:
        raise translate(error, path) from error


def _keep_private(path: Path) -> None:
    """Let nobody else read the file, whatever the folder's mode; SQLite gives its other files the mode of this one."""
    try:
        if not path.exists():
            _make_private(path)
        for each in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
            with contextlib.suppress(FileNotFoundError, PermissionError):  # who may write it need not own it
                if each.stat().st_mode & 0o077:
                    each.chmod(0o600)
    except OSError as error:
        if is_full(error):
            raise StorageFull("storage.full", "There is no space left for {path}.", path=str(path)) from error
        raise StorageUnavailable(
            "storage.cannot_open", "{path} cannot be opened: {reason}.", path=str(path), reason=os_reason(error)
        ) from error


def _make_private(path: Path) -> None:
    """Make the empty file under another name: closing it here would drop the locks that this process has on it."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    try:
        with contextlib.suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _writable(path: Path) -> None:
    target = path if path.exists() else path.parent
    if not os.access(target, os.W_OK) or not os.access(path.parent, os.W_OK):
        raise StorageReadOnly("storage.folder_read_only", "{path} cannot be written.", path=str(target))


def _check_or_make(
    connection: Connection, path: Path, first_meta: Callable[[bool], dict[str, str]], read_only: bool
) -> Opening:
    meta = _meta(connection)
    if meta is None:
        if read_only:
            raise StorageReadOnly("storage.no_database", "There is no database {path} to read.", path=str(path))
        if connection.execute("SELECT count(*) FROM sqlite_master").get:
            raise DatabaseVersion("storage.foreign_database", "{path} is not a database of Studio.", path=str(path))
        prepare_file(connection)
    else:
        check_revision(connection.execute("SELECT version_num FROM alembic_version").get, str(path))
        if meta:
            return Opening(meta, False)
    fresh = _make(connection, first_meta(True))
    return Opening(_meta(connection) or {}, fresh)


def _meta(connection: Connection) -> dict[str, str] | None:
    if not connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'meta'").get:
        return None
    return dict(connection.execute("SELECT name, value FROM meta").fetchall())


def prepare_file(connection: Connection) -> None:
    """Settings that a file keeps, and that must come before its first table.

    Where several processes do it at once, SQLite refuses the change to a log without waiting as it does elsewhere.
    """
    until = time.monotonic() + BUSY_MILLISECONDS / 1000
    while True:
        try:
            connection.execute("PRAGMA auto_vacuum = incremental; PRAGMA journal_mode = wal; PRAGMA synchronous = full")
            return
        except apsw.BusyError:
            if time.monotonic() > until:
                raise
            time.sleep(0.01)


def _make(connection: Connection, meta: dict[str, str]) -> bool:
    """Make what is missing in one transaction: tables, first rows. False where another process was first."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        present = _meta(connection)
        if present:
            return False
        if present is None:
            for statement in sqlite_schema():
                connection.execute(statement)
        connection.executemany("INSERT INTO meta (name, value) VALUES (?, ?)", list(meta.items()))
        connection.execute("COMMIT")
        return True
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
