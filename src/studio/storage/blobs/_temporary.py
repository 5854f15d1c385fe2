"""Private temporary files for content in clear, and the drafts that libraries write into."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import Executor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from studio.domain.errors import StorageFull, StorageReadOnly, StorageUnavailable, StudioError
from studio.domain.ids import new_id
from studio.domain.reasons import os_reason
from studio.domain.values import BlobRef
from studio.storage._full import is_full

_T = TypeVar("_T")
_PIECE = 1024 * 1024


class Workroom:
    """A folder (0700) for temporary files (0600), and a thread pool for all work on files."""

    def __init__(self, folder: Path, pool: Executor) -> None:
        self.folder = folder
        self._pool = pool

    async def run(self, work: Callable[[], _T]) -> _T:
        """Run ``work`` in the pool, system errors as ours.

        Raises:
            StorageFull: There is no space left.
            StorageReadOnly: The folder cannot be written.
            StorageUnavailable: Reading or writing failed otherwise.
        """
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        except OSError as error:
            raise refused(error, self.folder) from error

    def make(self) -> tuple[int, Path]:
        """A new file, open for reading and writing."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.folder / new_id()
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), path

    def clear(self, before: float) -> None:
        """Remove what a crash left behind: files last changed before ``before`` (seconds since 1970)."""
        with contextlib.suppress(FileNotFoundError):
            for path in self.folder.iterdir():
                with contextlib.suppress(OSError):
                    if path.stat().st_mtime < before:
                        path.unlink()

    @asynccontextmanager
    async def filled(self, pieces: AsyncIterator[bytes]) -> AsyncGenerator[Path]:
        """A file with this content, removed on leaving."""
        handle, path = await self.run(self.make)
        try:
            with os.fdopen(handle, "wb") as file:
                async for piece in pieces:
                    await self.run(lambda piece=piece: file.write(piece))
            yield path
        finally:
            await self.run(lambda: path.unlink(missing_ok=True))

    @asynccontextmanager
    async def draft(self, put: Callable[[Path], Awaitable[BlobRef]]) -> AsyncGenerator[Draft]:
        """An empty file to write into, removed on leaving; ``put`` keeps it."""
        handle, path = await self.run(self.make)
        os.close(handle)
        try:
            yield Draft(path, lambda: put(path))
        finally:
            await self.run(lambda: path.unlink(missing_ok=True))


def pieces(path: Path) -> Iterator[bytes]:
    """The content of a file, for a thread of the pool."""
    with path.open("rb", buffering=0) as file:
        while piece := file.read(_PIECE):
            yield piece


class Draft:
    """Implements ``studio.contracts.BlobDraft``."""

    def __init__(self, path: Path, commit: Callable[[], Awaitable[BlobRef]]) -> None:
        self.path = path
        self._commit = commit

    async def commit(self) -> BlobRef:
        """Encrypt what was written and keep it."""
        return await self._commit()


def refused(error: OSError, where: Path) -> StudioError:
    """Our error for a system error on files."""
    path = str(error.filename or where)
    if is_full(error):
        return StorageFull("storage.blobs_full", "There is no space left for {path}.", path=path)
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return StorageReadOnly("storage.blobs_read_only", "{path} cannot be written.", path=path)
    return StorageUnavailable(
        "storage.blobs_failed", "Reading or writing {path} failed: {reason}.", path=path, reason=os_reason(error)
    )
