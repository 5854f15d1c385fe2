"""Errors of the databases come out as ours."""

from __future__ import annotations

import errno
from pathlib import Path

import apsw
import asyncpg
import pytest

from studio.domain.errors import (
    Conflict,
    StorageCorrupt,
    StorageError,
    StorageFull,
    StorageReadOnly,
    StorageUnavailable,
    StudioError,
    WriteRefused,
)
from studio.storage.blobs import refused
from studio.storage.postgres import _errors as remote
from studio.storage.sqlite import _errors as local

PATH = Path("/somewhere/studio.db")
OWN = Conflict("test.own", "ours already")


@pytest.mark.parametrize(
    ("error", "system", "kind"),
    [
        (apsw.FullError(), 0, StorageFull),
        (apsw.IOError(), errno.ENOSPC, StorageFull),
        (apsw.IOError(), errno.EDQUOT, StorageFull),
        (apsw.IOError(), errno.EFBIG, StorageFull),
        (apsw.IOError(), errno.EIO, StorageUnavailable),
        (apsw.ReadOnlyError(), 0, StorageReadOnly),
        (apsw.CorruptError(), 0, StorageCorrupt),
        (apsw.NotADBError(), 0, StorageCorrupt),
        (apsw.BusyError(), 0, StorageUnavailable),
        (apsw.CantOpenError(), 0, StorageUnavailable),
        (apsw.ConstraintError("no"), 0, WriteRefused),
        (TypeError("no"), 0, WriteRefused),
        (OWN, 0, Conflict),
    ],
)
def test_sqlite(error: Exception, system: int, kind: type[StudioError]) -> None:
    found = local.translate(error, PATH, system)
    assert type(found) is kind
    assert local.is_environment(error) == (
        isinstance(error, apsw.Error) and not isinstance(error, apsw.ConstraintError)
    )


@pytest.mark.parametrize(
    ("error", "kind", "lost"),
    [
        (asyncpg.DiskFullError("x"), StorageFull, False),
        (asyncpg.ReadOnlySQLTransactionError("x"), StorageReadOnly, False),
        (asyncpg.DataCorruptedError("x"), StorageCorrupt, False),
        (asyncpg.IndexCorruptedError("x"), StorageCorrupt, False),
        (asyncpg.AdminShutdownError("x"), StorageUnavailable, True),
        (asyncpg.CannotConnectNowError("x"), StorageUnavailable, True),
        (asyncpg.TooManyConnectionsError("x"), StorageUnavailable, True),
        (asyncpg.ConnectionDoesNotExistError("x"), StorageUnavailable, True),
        (asyncpg.InterfaceError("x"), StorageUnavailable, True),
        (asyncpg.InvalidPasswordError("x"), StorageUnavailable, False),
        (asyncpg.InvalidCatalogNameError("x"), StorageUnavailable, False),
        (asyncpg.DeadlockDetectedError("x"), StorageUnavailable, False),
        (asyncpg.UniqueViolationError("x"), WriteRefused, False),
        (ConnectionRefusedError("x"), StorageUnavailable, True),
        (TimeoutError("x"), StorageUnavailable, True),
        (ValueError("x"), WriteRefused, False),
        (asyncpg.UndefinedTableError("x"), StorageError, False),
        (OWN, Conflict, False),
    ],
)
def test_postgres(error: Exception, kind: type[StudioError], lost: bool) -> None:
    assert type(remote.translate(error, "host:1/x")) is kind
    assert remote.is_lost(error) == lost
    assert remote.is_again(error) == isinstance(error, asyncpg.DeadlockDetectedError)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://user:secret@db.example:6000/studio?ssl=require", "db.example:6000/studio"),
        ("postgres:///studio", "localhost:5432/studio"),
    ],
)
def test_servers_are_shown_without_password(url: str, shown: str) -> None:
    assert remote.server_of(url) == shown


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, StorageFull),
        (errno.EDQUOT, StorageFull),
        (errno.EROFS, StorageReadOnly),
        (errno.EACCES, StorageReadOnly),
        (errno.EIO, StorageUnavailable),
    ],
)
def test_files(number: int, kind: type[StudioError]) -> None:
    found = refused(OSError(number, "reason", "/a/file"), PATH)
    assert type(found) is kind
    assert found.arguments["path"] == "/a/file"
    assert refused(OSError(number, "reason"), PATH).arguments["path"] == str(PATH)
