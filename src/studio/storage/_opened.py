"""What opening a store gives."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from studio.contracts.blobs import BlobStore
from studio.crypto import KeyRing
from studio.storage.store import SqlStore


class KeptBlobs(BlobStore, Protocol):
    """A blob store with an end."""

    async def close(self) -> None:
        """Let what is under way finish."""
        ...


class Opened(NamedTuple):
    """A store, the blobs beside it, the keys of both, the name of the data folder, and ``sqlite`` or ``postgres``."""

    store: SqlStore
    blobs: KeptBlobs
    ring: KeyRing
    home: str
    database: str

    async def close(self) -> None:
        """Close both."""
        await self.blobs.close()
        await self.store.close()
