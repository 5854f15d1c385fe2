"""Blobs as files: ``<data>/blobs/ab/<id>``, written beside, flushed, then renamed into place."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import time
from collections.abc import AsyncIterator, Callable, Generator, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO, TypeVar

from studio.contracts.blobs import BlobDraft, BlobFile
from studio.crypto import KeyMissing
from studio.domain.values import BlobRef
from studio.storage._keys import KeyKeeper
from studio.storage.blobs._behind import WriteBehind
from studio.storage.blobs._frames import (
    FRAME,
    SEALED_FRAME,
    FrameReader,
    FrameWriter,
    Sealed,
    Sink,
    content_size,
    damaged,
    missing,
)
from studio.storage.blobs._temporary import Workroom, pieces

_T = TypeVar("_T")
_FOLDER = "blobs"
_WORKROOM = "tmp"
_LOCK_FILE = "collect.lock"
_THREADS = 4


class FileBlobs:
    """Implements ``studio.contracts.BlobStore`` in a data folder; see there for what each method promises."""

    def __init__(self, data: Path, keys: KeyKeeper, behind: WriteBehind) -> None:
        self._data = data
        self._folder = data / _FOLDER
        self._keys = keys
        self._behind = behind
        self._pool = ThreadPoolExecutor(_THREADS, "studio-blob")
        self._room = Workroom(data / _WORKROOM, self._pool)
        self._writing = Workroom(self._folder / _WORKROOM, self._pool)

    async def put(self, workspace: str, data: bytes | AsyncIterator[bytes]) -> BlobRef:
        """Keep ``data``; flushed to disk on return."""
        await self._keys.need(workspace)
        if isinstance(data, bytes | bytearray | memoryview):
            whole = bytes(data)
            return await self._put_whole(workspace, lambda: (whole,), len(whole))
        frames = FrameWriter(self._keys.ring, workspace)
        handle, path = await self._writing.run(self._writing.make)
        try:
            with os.fdopen(handle, "wb", buffering=0) as file:
                async for piece in data:
                    await self._writing.run(lambda piece=piece: _write_all(file, frames.add(bytes(piece))))
                await self._writing.run(lambda: self._finish(file, path, frames))
        finally:
            path.unlink(missing_ok=True)
        return frames.ref()

    async def _put_whole(self, workspace: str, content: Callable[[], Iterable[bytes]], size: int) -> BlobRef:
        """Keep what is there already. What is large is digested in one thread and sealed in another."""
        frames = FrameWriter(self._keys.ring, workspace)
        if size <= FRAME:
            await self._writing.run(lambda: self._write(frames, _poured(frames.add, content())))
            return frames.ref()

        def digest() -> None:
            for piece in content():
                frames.digest(piece)

        write = self._writing.run(lambda: self._write(frames, _poured(frames.cut, content())))
        for outcome in await asyncio.gather(self._writing.run(digest), write, return_exceptions=True):
            if isinstance(outcome, BaseException):
                raise outcome
        return frames.ref()

    async def put_behind(self, workspace: str, write: Callable[[BlobFile], object], size: int) -> BlobRef:
        """Begin to keep what ``write`` writes."""
        await self._keys.need(workspace)
        frames = FrameWriter(self._keys.ring, workspace, digested=False)

        def fill(file: BinaryIO) -> None:
            Sink(frames, partial(_write_all, file)).filled(write)

        await self._behind.begin(frames.id, size, lambda: self._writing.run(lambda: self._write(frames, fill)))
        return BlobRef(frames.id, None, b"")

    def _write(self, frames: FrameWriter, fill: Callable[[BinaryIO], None]) -> None:
        handle, path = self._writing.make()
        try:
            with os.fdopen(handle, "wb", buffering=0) as file:
                fill(file)
                self._finish(file, path, frames)
        finally:
            path.unlink(missing_ok=True)

    def _finish(self, file: BinaryIO, path: Path, frames: FrameWriter) -> None:
        _write_all(file, [frames.end()])
        os.fsync(file.fileno())
        target = blob_path(self._data, frames.id)
        if not target.parent.exists():
            target.parent.mkdir(mode=0o700, exist_ok=True)
            _flush_folder(self._folder)
        path.rename(target)
        _flush_folder(target.parent)

    async def get(self, workspace: str, ref: BlobRef) -> bytes:
        """The whole content, verified."""
        await self._behind.written((ref.id,))
        return await self._with_keys(lambda: self._get(workspace, ref))

    def get_now(self, workspace: str, ref: BlobRef) -> bytes | None:
        """The whole content without awaiting; None where a key has to be fetched or the writing awaited."""
        if self._behind.holds(ref.id):
            return None
        try:
            return self._get(workspace, ref)
        except KeyMissing:
            return None

    def _reader(self, workspace: str, ref: BlobRef) -> FrameReader:
        return FrameReader(self._keys.ring, workspace, ref, lambda: self._measured(ref))

    def _measured(self, ref: BlobRef) -> int:
        try:
            return content_size(blob_path(self._data, ref.id).stat().st_size)
        except FileNotFoundError as error:
            raise missing(ref.id) from error

    def _get(self, workspace: str, ref: BlobRef) -> bytes:
        reader = self._reader(workspace, ref)
        with self._opened(reader, ref) as file:
            if reader.count == 1:
                return reader.open(0, file.read(reader.length(0)))
            return b"".join(reader.open(index, file.read(reader.length(index))) for index in range(reader.count))

    @contextmanager
    def _opened(self, reader: FrameReader, ref: BlobRef) -> Generator[BinaryIO]:
        try:
            file = blob_path(self._data, ref.id).open("rb", buffering=0)
        except FileNotFoundError as error:
            raise missing(ref.id) from error
        with file:
            if os.fstat(file.fileno()).st_size != reader.stored_size:
                raise damaged(ref.id)
            yield file

    async def stream(self, workspace: str, ref: BlobRef, offset: int = 0) -> AsyncIterator[bytes]:
        """The content from ``offset`` on, in pieces of one MiB at most."""
        await self._behind.written((ref.id,))
        reader = await self._room.run(lambda: self._reader(workspace, ref))  # it may have to look how long the file is
        first, skip = divmod(max(0, offset), FRAME)

        def frame(index: int) -> bytes:
            with self._opened(reader, ref) as file:
                file.seek(index * SEALED_FRAME)
                return reader.open(index, file.read(reader.length(index)))

        for index in range(first, reader.count):
            piece = await self._with_keys(lambda index=index: frame(index))
            if piece := piece[skip:]:
                yield piece
            skip = 0

    def local(self, workspace: str, ref: BlobRef) -> AbstractAsyncContextManager[Path]:
        """The content in clear as a private temporary file."""
        return self._room.filled(self.stream(workspace, ref))

    def writable(self, workspace: str) -> AbstractAsyncContextManager[BlobDraft]:
        """A private temporary file to write into."""

        async def put(path: Path) -> BlobRef:
            await self._keys.need(workspace)
            size = await self._room.run(lambda: path.stat().st_size)
            return await self._put_whole(workspace, lambda: pieces(path), size)

        return self._room.draft(put)

    async def collect(self, live: Sequence[str], *, grace: int) -> int:
        """Remove what is not in ``live`` and older than ``grace``; nothing while a backup is made."""
        return await self._writing.run(lambda: self._collect(frozenset(live), grace / 1e6))

    def _collect(self, live: frozenset[str], grace: float) -> int:
        before = time.time() - grace
        self._room.clear(before)
        self._writing.clear(before)
        removed = 0
        with _locked(self._folder, fcntl.LOCK_EX | fcntl.LOCK_NB) as mine:
            for path in self.stored() if mine else ():
                if path.name not in live and path.stat().st_mtime < before:
                    path.unlink()
                    removed += 1
        return removed

    def stored(self) -> Iterable[Path]:
        """The files of all blobs there are."""
        with contextlib.suppress(FileNotFoundError):
            for shard in sorted(self._folder.iterdir()):
                if len(shard.name) == 2:
                    yield from shard.iterdir()

    async def _with_keys(self, work: Callable[[], _T]) -> _T:
        try:
            return await self._room.run(work)
        except KeyMissing:
            await self._keys.reload()
        return await self._keys.opened(work, 1 << 62)

    async def close(self) -> None:
        """Let what is under way finish."""
        await self._behind.drain()
        self._pool.shutdown(wait=True)


def _write_all(file: BinaryIO, frames: Iterable[Sealed]) -> None:
    for frame in frames:
        view = memoryview(frame)
        while view:
            view = view[file.write(view) :]


def _poured(seal: Callable[[bytes], Iterable[Sealed]], content: Iterable[bytes]) -> Callable[[BinaryIO], None]:
    """A function that writes what ``seal`` makes of the content."""

    def fill(file: BinaryIO) -> None:
        for piece in content:
            _write_all(file, seal(piece))

    return fill


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def blob_path(data: Path, blob_id: str) -> Path:
    """Where a blob lies in a data folder. Ids begin with the time, so their ends spread evenly over folders."""
    return data / _FOLDER / blob_id[-2:] / blob_id


@contextmanager
def collection_held(data: Path) -> Generator[None]:
    """Keep every process from collecting; for backups. Blocks while a collection is under way."""
    with _locked(data / _FOLDER, fcntl.LOCK_SH):
        yield


@contextmanager
def _locked(folder: Path, how: int) -> Generator[bool]:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(folder / _LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, how)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)
