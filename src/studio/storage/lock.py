"""The data folder: the one engine that drives it, and the name it goes by."""

from __future__ import annotations

import contextlib
import fcntl
import os
from pathlib import Path
from types import TracebackType

from studio.domain.errors import EngineBusy, StorageFull, StorageReadOnly
from studio.domain.ids import new_id
from studio.domain.reasons import os_reason
from studio.storage._full import is_full

_LOCK_FILE = "engine.lock"
_HOME_FILE = "home.id"


class EngineLock:
    """Marks a data folder as driven by this process.

    The lock dies with the process however it ends, so whoever gets it knows that the one before is gone. The file
    stays and names the holder.
    """

    def __init__(self, data: Path) -> None:
        self._path = data / _LOCK_FILE
        self._handle: int | None = None

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._handle is not None

    def acquire(self) -> None:
        """Take the lock.

        Raises:
            EngineBusy: Another engine holds it; names its process.
            StorageReadOnly: The folder cannot be written.
        """
        if self._handle is not None:
            return
        try:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise _unwritable(self._path, error) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            pid = os.pread(handle, 32, 0).decode("ascii", "replace").strip() or "?"
            os.close(handle)
            raise EngineBusy(
                "storage.engine_busy",
                "Another engine (process {pid}) drives {folder}. Stop it, or use another data folder.",
                pid=pid,
                folder=str(self._path.parent),
            ) from error
        try:
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        except OSError as error:
            os.close(handle)
            raise _unwritable(self._path, error) from error
        self._handle = handle

    def release(self) -> None:
        """Give the lock back."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def __enter__(self) -> EngineLock:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def folder_id(data: Path, *, create: bool = True) -> str:
    """The name of a data folder, made once. A copy of the folder has the same name, and must not run beside it.

    Args:
        data: The data folder.
        create: Keep a new name where there is none; otherwise such a folder is called ``""``.

    Raises:
        StorageReadOnly: There is none and none can be written.
    """
    path = data / _HOME_FILE
    with contextlib.suppress(FileNotFoundError):
        return path.read_text().strip()
    if not create:
        return ""
    temporary = data / f".{_HOME_FILE}.{os.getpid()}.{os.urandom(4).hex()}"
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(new_id() + "\n")
        with contextlib.suppress(FileExistsError):
            os.link(temporary, path)
        return path.read_text().strip()
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def _unwritable(path: Path, error: OSError) -> StorageReadOnly | StorageFull:
    if is_full(error):
        return StorageFull("storage.folder_full", "There is no space left for {path}.", path=str(path))
    return StorageReadOnly(
        "storage.file_unwritable", "{path} cannot be written: {reason}.", path=str(path), reason=os_reason(error)
    )
