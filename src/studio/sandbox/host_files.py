"""The host's files for nodes: ``studio.contracts.files.HostFiles`` over the allowed folders.

Work is done in threads. Writing goes through a temporary file, flushed and renamed, so that a reader sees the old
content or the new one; appending holds an advisory lock.
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import stat
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ParamSpec, TypeVar

from studio.contracts.files import FileFact
from studio.domain.errors import UserError
from studio.domain.ids import new_id
from studio.sandbox._contained import Place, Walls, not_a_file, open_regular
from studio.sandbox._listing import list_folder
from studio.sandbox._os_errors import explain

P = ParamSpec("P")
T = TypeVar("T")
_PIECE = 1024 * 1024
_DEFAULT_MODE = 0o666


class AllowedFiles:
    """Files under the allowed folders. Implements ``HostFiles``.

    Args:
        base: The workflow's folder; relative paths start here.
        roots: Further allowed folders: the working folder and those given by ``--allow-path``.
        excluded: Never entered, wherever they lie: Studio's data folder.
        inside: Allowed although they lie in an excluded one: the folder of a workspace.
    """

    def __init__(
        self,
        base: Path,
        roots: Iterable[Path] = (),
        excluded: Iterable[Path] = (),
        inside: Iterable[Path] = (),
    ) -> None:
        self._walls = Walls(base, tuple(roots), tuple(excluded), tuple(inside))

    async def read(self, path: str, *, max_bytes: int = 256 * 1024 * 1024) -> bytes:
        """The whole file.

        Raises:
            AccessRefused: The path leads outside the allowed folders.
            UserError: It is missing, not a regular file, or longer than ``max_bytes``.
        """
        return await self._call(path, self._read, path, max_bytes)

    async def pieces(self, path: str, *, max_bytes: int) -> AsyncGenerator[bytes]:
        """The whole file piece by piece.

        Raises:
            AccessRefused: The path leads outside the allowed folders.
            UserError: It is missing, no regular file, or longer than ``max_bytes``.
        """
        opened = self._opened(path, os.O_RDONLY)
        handle = await self._call(path, opened.__enter__)
        try:
            size = 0
            if os.fstat(handle).st_size > max_bytes:
                raise _too_large(path, max_bytes)
            while piece := await self._call(path, os.read, handle, _PIECE):
                size += len(piece)
                if size > max_bytes:
                    raise _too_large(path, max_bytes)
                yield piece
        finally:
            opened.__exit__(None, None, None)

    async def write(
        self, path: str, data: bytes | AsyncIterator[bytes], *, overwrite: bool = True, make_folders: bool = True
    ) -> int:
        """Write the whole file; it and its folder entry are flushed on return. Gives its size.

        Raises:
            AccessRefused: The path leads outside the allowed folders.
            UserError: It exists and ``overwrite`` is off, it is no regular file, or there is no space.
        """
        pieces = (data,) if isinstance(data, bytes) else _arriving(data, asyncio.get_running_loop())
        return await self._call(path, self._write, path, pieces, overwrite, make_folders)

    async def append(self, path: str, data: bytes, *, at: int | None = None) -> int:
        """Append and flush; gives the length afterwards. With ``at``, only where that is the present length.

        Raises:
            AccessRefused: The path leads outside the allowed folders.
            UserError: The length is not ``at`` (``files.length_changed``), or it is no regular file.
        """
        return await self._call(path, self._append, path, data, at)

    async def size(self, path: str) -> int | None:
        """Length in bytes, None where there is no such file."""
        return await self._call(path, self._size, path)

    async def tail(self, path: str, offset: int, length: int) -> bytes:
        """Up to ``length`` bytes from ``offset`` on."""
        return await self._call(path, self._tail, path, offset, length)

    async def list(
        self, path: str, pattern: str = "*", *, recursive: bool = False, limit: int = 10_000
    ) -> list[FileFact]:
        """What a folder holds, by name; links that lead outside are left out.

        Raises:
            AccessRefused: The path leads outside the allowed folders.
            UserError: It is missing, no folder, or holds more than ``limit`` matching entries.
        """
        return await self._call(path, list_folder, self._walls, path, pattern, recursive, limit)

    async def delete(self, path: str) -> bool:
        """Remove a file, or a link without what it points to; False where there was none."""
        return await self._call(path, self._delete, path)

    async def copy(self, source: str, target: str, *, overwrite: bool = True) -> int:
        """Copy a file, piece by piece; gives its size."""
        return await self._call(source, self._copy, source, target, overwrite)

    async def move(self, source: str, target: str, *, overwrite: bool = True) -> None:
        """Rename a file; between file systems it is copied, then removed."""
        await self._call(source, self._move, source, target, overwrite)

    async def local_path(self, path: str, *, write: bool = False) -> Path:
        """The file's real path, links resolved, for a library that opens it itself.

        With ``write`` the file need not exist, and its folder is made. Between this call and the library's own opening
        nothing holds the path in place, so use it only where a handle will not do.
        """
        return await self._call(path, self._local_path, path, write)

    async def _call(self, path: str, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return await asyncio.to_thread(work, *args, **kwargs)
        except OSError as error:
            raise await asyncio.to_thread(explain, error, self._walls, path) from error

    def _read(self, path: str, max_bytes: int) -> bytes:
        with self._opened(path, os.O_RDONLY) as handle:
            size = os.fstat(handle).st_size
            if size > max_bytes:
                raise _too_large(path, max_bytes)
            with os.fdopen(handle, "rb", closefd=False) as file:
                data = file.read(max_bytes + 1)
            if len(data) > max_bytes:
                raise _too_large(path, max_bytes)
            return data

    def _write(self, path: str, pieces: Iterable[bytes], overwrite: bool, make_folders: bool) -> int:
        with self._walls.enter(path, make_folders=make_folders) as place:
            mode = self._check_target(place, overwrite)
            temporary = f".{place.name[:80]}.{new_id()}.part"
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            handle = open_regular(place._replace(name=temporary), flags, mode or _DEFAULT_MODE)
            try:
                try:
                    size = _write_all(handle, pieces)
                    if mode is not None:
                        os.fchmod(handle, mode)
                    os.fsync(handle)
                finally:
                    os.close(handle)
                _put(place, temporary, overwrite)
            except BaseException:
                _remove_quietly(place.folder, temporary)
                raise
            os.fsync(place.folder)
            return size

    def _check_target(self, place: Place, overwrite: bool) -> int | None:
        """The mode of the file that will be replaced, None where there is none."""
        if not place.name:
            raise not_a_file(place.path)
        try:
            facts = os.stat(place.name, dir_fd=place.folder, follow_symlinks=False)
        except FileNotFoundError:
            return None
        if not stat.S_ISREG(facts.st_mode):
            raise not_a_file(place.path)
        if not overwrite:
            raise _exists(place)
        return stat.S_IMODE(facts.st_mode)

    def _append(self, path: str, data: bytes, at: int | None) -> int:
        with self._walls.enter(path, make_folders=True) as place:
            handle = open_regular(place, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX)
                before = os.fstat(handle).st_size
                if at is not None and before != at:
                    raise UserError(
                        "files.length_changed",
                        "{path} has {length} bytes; expected {expected}.",
                        path=path,
                        length=before,
                        expected=at,
                    )
                try:
                    _write_all(handle, (data,))
                except OSError:
                    os.ftruncate(handle, before)  # nothing half-written stays where the disk is full
                    raise
                os.fsync(handle)
            finally:
                os.close(handle)
            if not before:
                os.fsync(place.folder)
            return before + len(data)

    def _size(self, path: str) -> int | None:
        try:
            with self._opened(path, os.O_RDONLY) as handle:
                return os.fstat(handle).st_size
        except FileNotFoundError:
            return None

    def _tail(self, path: str, offset: int, length: int) -> bytes:
        with self._opened(path, os.O_RDONLY) as handle, os.fdopen(handle, "rb", closefd=False) as file:
            file.seek(offset)
            return file.read(length)

    def _delete(self, path: str) -> bool:
        try:
            with self._walls.enter(path, follow_last=False) as place:
                facts = os.stat(place.name, dir_fd=place.folder, follow_symlinks=False) if place.name else None
                if facts is None or not (stat.S_ISREG(facts.st_mode) or stat.S_ISLNK(facts.st_mode)):
                    raise not_a_file(place.path)
                os.unlink(place.name, dir_fd=place.folder)
                os.fsync(place.folder)
                return True
        except FileNotFoundError:
            return False

    def _copy(self, source: str, target: str, overwrite: bool) -> int:
        with self._opened(source, os.O_RDONLY) as handle:
            return self._write(target, _pieces(handle), overwrite, True)

    def _move(self, source: str, target: str, overwrite: bool) -> None:
        with (
            self._walls.enter(source, follow_last=False) as origin,
            self._walls.enter(target, make_folders=True) as place,
        ):
            os.close(open_regular(origin, os.O_RDONLY))
            self._check_target(place, overwrite)
            try:
                if overwrite:
                    os.replace(origin.name, place.name, src_dir_fd=origin.folder, dst_dir_fd=place.folder)
                else:
                    _link_new(origin, place)
                    os.unlink(origin.name, dir_fd=origin.folder)
            except OSError as error:
                if error.errno != errno.EXDEV:
                    raise
                self._copy(source, target, overwrite)
                os.unlink(origin.name, dir_fd=origin.folder)
            os.fsync(place.folder)
            os.fsync(origin.folder)

    def _local_path(self, path: str, write: bool) -> Path:
        with self._walls.enter(path, make_folders=write) as place:
            try:
                os.close(open_regular(place, os.O_RDONLY))
            except FileNotFoundError:
                if not write:
                    raise
            return place.path

    @contextmanager
    def _opened(self, path: str, flags: int) -> Generator[int]:
        with self._walls.enter(path) as place:
            handle = open_regular(place, flags)
            try:
                yield handle
            finally:
                os.close(handle)


def _write_all(handle: int, pieces: Iterable[bytes]) -> int:
    size = 0
    for piece in pieces:
        view = memoryview(piece)
        while view:
            view = view[os.write(handle, view) :]
        size += len(piece)
    return size


def _arriving(source: AsyncIterator[bytes], loop: asyncio.AbstractEventLoop) -> Iterator[bytes]:
    """What comes on the event loop, for a thread that waits for each piece."""

    async def following() -> bytes | None:
        return await anext(source, None)

    while (piece := asyncio.run_coroutine_threadsafe(following(), loop).result()) is not None:
        yield piece


def _pieces(handle: int) -> Iterator[bytes]:
    while piece := os.read(handle, _PIECE):
        yield piece


def _put(place: Place, temporary: str, overwrite: bool) -> None:
    if overwrite:
        os.replace(temporary, place.name, src_dir_fd=place.folder, dst_dir_fd=place.folder)
        return
    _link_new(place._replace(name=temporary), place)
    os.unlink(temporary, dir_fd=place.folder)


def _link_new(origin: Place, place: Place) -> None:
    """Give a file a second name, which fails where that name is taken: the check and the act are one."""
    try:
        os.link(origin.name, place.name, src_dir_fd=origin.folder, dst_dir_fd=place.folder, follow_symlinks=False)
    except FileExistsError:
        raise _exists(place) from None


def _remove_quietly(folder: int, name: str) -> None:
    try:
        os.unlink(name, dir_fd=folder)
    except OSError:
        return


def _exists(place: Place) -> UserError:
    return UserError("files.exists", "{path} exists already; switch overwrite on to replace it.", path=place.name)


def _too_large(path: str, limit: int) -> UserError:
    return UserError("files.too_large", "{path} is longer than {limit} bytes.", path=path, limit=limit)
