"""Postgres' errors as ours."""

from __future__ import annotations

from urllib.parse import urlsplit

import asyncpg  # pyright: ignore[reportMissingTypeStubs] - it has none

from studio.domain.errors import (
    StorageCorrupt,
    StorageError,
    StorageFull,
    StorageReadOnly,
    StorageUnavailable,
    StudioError,
    WriteRefused,
)

_LOST_STATES = ("08", "57P", "53300", "25P03")
_AGAIN_STATES = ("40001", "40P01", "55P03")
_CONTENT_STATES = ("22", "23", "54")


def server_of(url: str) -> str:
    """Host, port and database of a URL: what an error may show."""
    parts = urlsplit(url)
    return f"{parts.hostname or 'localhost'}:{parts.port or 5432}{parts.path}"


def is_lost(error: BaseException) -> bool:
    """Whether the connection is gone, so that the outcome is unknown and another connection may help."""
    if isinstance(error, asyncpg.PostgresError):
        return _state(error).startswith(_LOST_STATES)
    # The client's own error comes from a connection that ended in the middle of something.
    return isinstance(error, OSError | asyncpg.InterfaceError | asyncpg.InternalClientError | EOFError)


def is_again(error: BaseException) -> bool:
    """Whether others were in the way, so that the same may be tried at once."""
    return isinstance(error, asyncpg.PostgresError) and _state(error) in _AGAIN_STATES


def is_environment(error: BaseException) -> bool:
    """Whether the whole batch is to blame on the server, so that trying its parts alone is no use."""
    if not isinstance(error, asyncpg.PostgresError):
        return False
    state = _state(error)
    return state.startswith(("53", "58", "XX")) or state == "25006"


def translate(error: BaseException, server: str) -> StudioError:
    """Our error for whatever came up; ``server`` names the place without a password."""
    if isinstance(error, StudioError):
        return error
    reason = str(error) or type(error).__name__
    state = _state(error)
    if state == "53100":
        return StorageFull("storage.server_full", "There is no space left for the database at {server}.", server=server)
    if state == "25006":
        return StorageReadOnly("storage.server_read_only", "The database at {server} takes no writes.", server=server)
    if state in ("XX001", "XX002"):
        return StorageCorrupt(
            "storage.server_corrupt", "The database at {server} is damaged: {reason}.", server=server, reason=reason
        )
    if is_lost(error) or is_environment(error) or is_again(error) or state.startswith(("28", "3D")):
        return StorageUnavailable(
            "storage.server_unavailable",
            "The database at {server} cannot be used: {reason}.",
            server=server,
            reason=reason,
        )
    content = state.startswith(_CONTENT_STATES) or isinstance(error, ValueError | TypeError | OverflowError)
    kind = WriteRefused if content else StorageError
    return kind("storage.server_refused", "The database refuses the write: {reason}.", reason=reason)


def _state(error: BaseException) -> str:
    return getattr(error, "sqlstate", None) or ""
