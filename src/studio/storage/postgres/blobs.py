"""Blobs as rows of Postgres: a head, and a row per frame, in one transaction."""

# ruff: noqa: S608 - the texts are put together from constants; values are always bound

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Protocol, TypeVar

from studio.contracts.blobs import BlobDraft, BlobFile
from studio.domain.values import BlobRef
from studio.storage._keys import KeyKeeper
from studio.storage.blobs._behind import WriteBehind
from studio.storage.blobs._frames import FRAME, SEALED_FRAME, FrameReader, FrameWriter, Sink, damaged, missing
from studio.storage.blobs._temporary import Workroom, pieces
from studio.storage.postgres._typed import Connection

_T = TypeVar("_T")
_NOW = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
_INSERT_FRAME = "INSERT INTO blob_frames (blob_id, place, data) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
_INSERT_HEAD = (
    f"INSERT INTO blobs (id, workspace, header, size, created_at) VALUES ($1, $2, $3, $4, {_NOW})"
    " ON CONFLICT DO NOTHING"
)


class Connections(Protocol):
    """Lends connections."""

    def connection(self) -> AbstractAsyncContextManager[Connection]:
        """Borrow one; errors come out as ours."""
        ...

    async def persistently(self, work: Callable[[Connection], Awaitable[_T]]) -> _T:
        """Do something that may be repeated, through the loss of a connection."""
        ...


