"""Opening the store of a data folder."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path

from studio.crypto import KeyRing, Master, find_master, finish_rotation
from studio.domain.errors import StorageFull, StorageReadOnly, UserError, WrongKey
from studio.domain.ids import new_id
from studio.storage._full import is_full
from studio.storage._opened import Opened
from studio.storage._plans import upkeep
from studio.storage.lock import folder_id
from studio.storage.store import SqlStore

_POSTGRES = ("postgresql://", "postgres://")


async def open_store(
    url: str | None,
    data: Path,
    *,
    master: Master | None = None,
    environ: Mapping[str, str] | None = None,
    read_only: bool = False,
) -> Opened:
    """Open the store, making it where there is none.

    Args:
        url: ``postgresql://…``; None for SQLite in the data folder.
        data: The data folder; made (0700) where it is missing.
        master: The master key or key service. Without one it is ``STUDIO_MASTER_KEY``, or the file ``master.key``,
            which is made for a new database, and only then.
        environ: Where to look for the variable; the process's environment where not given.
        read_only: Open an existing store and refuse writes.

    Raises:
        StorageReadOnly: The folder cannot be written.
        StorageFull: There is no space left.
        StorageCorrupt: The database is damaged.
        DatabaseVersion: It belongs to another version of Studio.
        StorageUnavailable: The database cannot be reached.
        WrongKey: The master key is missing or does not open the database.
        AccessRefused: The key file is open to other users.
        UserError: The URL is of no kind that is known.
    """
    if url is not None and not url.startswith(_POSTGRES):
        raise UserError(
            "storage.unknown_url", "A database is given as postgresql://…, not as {scheme}.", scheme=url.split(":")[0]
        )
    if not read_only:
        await asyncio.to_thread(_make_folder, data)
    keys = _Masters(data, master, os.environ if environ is None else environ)
    if url is None:
        return await _open_sqlite(data, keys, read_only)
    from studio.storage.postgres import open_postgres

    return await open_postgres(url, data, keys, read_only)


class _Masters:
    """Finds the master key at the right moment: made only for a new database."""

    def __init__(self, data: Path, given: Master | None, environ: Mapping[str, str]) -> None:
        self._data = data
        self._given = given
        self._environ = environ

    def first_meta(self, create: bool) -> dict[str, str]:
        """The ``meta`` rows of a new database."""
        master = self._given or find_master(self._data, self._environ, create=create)
        instance = new_id()
        check = KeyRing(master).check(instance).hex()
        return {"instance": instance, "generation": "1", "master": master.id, "check": check}

    def ring(self, meta: Mapping[str, str]) -> KeyRing:
        """An empty ring with the master key of this database.

        Raises:
            WrongKey: There is none, or it is another one.
        """
        master = self._given or find_master(self._data, self._environ, create=False)
        if master.id != meta["master"] and self._given is None:
            master = finish_rotation(self._data, meta["master"]) or master
        ring = KeyRing(master)
        ring.verify(bytes.fromhex(meta["check"]), meta["instance"])
        return ring


async def _open_sqlite(data: Path, keys: _Masters, read_only: bool) -> Opened:
    from studio.storage.blobs.files import FileBlobs
    from studio.storage.sqlite import SqliteDriver, database_path, inspect

    path = database_path(data)

    def prepare() -> tuple[KeyRing, str]:
        found = inspect(path, keys.first_meta, read_only=read_only)
        return keys.ring(found.meta), folder_id(data, create=not read_only)

    ring, home = await asyncio.to_thread(prepare)
    driver = SqliteDriver(path, read_only=read_only)
    try:
        store = SqlStore(driver, ring)
        ring.load(await driver.read(upkeep.wrapped_keys()))
    except WrongKey:
        await driver.close()
        raise
    blobs = FileBlobs(data, store.keys, store.behind)
    return Opened(store, blobs, ring, home, "sqlite")


def _make_folder(data: Path) -> None:
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        if is_full(error):
            raise StorageFull("storage.no_space", "There is no space left for {path}.", path=str(data)) from error
        raise StorageReadOnly(
            "storage.folder_unmakable",
            "The data folder {path} cannot be made: {reason}.",
            path=str(data),
            reason=error.strerror or "?",
        ) from error
