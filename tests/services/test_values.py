"""Values for people and programs outside."""

from __future__ import annotations

from typing import Any

import pytest

from studio.domain.values import BlobRef, FileRef, ItemsChunk, ItemsRef, TableRef
from studio.engine.encode import ItemsHandle
from studio.services.values import present

BLOB = BlobRef("b", 7, b"")


class Chunks:
    """A blob store with two chunks of plain JSON."""

    async def get(self, workspace: str, ref: BlobRef) -> bytes:
        return b"\0[1,2,3]"


def handle(chunks: int) -> ItemsHandle:
    ref = ItemsRef(3 * chunks, tuple(ItemsChunk(BLOB, 3) for _ in range(chunks)))
    blobs: Any = Chunks()
    return ItemsHandle(ref, blobs, "default")


@pytest.mark.parametrize("value", [None, True, 1, 1.5, "a", [], {}, {"a": [1, {"b": None}]}])
async def test_plain_values_stay(value: Any) -> None:
    assert await present(value) == value


async def test_references_are_described() -> None:
    file = FileRef(BLOB, "a.txt", "text/plain")
    table = TableRef(BLOB, 2, (("n", "Int64"),))
    assert await present({"f": [file], "t": table}) == {
        "f": [{"$file": {"name": "a.txt", "size": 7, "media_type": "text/plain"}}],
        "t": {"$table": {"rows": 2, "columns": {"n": "Int64"}}},
    }


async def test_long_lists_are_read_up_to_a_limit() -> None:
    assert await present(handle(2)) == [1, 2, 3, 1, 2, 3]
    assert await present([handle(4)], limit=10) == [{"$items": {"count": 12, "first": [1, 2, 3]}}]
