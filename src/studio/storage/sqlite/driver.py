"""The SQLite driver: group commit on a writer thread, reads on others, checkpoints on one more.

Everything that waits goes into one transaction. A batch is handed to the writer once per turn of the event loop and
its results come back in one call, because each crossing costs more than the write itself.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple, TypeVar

import apsw

from studio.contracts.lease import Lease, LeaseTerms
from studio.domain.errors import StorageReadOnly, StorageUnavailable, StudioError
from studio.storage._driver import Kind, Operation, Result, by_rank, deliver
from studio.storage._lease import Beat, Keeper
from studio.storage._statement import Plan
from studio.storage.sqlite._checkpoint import Checkpointer
from studio.storage.sqlite._connect import connect
from studio.storage.sqlite._errors import is_environment, translate
from studio.storage.sqlite._session import run
from studio.storage.sqlite._typed import Connection

_I = TypeVar("_I")
_O = TypeVar("_O")
_READERS = 3
_VACUUM_PAGES = 2048


class _Job(NamedTuple):
    """Something else for the writer thread, outside of any transaction."""

    work: Callable[[Connection], Any]
    future: asyncio.Future[Any]


class SqliteDriver:
    """One SQLite database.

    Args:
        path: The database file; it exists and is current.
        read_only: Refuse every write.
    """

    name = "sqlite"

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self._path = path
        self._read_only = read_only
        self._loop = asyncio.get_running_loop()
        self._waiting: list[Operation] = []
        self._handing_over = False
        self._closed = False
        self._queue: SimpleQueue[list[Operation] | _Job | None] = SimpleQueue()
        self._level = ""
        self._local = threading.local()
        self._open_readers: list[Connection] = []
        self._readers = ThreadPoolExecutor(_READERS, "studio-read")
        self._checkpoints = Checkpointer(path) if not read_only else None
        self._connection = self._connect_writer()
        self._writer = threading.Thread(target=self._serve, name="studio-write", daemon=True)
        self._writer.start()

    def _connect_writer(self) -> Connection:
        try:
            connection = connect(self._path, read_only=self._read_only)
        except apsw.Error as error:
            raise translate(error, self._path) from error
        if self._checkpoints:
            connection.set_wal_hook(self._checkpoints.after_commit)
        return connection

    def write(self, kind: Kind[_I, _O], item: _I, *, power: bool) -> asyncio.Future[_O]:
        """Queue a write."""
        if self._closed or self._read_only:
            raise self._refusal()
        future: asyncio.Future[_O] = self._loop.create_future()
        self._waiting.append(Operation(kind, item, power, future))
        if not self._handing_over:
            self._handing_over = True
            self._loop.call_soon(self._hand_over)
        return future

    def _refusal(self) -> StudioError:
        if self._closed:
            return StorageUnavailable("storage.closed", "The database {path} is closed.", path=str(self._path))
        return StorageReadOnly("storage.opened_read_only", "{path} was opened for reading only.", path=str(self._path))

    def _hand_over(self) -> None:
        self._handing_over = False
        batch, self._waiting = self._waiting, []
        if batch:
            self._queue.put(batch)

    async def read(self, plan: Plan[_O]) -> _O:
        """Run a plan that only reads."""
        if self._closed:
            raise self._refusal()
        return await self._loop.run_in_executor(self._readers, self._read, plan)

    def _read(self, plan: Plan[_O]) -> _O:
        connection: Connection | None = getattr(self._local, "connection", None)
        try:
            if connection is None:
                connection = self._local.connection = connect(self._path, read_only=True)
                self._open_readers.append(connection)
            return run(connection, plan)
        except (apsw.Error, UnicodeDecodeError) as error:
            raise translate(error, self._path, connection.system_errno if connection else 0) from error

    async def changes(self) -> int:
        """SQLite's own counter of commits by other connections, seen from the writing one."""
        return await self._on_writer(lambda connection: connection.pragma("data_version"))

    async def facts(self) -> dict[str, Any]:
        """Versions and sizes."""

        def look(connection: Connection) -> dict[str, Any]:
            pages, free = connection.pragma("page_count"), connection.pragma("freelist_count")
            size = connection.pragma("page_size")
            return {
                "database": "sqlite",
                "version": apsw.sqlite_lib_version(),
                "path": str(self._path),
                "bytes": pages * size,
                "free_bytes": free * size,
                "problems": self._checkpoints.problems() if self._checkpoints else [],
            }

        return await self._on_writer(look)

    def keep(
        self, terms: LeaseTerms, beat: Beat, lapsed: Callable[[], None], failed: Callable[[BaseException], None]
    ) -> Lease:
        """Keep up a lease from the event loop: whoever holds the folder's lock is alive, whatever its lease says."""
        return Keeper(terms, beat, lapsed, failed)

    async def shrink(self) -> None:
        """Free pages leave the file, a slice at a time so that writes get in between; then the log is copied back."""

        def slice_off(connection: Connection) -> int:
            connection.execute(f"PRAGMA incremental_vacuum({_VACUUM_PAGES})").fetchall()
            return connection.pragma("freelist_count")

        free = -1
        while (left := await self._on_writer(slice_off)) and left != free:
            free = left
        if self._checkpoints:
            await self._loop.run_in_executor(self._readers, self._checkpoints.truncate)

    async def _on_writer(self, work: Callable[[Connection], _O]) -> _O:
        if self._closed:
            raise self._refusal()
        self._hand_over()
        future: asyncio.Future[_O] = self._loop.create_future()
        self._queue.put(_Job(work, future))
        return await future

    async def close(self) -> None:
        """Carry out what is queued, then close every connection."""
        if self._closed:
            return
        self._hand_over()
        self._closed = True
        self._queue.put(None)
        await self._loop.run_in_executor(None, self._join)

    def _join(self) -> None:
        self._writer.join()
        self._readers.shutdown()
        for reader in self._open_readers:
            reader.close()
        if self._checkpoints:
            self._checkpoints.close()
        # The last connection to close copies the log back and removes it.
        self._connection.close()

    def _serve(self) -> None:
        """The writer thread: take what waits, commit it together, report."""
        last = False
        while not last:
            batch: list[Operation] = []
            jobs: list[_Job] = []
            entry = self._queue.get()
            while True:
                if entry is None:
                    last = True
                elif isinstance(entry, _Job):
                    jobs.append(entry)
                else:
                    batch += entry
                try:
                    entry = self._queue.get_nowait()
                except Empty:
                    break
            results: list[Result] = []
            if batch:
                results += self._commit(batch)
            results += [(job.future, self._do(job)) for job in jobs]
            try:
                self._loop.call_soon_threadsafe(deliver, results)
            except RuntimeError:
                # The loop is gone, and with it everybody who waited.
                last = True
            if self._checkpoints:
                self._checkpoints.copy_rest(self._connection)

    def _do(self, job: _Job) -> Any:
        try:
            return job.work(self._connection)
        except Exception as error:  # noqa: BLE001 - handed to whoever waits
            return self._translated(error)

    def _commit(self, batch: Sequence[Operation]) -> list[Result]:
        try:
            return self._together(batch)
        except Exception as error:  # noqa: BLE001 - handed to whoever waits
            self._roll_back()
            if is_environment(error):
                refusal = self._translated(error)
                return [(operation.future, refusal) for operation in batch]
            if len(batch) == 1:
                return [(batch[0].future, self._translated(error))]
        try:
            return self._one_by_one(batch)
        except Exception as error:  # noqa: BLE001 - handed to whoever waits
            self._roll_back()
            refusal = self._translated(error)
            return [(operation.future, refusal) for operation in batch]

    def _begin(self, batch: Sequence[Operation]) -> None:
        level = "FULL" if any(operation.power for operation in batch) else "NORMAL"
        if level != self._level:
            self._connection.execute(f"PRAGMA synchronous = {level}")
            self._level = level
        self._connection.execute("BEGIN IMMEDIATE")

    def _together(self, batch: Sequence[Operation]) -> list[Result]:
        results: list[Result] = []
        self._begin(batch)
        for kind, operations in by_rank(batch):
            outcomes = run(self._connection, kind.plan([operation.item for operation in operations]))
            results += zip((operation.future for operation in operations), outcomes, strict=True)
        self._connection.execute("COMMIT")
        return results

    def _one_by_one(self, batch: Sequence[Operation]) -> list[Result]:
        """Each in a savepoint of its own, so that only the culprit is refused; still one commit."""
        results: list[Result] = []
        self._begin(batch)
        for kind, operations in by_rank(batch):
            for operation in operations:
                self._connection.execute("SAVEPOINT one")
                try:
                    outcome = run(self._connection, kind.plan([operation.item]))[0]
                except Exception as error:
                    if is_environment(error):
                        raise
                    self._connection.execute("ROLLBACK TO one")
                    outcome = self._translated(error)
                self._connection.execute("RELEASE one")
                results.append((operation.future, outcome))
        self._connection.execute("COMMIT")
        return results

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            try:
                self._connection.execute("ROLLBACK")
            except apsw.Error:
                # SQLite rolls back by itself after some errors, and what cannot be rolled back was not committed.
                return

    def _translated(self, error: BaseException) -> StudioError:
        return translate(error, self._path, self._connection.system_errno)
