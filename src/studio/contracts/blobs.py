"""Where large values live."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol

from typing_extensions import Buffer

from studio.domain.values import BlobRef


class BlobStore(Protocol):
    """Immutable encrypted blobs, reference-counted by the store's transactions.

    A blob that no committed row refers to is collected after a grace period.
    """

    async def put(self, workspace: str, data: bytes | AsyncIterator[bytes]) -> BlobRef:
        """Keep ``data``; on return it is flushed to disk (or committed).

        Raises:
            StorageFull: No space.
        """
        ...

    async def get(self, workspace: str, ref: BlobRef) -> bytes:
        """The whole content, verified.

        Raises:
            RecordCorrupt: It is missing or fails verification; names the blob.
        """
        ...

    def get_now(self, workspace: str, ref: BlobRef) -> bytes | None:
        """The whole content without awaiting, None where this store cannot do so.

        Expressions over chunked lists use it; they are evaluated without awaiting.
        """
        ...

    def stream(self, workspace: str, ref: BlobRef, offset: int = 0) -> AsyncIterator[bytes]:
        """The content from ``offset`` on, in pieces of bounded size, each verified."""
        ...

    def local(self, workspace: str, ref: BlobRef) -> AbstractAsyncContextManager[Path]:
        """The content in clear as a private temporary file (0600), removed on leaving."""
        ...

    async def put_behind(self, workspace: str, write: Callable[[BlobFile], object], size: int) -> BlobRef:
        """Begin to keep what ``write`` writes, and give the reference at once.

        ``write`` is called in a thread. Until it is done about ``size`` bytes of memory count as held, which are
        limited. In this process the blob can be read from now on. The store writes no row that refers to it before it
        is flushed, and fails with what made that impossible.
        """
        ...

    def writable(self, workspace: str) -> AbstractAsyncContextManager[BlobDraft]:
        """A private temporary file to write into; ``commit`` turns it into a blob."""
        ...

    async def collect(self, live: Sequence[str], *, grace: int) -> int:
        """Remove blobs not in ``live`` and older than ``grace`` microseconds; returns how many."""
        ...


class BlobFile(Protocol):
    """What the content of a blob is written to, from its beginning to its end."""

    def write(self, data: Buffer, /) -> int:
        """Write all of ``data``; returns its length in bytes."""
        ...

    def flush(self) -> None:
        """Does nothing: libraries call it."""
        ...


class BlobDraft(Protocol):
    """A blob being written by a library that wants a path."""

    path: Path

    async def commit(self) -> BlobRef:
        """Encrypt what was written and keep it."""
        ...
