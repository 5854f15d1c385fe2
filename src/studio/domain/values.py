"""Values that travel by reference.

Plain values are JSON: None, bool, int (64 bits), finite float, str, list, dict with str keys. Beside them stand three
references to data that is kept outside the journal. They are objects of their own and never dicts with a marker, so
that data from outside cannot forge one.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec

Json: TypeAlias = Any
"""A plain value or one of the references below. Kept by identity: never copied on the way through."""


class BlobRef(msgspec.Struct, frozen=True, array_like=True):
    """A blob in the store. ``digest`` is a keyed digest of the content, ``size`` its length in bytes.

    A blob that was written behind its reference has neither: they were not known when it was referred to. Its content
    is bound to its id all the same.
    """

    id: str
    size: int | None
    digest: bytes


class FileRef(msgspec.Struct, frozen=True, array_like=True):
    """A file that travels by reference: content in a blob, with name and media type."""

    blob: BlobRef
    name: str
    media_type: str = "application/octet-stream"

    @property
    def size(self) -> int:
        """Length in bytes."""
        return self.blob.size or 0


class TableRef(msgspec.Struct, frozen=True, array_like=True):
    """A columnar table: an Arrow IPC file in a blob, with the facts one wants without opening it.

    ``columns`` are (name, data type) pairs in order; data types are polars' names.
    """

    blob: BlobRef
    rows: int
    columns: tuple[tuple[str, str], ...]


class ItemsChunk(msgspec.Struct, frozen=True, array_like=True):
    """A run of consecutive items in one blob."""

    blob: BlobRef
    count: int


class ItemsRef(msgspec.Struct, frozen=True, array_like=True):
    """A long list kept as chunks. ``count`` is the sum of the chunks' counts."""

    count: int
    chunks: tuple[ItemsChunk, ...]


Reference: TypeAlias = FileRef | TableRef | ItemsRef