class DatabaseBlobs:
    """Implements ``studio.contracts.BlobStore`` in Postgres; temporary files go to the data folder."""

    def __init__(self, data: Path, connections: Connections, keys: KeyKeeper, behind: WriteBehind) -> None:
        self._connections = connections
        self._keys = keys
        self._behind = behind
        self._pool = ThreadPoolExecutor(2, "studio-blob")
        self._room = Workroom(data / "tmp", self._pool)

    async def put(self, workspace: str, data: bytes | AsyncIterator[bytes]) -> BlobRef:
        """Keep ``data``; committed on return, through the loss of a connection.

        What comes piece by piece is sealed into a temporary file first: a source may take its time, a transaction not.
        """
        await self._keys.need(workspace)
        frames = FrameWriter(self._keys.ring, workspace)
        if isinstance(data, bytes | bytearray | memoryview):
            whole = bytes(data)
            digested = asyncio.ensure_future(self._room.run(lambda: frames.digest(whole)))
            return await self._keep(workspace, frames, _Sealed(frames, whole).frame, digested)
        handle, path = await self._room.run(self._room.make)
        try:
            with os.fdopen(handle, "w+b") as file:
                async for piece in data:
                    await self._room.run(lambda piece=piece: file.writelines(frames.add(bytes(piece))))
                await self._room.run(lambda: file.write(frames.end()))
                return await self._keep(workspace, frames, lambda index: _stored(file, index))
        finally:
            await self._room.run(lambda: path.unlink(missing_ok=True))

    async def put_behind(self, workspace: str, write: Callable[[BlobFile], object], size: int) -> BlobRef:
        """Begin to keep what ``write`` writes: sealed into a temporary file first, as what comes piece by piece."""
        await self._keys.need(workspace)
        frames = FrameWriter(self._keys.ring, workspace, digested=False)

        async def keep() -> None:
            handle, path = await self._room.run(self._room.make)
            try:
                with os.fdopen(handle, "w+b") as file:
                    await self._room.run(lambda: Sink(frames, file.writelines).filled(write))
                    await self._room.run(lambda: file.write(frames.end()))
                    await self._keep(workspace, frames, lambda index: _stored(file, index))
            finally:
                await self._room.run(lambda: path.unlink(missing_ok=True))

        await self._behind.begin(frames.id, size, keep)
        return BlobRef(frames.id, None, b"")

    async def _keep(
        self,
        workspace: str,
        frames: FrameWriter,
        frame: Callable[[int], list[bytes]],
        digested: asyncio.Future[None] | None = None,
    ) -> BlobRef:
        """Insert the frames that ``frame`` gives, and the head. Done twice after a lost answer, it is the same.

        While one frame travels, the next is made ready; ``digested`` is awaited before the head.
        """

        async def insert(connection: Connection) -> BlobRef:
            async with connection.transaction():
                place = 0
                coming = asyncio.ensure_future(self._room.run(partial(frame, place)))
                try:
                    while found := await coming:
                        coming = asyncio.ensure_future(self._room.run(partial(frame, place + 1)))
                        await connection.execute(_INSERT_FRAME, frames.id, place, found[0])
                        place += 1
                    if digested is not None:
                        await digested
                finally:
                    await asyncio.wait([coming])
                ref = frames.ref()
                await connection.execute(_INSERT_HEAD, ref.id, workspace, ref.digest, ref.size)
                return ref

        return await self._connections.persistently(insert)

    async def get(self, workspace: str, ref: BlobRef) -> bytes:
        """The whole content, verified."""
        return b"".join([piece async for piece in self.stream(workspace, ref)])

    def get_now(self, workspace: str, ref: BlobRef) -> bytes | None:
        """None: a database cannot be asked without awaiting."""
        return None

    async def stream(self, workspace: str, ref: BlobRef, offset: int = 0) -> AsyncIterator[bytes]:
        """The content from ``offset`` on, in pieces of one MiB at most."""
        await self._behind.written((ref.id,))
        size = await self._size(workspace, ref)
        reader = FrameReader(self._keys.ring, workspace, ref, lambda: size)
        first, skip = divmod(max(0, offset), FRAME)
        for index in range(first, reader.count):
            sealed = await self._value("SELECT data FROM blob_frames WHERE blob_id = $1 AND place = $2", ref.id, index)
            if sealed is None:
                raise damaged(ref.id)
            piece = await self._keys.opened(lambda index=index, sealed=sealed: reader.open(index, sealed), len(sealed))
            if piece := piece[skip:]:
                yield piece
            skip = 0

    async def _size(self, workspace: str, ref: BlobRef) -> int:
        size = await self._value("SELECT size FROM blobs WHERE id = $1 AND workspace = $2", ref.id, workspace)
        if size is None:
            raise missing(ref.id)
        if ref.size is not None and size != ref.size:
            raise damaged(ref.id)
        return size

    async def _value(self, query: str, *values: Any) -> Any:
        async def fetch(connection: Connection) -> Any:
            return await connection.fetchval(query, *values)

        return await self._connections.persistently(fetch)

    def local(self, workspace: str, ref: BlobRef) -> AbstractAsyncContextManager[Path]:
        """The content in clear as a private temporary file."""
        return self._room.filled(self.stream(workspace, ref))

    def writable(self, workspace: str) -> AbstractAsyncContextManager[BlobDraft]:
        """A private temporary file to write into."""

        async def content(path: Path) -> AsyncIterator[bytes]:
            source = pieces(path)
            while piece := await self._room.run(lambda: next(source, b"")):
                yield piece

        return self._room.draft(lambda path: self.put(workspace, content(path)))

    async def collect(self, live: Sequence[str], *, grace: int) -> int:
        """Remove what is not in ``live`` and older than ``grace``. A backup does not notice: it reads a snapshot."""
        async with self._connections.connection() as connection, connection.transaction():
            rows = await connection.fetch(
                f"DELETE FROM blobs WHERE created_at < {_NOW} - $2 AND NOT (id = ANY($1::text[])) RETURNING id",
                list(live),
                grace,
            )
            await connection.execute(
                "DELETE FROM blob_frames WHERE blob_id = ANY($1::text[])", [row[0] for row in rows]
            )
        return len(rows)

    async def close(self) -> None:
        """Let what is under way finish."""
        await self._behind.drain()
        self._pool.shutdown(wait=True)


class _Sealed:
    """Frames of content in memory, each sealed when it is first asked for."""

    def __init__(self, frames: FrameWriter, data: bytes) -> None:
        self._coming = self._all(frames, data)
        self._made: list[bytes] = []

    @staticmethod
    def _all(frames: FrameWriter, data: bytes) -> Iterator[bytes]:
        for sealed in frames.cut(data):
            yield bytes(sealed)
        yield bytes(frames.end())

    def frame(self, index: int) -> list[bytes]:
        """The frame ``index``, nothing behind the last."""
        while len(self._made) <= index and (frame := next(self._coming, None)) is not None:
            self._made.append(frame)
        return self._made[index : index + 1]


def _stored(file: BinaryIO, index: int) -> list[bytes]:
    """The sealed frame ``index`` of a temporary file, nothing behind the last."""
    file.seek(index * SEALED_FRAME)
    found = file.read(SEALED_FRAME)
    return [found] if found else []
