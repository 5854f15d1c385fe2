"""Which revision a store has, and bringing it to another."""

from __future__ import annotations

import asyncio
from pathlib import Path

from studio.storage._schema import REVISION
from studio.storage.migrations._render import BASE, check_known

__all__ = ["BASE", "current", "migrate"]


async def current(url: str | None, data: Path) -> str:
    """The revision of a store, ``base`` where it has no tables.

    Raises:
        StorageError: It cannot be reached.
    """
    if url is None:
        from studio.storage.migrations import _sqlite

        return await asyncio.to_thread(_sqlite.current, data)
    from studio.storage.migrations import _postgres

    return await _postgres.current(url)


async def migrate(url: str | None, data: Path, target: str = REVISION) -> tuple[str, str]:
    """Bring a store to ``target``, up or down; gives the revision before and after.

    No engine may run on it meanwhile that does not know both revisions.

    Args:
        url: ``postgresql://…``, or None for SQLite in the data folder.
        data: The data folder.
        target: A known revision, or ``base`` to drop all tables.

    Raises:
        DatabaseVersion: The database or the target is of no revision that is known.
        StorageError: The database cannot be reached or written.
    """
    check_known(target)
    if url is None:
        from studio.storage.migrations import _sqlite

        return await asyncio.to_thread(_sqlite.migrate, data, target)
    from studio.storage.migrations import _postgres

    return await _postgres.migrate(url, target)
