"""Copying the write-ahead log back into the database, off the loop and off the writer."""

from __future__ import annotations

import threading
from pathlib import Path

import apsw

from studio.storage.sqlite._connect import connect
from studio.storage.sqlite._typed import Connection

_START_PAGES = 1000
_RESTART_PAGES = 16_000


class Checkpointer:
    """A thread that checkpoints when the log has grown.

    Under constant writing its checkpoints never reach the end of the log, so the log would grow for ever; and to write
    where a file has never been written makes every flush take twice as long. So the writer copies the short rest
    itself, between two commits: the next one begins at the start of the log again. Where a reader stands in the way of
    that for long, the thread holds the writer back from 64 MB on until the log is reset.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._wanted = threading.Event()
        self._pages = 0
        self._due = _START_PAGES
        self._rest = False
        self._stopping = False
        self._lock = threading.Lock()
        self._problem: str | None = None
        self._connection: Connection | None = None
        self._thread = threading.Thread(target=self._serve, name="studio-checkpoint", daemon=True)
        self._thread.start()

    def after_commit(self, _connection: Connection, _name: str, pages: int) -> int:
        """SQLite calls this after each commit with the length of the log."""
        if pages < self._pages:
            self._due = _START_PAGES
        self._pages = pages
        if pages >= self._due:
            self._due = pages + _START_PAGES
            self._wanted.set()
        return apsw.SQLITE_OK

    def copy_rest(self, connection: Connection) -> None:
        """Called by the writer between two commits: copy what has come to the log while the thread was copying."""
        if self._rest:
            self._rest = False
            self._copy(connection, apsw.SQLITE_CHECKPOINT_PASSIVE)

    def problems(self) -> list[str]:
        """Why the last checkpoint failed, if it did."""
        return [self._problem] if self._problem else []

    def truncate(self) -> None:
        """Copy everything back and cut the log to nothing."""
        self._checkpoint(apsw.SQLITE_CHECKPOINT_TRUNCATE)

    def close(self) -> None:
        """Stop the thread and close its connection."""
        self._stopping = True
        self._wanted.set()
        self._thread.join()
        with self._lock:
            if self._connection:
                self._connection.close()

    def _serve(self) -> None:
        while True:
            self._wanted.wait()
            self._wanted.clear()
            if self._stopping:
                return
            long = self._pages >= _RESTART_PAGES
            self._checkpoint(apsw.SQLITE_CHECKPOINT_PASSIVE)
            if long:
                self._checkpoint(apsw.SQLITE_CHECKPOINT_RESTART)
            self._rest = True

    def _checkpoint(self, mode: int) -> None:
        with self._lock:
            self._copy(None, mode)

    def _copy(self, connection: Connection | None, mode: int) -> None:
        try:
            if connection is None:
                connection = self._connection = self._connection or connect(self._path)
            connection.wal_checkpoint(mode=mode)
            self._problem = None
        except apsw.BusyError:
            # A reader still needs the old pages, or they are being copied; it is tried again when there are more.
            return
        except apsw.Error as error:
            # Nothing is lost: the log keeps what could not be copied. The writer meets a full disk by itself.
            self._problem = f"checkpoint: {error}"
