"""Blobs and long lists of a test, in a scratch folder."""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, overload

from studio.domain.errors import RecordCorrupt
from studio.domain.ids import new_id
from studio.domain.values import BlobRef, FileRef
from studio.sdk import ItemsBase

PAGE = 100
"""Items per page of a long list."""

_PIECE = 64 * 1024


class ScratchBlobs:
    """Blobs as files of a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def put(self, data: bytes) -> BlobRef:
        """Keep data."""
        id = new_id()
        (self._folder / id).write_bytes(data)
        return BlobRef(id, len(data), hashlib.sha256(data).digest())

    def get(self, ref: BlobRef) -> bytes:
        """The content.

        Raises:
            RecordCorrupt: There is no such blob.
        """
        return self.path(ref).read_bytes()

    def path(self, ref: BlobRef) -> Path:
        """Its file.

        Raises:
            RecordCorrupt: There is no such blob.
        """
        path = self._folder / ref.id
        if not path.is_file():
            raise RecordCorrupt("storage.blob_missing", "The blob {id} is missing.", id=ref.id)
        return path

    def file(self, data: bytes, name: str, media_type: str | None = None) -> FileRef:
        """Keep data as a file by reference."""
        return FileRef(self.put(data), name, media_type or mimetypes.guess_type(name)[0] or "application/octet-stream")

    async def stream(self, ref: BlobRef, offset: int = 0) -> AsyncIterator[bytes]:
        """The content from ``offset`` on, in pieces."""
        data = self.get(ref)
        for start in range(offset, len(data), _PIECE):
            yield data[start : start + _PIECE]

    @asynccontextmanager
    async def local(self, ref: BlobRef) -> AsyncGenerator[Path]:
        """The content as a temporary file of its own."""
        copy = self._folder / f"{new_id()}.copy"
        copy.write_bytes(self.get(ref))
        try:
            yield copy
        finally:
            copy.unlink()

    def draft(self) -> Path:
        """A path to write a new blob to."""
        return self._folder / f"{new_id()}.draft"

    def adopt(self, path: Path) -> BlobRef:
        """Keep what was written to a draft."""
        ref = self.put(path.read_bytes())
        path.unlink()
        return ref


class ScratchItems(ItemsBase):
    """A long list in pages, as nodes meet it: length, index, slice and iteration; nothing else, and no change."""

    def __init__(self, items: Sequence[Any], page: int = PAGE) -> None:
        self._pages = [list(items[start : start + page]) for start in range(0, len(items), page)]
        self._size = page
        self._count = len(items)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Any]:
        for page in self._pages:
            yield from page

    @overload
    def __getitem__(self, key: int) -> Any: ...

    @overload
    def __getitem__(self, key: slice) -> list[Any]: ...

    def __getitem__(self, key: int | slice) -> Any:
        if isinstance(key, slice):
            return [self[index] for index in range(*key.indices(self._count))]
        index = key + self._count if key < 0 else key
        if not 0 <= index < self._count:
            raise IndexError(key)
        return self._pages[index // self._size][index % self._size]
