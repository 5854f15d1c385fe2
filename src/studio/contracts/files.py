"""The host's files as nodes see them: contained in the folders that are allowed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

import msgspec


class FileFact(msgspec.Struct, frozen=True):
    """What a listing tells of a file. ``path`` is relative to the listed folder, ``modified`` in microseconds."""

    path: str
    name: str
    size: int
    modified: int
    folder: bool


class HostFiles(Protocol):
    """Files under allowed roots. Relative paths resolve against the workflow's folder.

    Every method raises AccessRefused for a path outside the roots (links and ``..`` included, checked on the opened
    handle, naming ``--allow-path``) and UserError where the file is missing, of the wrong kind or too large.
    """

    async def read(self, path: str, *, max_bytes: int = 256 * 1024 * 1024) -> bytes:
        """The whole file."""
        ...

    def pieces(self, path: str, *, max_bytes: int) -> AsyncIterator[bytes]:
        """The whole file piece by piece, for what may be larger than memory."""
        ...

    async def write(
        self, path: str, data: bytes | AsyncIterator[bytes], *, overwrite: bool = True, make_folders: bool = True
    ) -> int:
        """Write the whole file, or what comes piece by piece, through a temporary one and a rename; gives its size."""
        ...

    async def append(self, path: str, data: bytes, *, at: int | None = None) -> int:
        """Append and flush; returns the length afterwards. With ``at``, only where that is the present length."""
        ...

    async def size(self, path: str) -> int | None:
        """Length in bytes, None where there is no such file."""
        ...

    async def tail(self, path: str, offset: int, length: int) -> bytes:
        """Bytes from ``offset`` on."""
        ...

    async def list(
        self, path: str, pattern: str = "*", *, recursive: bool = False, limit: int = 10_000
    ) -> list[FileFact]:
        """What a folder holds, by name."""
        ...

    async def delete(self, path: str) -> bool:
        """Remove a file; False where there was none."""
        ...

    async def copy(self, source: str, target: str, *, overwrite: bool = True) -> int:
        """Copy a file; returns its size."""
        ...

    async def move(self, source: str, target: str, *, overwrite: bool = True) -> None:
        """Rename a file."""
        ...

    async def local_path(self, path: str, *, write: bool = False) -> Path:
        """A contained path for a library that opens files itself (SQLite, polars). Never Studio's own data folder."""
        ...
