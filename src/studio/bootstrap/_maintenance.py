"""Looking after a data folder and its database."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from studio.bootstrap._settings import Settings
from studio.domain.errors import UserError
from studio.domain.ids import DEFAULT_WORKSPACE

if TYPE_CHECKING:
    from studio.services.audit.verifying import Verified
    from studio.storage import Opened
    from studio.storage.backup import BackupFacts


class Maintenance:
    """Looks after a data folder and its database: backups, keys, revisions."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def backup(self, target: Path) -> BackupFacts:
        """Write a backup while work goes on."""
        from studio.storage.backup import backup

        return await backup(self._settings.db, self._settings.data, target)

    async def restore(self, archive: Path) -> BackupFacts:
        """Restore a backup into an empty folder or database; unfinished executions are held.

        Raises:
            UserError: There is no master key yet: what is restored without one could not be opened.
        """
        from studio.crypto import KEY_FILE, KEY_VARIABLE
        from studio.storage.backup import restore

        key = self._settings.data / KEY_FILE
        if archive.exists() and not key.exists() and not os.environ.get(KEY_VARIABLE):
            raise UserError(
                "keys.needed_first",
                "The master key of the backup comes first: copy it to {path}, or use `studio keys import`.",
                path=str(key),
            )
        return await restore(archive, self._settings.db, self._settings.data)

    async def held(self, *, release: bool) -> int:
        """How many executions a restore holds; with ``release`` none any more afterwards."""
        from studio.services.executions import Executions

        async with self._store() as opened:
            ids = [row.id for row in await Executions(opened.store, opened.blobs).held()]
            return await opened.store.recover(ids) if release and ids else len(ids)

    async def rotate_keys(self, *, master: bool) -> None:
        """Make a new data key per workspace, and with ``master`` a new master key; older seals are made anew.

        Raises:
            UserError: The master key comes from the environment, where only a person can change it.
            EngineBusy: A new master key would lock out the engine that runs.
        """
        from studio.crypto import KEY_VARIABLE
        from studio.storage import EngineLock, rotate_master_file

        async with self._store() as opened:
            if master:
                if os.environ.get(KEY_VARIABLE):
                    raise UserError(
                        "keys.from_environment", "The master key comes from {variable}; change it there.",
                        variable=KEY_VARIABLE,
                    )  # fmt: skip
                with EngineLock(self._settings.data):
                    await rotate_master_file(opened, self._settings.data)
            workspaces = {key.workspace for key in opened.ring.data_keys()} | {DEFAULT_WORKSPACE}
            for workspace in sorted(workspaces):
                await opened.store.rotate(workspace)
                while await opened.store.rewrap(workspace):
                    continue

    async def export_keys(self, target: Path, passphrase: str) -> None:
        """Write all keys into a new file that only the passphrase opens.

        Raises:
            UserError: The file exists, or the passphrase is too short.
        """
        from studio.crypto import export_keys

        async with self._store() as opened:
            content = export_keys(opened.ring, passphrase)
        _write_private(target, content)

    def import_keys(self, source: Path, passphrase: str) -> Path:
        """Put the master key of an export into a data folder that has none; the path of its file.

        Raises:
            UserError: It is no export, it holds no master key, or the folder has one.
            WrongKey: The passphrase is wrong.
        """
        from studio.crypto import KEY_FILE, MasterKey, import_keys

        exported = import_keys(source.read_bytes(), passphrase)
        if not exported.master:
            raise UserError("keys.no_master", "{path} holds no master key: a key service has it.", path=str(source))
        self._settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = self._settings.data / KEY_FILE
        if not MasterKey.from_text(exported.master, str(source)).write(target):
            raise UserError("keys.exists", "{path} exists already.", path=str(target))
        return target

    async def verify_audit(self, workspace: str | None) -> list[Verified]:
        """Check the audit log of a workspace; of the instance and all workspaces with None.

        Raises:
            NotFound: There is no such workspace.
        """
        from studio.services.audit.verifying import Verifier
        from studio.services.people.model import People

        async with self._store() as opened:
            records = opened.store.records
            verifier = Verifier(records, People(records))
            return await verifier.all() if workspace is None else [await verifier.one(workspace)]

    async def revision(self) -> tuple[str, str]:
        """The revision of the database, and the one that this version wants."""
        from studio.storage.migrations import REVISION, current

        return await current(self._settings.db, self._settings.data), REVISION

    async def migrate(self, target: str | None) -> tuple[str, str]:
        """Bring the database to a revision, the newest by default; gives the one before and after.

        Raises:
            EngineBusy: An engine runs on it.
        """
        from studio.storage import EngineLock
        from studio.storage.migrations import REVISION, migrate

        if target is None and not self._settings.data.exists():
            async with self._store():  # a new folder: its key and database are made as by a first run
                return "base", REVISION
        with EngineLock(self._settings.data):
            return await migrate(self._settings.db, self._settings.data, target or REVISION)

    @asynccontextmanager
    async def _store(self) -> AsyncGenerator[Opened]:
        from studio.storage import open_store

        opened = await open_store(self._settings.db, self._settings.data)
        try:
            yield opened
        finally:
            await opened.close()


def _write_private(target: Path, content: bytes) -> None:
    """Write a new file that only its owner reads."""
    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError as error:
        raise UserError("keys.exists", "{path} exists already.", path=str(target)) from error
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
