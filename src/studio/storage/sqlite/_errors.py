"""SQLite's errors as ours."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import apsw

from studio.domain.errors import (
    StorageCorrupt,
    StorageError,
    StorageFull,
    StorageReadOnly,
    StorageUnavailable,
    StudioError,
    WriteRefused,
)
from studio.storage._full import NO_SPACE

_CONTENT = (apsw.TooBigError, apsw.ConstraintError, apsw.MismatchError, ValueError, TypeError, OverflowError)
_HOLDS_BYTES = "JSON cannot hold BLOB"
"""What SQLite says where rows are read in one piece and a damaged one holds bytes instead of a text or a number."""

_ENVIRONMENT = (
    apsw.FullError,
    apsw.IOError,
    apsw.CorruptError,
    apsw.NotADBError,
    apsw.ReadOnlyError,
    apsw.BusyError,
    apsw.LockedError,
    apsw.CantOpenError,
    apsw.NoMemError,
    apsw.ProtocolError,
    apsw.InterruptError,
    apsw.PermissionsError,
    apsw.AuthError,
)


def is_environment(error: BaseException) -> bool:
    """Whether the whole batch is to blame on the disk or the database, so that trying its parts alone is no use."""
    return isinstance(error, _ENVIRONMENT)


def translate(error: BaseException, path: Path, system_errno: int = 0) -> StudioError:
    """Our error for whatever came up.

    Args:
        error: What was raised.
        path: The database file, for the message.
        system_errno: What the system reported to the connection last.
    """
    if isinstance(error, StudioError):
        return error
    where = str(path)
    reason = str(error) or type(error).__name__
    if isinstance(error, apsw.FullError) or (isinstance(error, apsw.IOError) and system_errno in NO_SPACE):
        return StorageFull("storage.full", "There is no space left for {path}.", path=where)
    if isinstance(error, apsw.ReadOnlyError | apsw.PermissionsError):
        return StorageReadOnly("storage.read_only", "{path} cannot be written: {reason}.", path=where, reason=reason)
    if isinstance(error, apsw.CorruptError | apsw.NotADBError | UnicodeDecodeError) or _HOLDS_BYTES in reason:
        return StorageCorrupt("storage.database_corrupt", "{path} is damaged: {reason}.", path=where, reason=reason)
    if isinstance(error, apsw.BusyError | apsw.LockedError | apsw.ProtocolError):
        return StorageUnavailable(
            "storage.database_busy", "{path} is kept busy by another process: {reason}.", path=where, reason=reason
        )
    if isinstance(error, apsw.CantOpenError):
        return StorageUnavailable(
            "storage.cannot_open", "{path} cannot be opened: {reason}.", path=where, reason=reason
        )
    if isinstance(error, apsw.IOError):
        return StorageUnavailable(
            "storage.disk_error", "Reading or writing {path} failed: {reason}.", path=where, reason=reason
        )
    kind = WriteRefused if isinstance(error, _CONTENT) else StorageError
    return kind("storage.refused", "The database refuses the write: {reason}.", reason=reason)


@contextmanager
def reported(path: Path) -> Generator[None]:
    """Errors of SQLite on the file ``path`` come out as ours."""
    try:
        yield
    except apsw.Error as error:
        raise translate(error, path) from error
