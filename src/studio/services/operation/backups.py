"""Backups that the server makes by itself, while work goes on. Restoring stays a command for a stopped server."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from studio.contracts.records import AuditDraft, Records
from studio.domain.access import Actor
from studio.domain.errors import Conflict, StorageError, StudioError
from studio.domain.ids import INSTANCE
from studio.services._collection import Collection
from studio.services.auditing import entry
from studio.services.operation.leases import Leases

_LOG = logging.getLogger("studio.backups")
_NAME = re.compile(r"studio-\d{8}T\d{6}Z\.backup\Z")
_LEASE = "backup"
_LONGEST = 6 * 3600.0
"""Seconds after which a backup that nobody finishes is anybody's again."""
_AGAIN = 3600 * 1_000_000
"""After a failure it is tried again this soon, or at its usual time where that comes first."""

Make = Callable[[Path], Awaitable[object]]
"""Writes a backup to a file that does not exist yet."""


class BackupState(msgspec.Struct, frozen=True, kw_only=True):
    """How the last backups went. Times in microseconds."""

    begun_at: int = 0
    done_at: int = 0
    failed_at: int = 0
    error_code: str = ""


@dataclass(frozen=True, slots=True)
class BackupFile:
    """A backup in the folder."""

    name: str
    size: int
    made_at: int


class Backups:
    """Makes backups when they are due, and keeps the newest.

    Args:
        records: Where it is kept how they went.
        leases: So that one of several servers makes them.
        clock: The database's, microseconds.
        make: Writes one.
        folder: Where they go.
        every: Hours between them; 0 for none but those that somebody asks for.
        keep: How many are kept.
    """

    def __init__(
        self,
        records: Records,
        leases: Leases,
        clock: Callable[[], int],
        make: Make,
        *,
        folder: Path,
        every: float,
        keep: int,
    ) -> None:
        self._records = records
        self._leases = leases
        self._clock = clock
        self._make = make
        self._every = int(every * 3600 * 1_000_000)
        self._keep = keep
        self._states = Collection(records, "backup_state", BackupState)
        self.folder = folder
        self._running = asyncio.Lock()

    async def state(self) -> BackupState:
        """How the last ones went."""
        kept = await self._states.get(INSTANCE, "last")
        return kept.value if kept is not None else BackupState()

    async def files(self) -> list[BackupFile]:
        """What lies in the folder, newest first."""
        return await asyncio.to_thread(self._files)

    def _files(self) -> list[BackupFile]:
        if not self.folder.is_dir():
            return []
        found = [path for path in self.folder.iterdir() if _NAME.match(path.name)]
        facts = [(path.name, path.stat()) for path in sorted(found, reverse=True)]
        return [BackupFile(name, stat.st_size, int(stat.st_mtime * 1e6)) for name, stat in facts]

    async def due(self) -> bool:
        """Whether it is time for one."""
        if not self._every:
            return False
        state = await self.state()
        now = self._clock()
        if state.failed_at > state.done_at:
            return now >= state.failed_at + min(_AGAIN, self._every)
        return now >= state.done_at + self._every

    async def when_due(self) -> bool | None:
        """Make one where it is time; whether that went well, None where it was not time or another server is at it."""
        if not await self.due() or not await self._leases.take(_LEASE, _LONGEST):
            return None
        try:
            # Another may have made one between the question and the lease.
            return await self._run() if await self.due() else None
        finally:
            await self._leases.leave(_LEASE)

    async def now(self, actor: Actor) -> BackupFile:
        """Make one because somebody asks for it.

        Raises:
            Conflict: One is being made already.
            StudioError: It could not be made.
        """
        if not await self._leases.take(_LEASE, _LONGEST) or self._running.locked():
            raise Conflict("backup.running", "A backup is being made already.")
        try:
            name = await self._write()
            audit = [entry(actor, "backup.made", kind="backup", id=name, workspace=INSTANCE)]
            await self._note(BackupState(done_at=self._clock()), audit)
        finally:
            await self._leases.leave(_LEASE)
        return next(one for one in await self.files() if one.name == name)

    async def _run(self) -> bool:
        begun = self._clock()
        try:
            name = await self._write()
        except (StudioError, OSError) as error:
            _LOG.error("backup failed", exc_info=error)
            before = await self.state()
            code = error.code if isinstance(error, StudioError) else StorageError.__name__
            await self._note(msgspec.structs.replace(before, begun_at=begun, failed_at=self._clock(), error_code=code))
            return False
        _LOG.info("backup made", extra={"file": name})
        await self._note(BackupState(begun_at=begun, done_at=self._clock()))
        return True

    async def _write(self) -> str:
        name = f"studio-{datetime.fromtimestamp(self._clock() / 1e6, UTC):%Y%m%dT%H%M%SZ}.backup"
        async with self._running:
            await asyncio.to_thread(self.folder.mkdir, 0o700, parents=True, exist_ok=True)
            await self._make(self.folder / name)
            await asyncio.to_thread(self._clear)
        return name

    def _clear(self) -> None:
        for old in self._files()[self._keep :]:
            (self.folder / old.name).unlink(missing_ok=True)

    async def _note(self, state: BackupState, audit: Sequence[AuditDraft] = ()) -> None:
        await self._records.commit([self._states.put(INSTANCE, "last", state)], audit)
