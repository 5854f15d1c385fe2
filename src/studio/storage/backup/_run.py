"""Backup and restore, whichever the database."""

from __future__ import annotations

import asyncio
from pathlib import Path

from studio.domain.errors import NotFound
from studio.storage.backup._facts import BackupFacts
from studio.storage.blobs import refused


async def backup(url: str | None, data: Path, target: Path) -> BackupFacts:
    """Write a backup while everything goes on working; from this process or another. It needs no key.

    Args:
        url: ``postgresql://…``, or None for SQLite in the data folder.
        data: The data folder.
        target: The archive to write; must not exist. It is there whole or not at all.

    Raises:
        UserError: The target exists.
        StorageFull: There is no space left.
        StorageError: The database or the target cannot be read or written.
    """
    try:
        if url is not None:
            from studio.storage.backup import _postgres

            return await _postgres.backup(url, data, target)
        from studio.storage.backup import _sqlite

        return await asyncio.to_thread(_sqlite.backup, data, target)
    except OSError as error:
        raise refused(error, target) from error


async def restore(archive: Path, url: str | None, data: Path) -> BackupFacts:
    """Restore a backup into an empty folder or database, as a new generation.

    Unfinished executions and schedules are held until ``Store.recover`` and ``Store.resume_schedule`` lift that. The
    master key has to be brought along: the file ``master.key`` may lie in the folder already.

    Args:
        archive: What ``backup`` wrote.
        url: An empty database at ``postgresql://…``, or None for SQLite in the data folder.
        data: The data folder; empty for SQLite.

    Raises:
        NotFound: There is no such archive.
        UserError: It is no backup, damaged, of another kind of database, or larger than the disk.
        Conflict: The target is not empty.
        DatabaseVersion: It comes from another version of Studio.
        StorageError: The target cannot be written.
    """
    if not archive.exists():
        raise NotFound("storage.no_backup", "There is no backup {path}.", path=str(archive))
    try:
        if url is not None:
            from studio.storage.backup import _postgres

            return await _postgres.restore(archive, url, data)
        from studio.storage.backup import _sqlite

        return await asyncio.to_thread(_sqlite.restore, archive, data)
    except OSError as error:
        raise refused(error, data) from error
