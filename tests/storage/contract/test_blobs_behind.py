"""Blobs that are written behind their references, in files and in Postgres."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from studio.contracts.blobs import BlobFile
from studio.domain.errors import StorageCorrupt, StorageFull
from studio.domain.values import BlobRef
from studio.storage import Opened
from studio.storage.blobs.files import blob_path
from tests.storage.contract.test_blobs import MIB, SIZES, content, frames, put_frames
from tests.storage.kit import WORKSPACE, Place, new, running, segment

PATIENCE = 30.0


class Slow:
    """Writes its content when it is let go on."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._go = Event()

    def __call__(self, file: BlobFile) -> None:
        assert self._go.wait(PATIENCE)
        file.write(self._data)

    def go(self) -> None:
        """Let it write."""
        self._go.set()


def full(file: BlobFile) -> None:
    """A library that meets a full disk and has an error of its own for it."""
    file.write(content(3 * MIB))
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


async def stays_open(waiting: asyncio.Task[Any]) -> bool:
    """Whether something does not end by itself, given every chance."""
    for _ in range(50):
        await asyncio.sleep(0)
    with suppress(TimeoutError):
        await asyncio.wait_for(asyncio.shield(waiting), 0.05)
    return not waiting.done()


@pytest.mark.parametrize("size", SIZES)
async def test_can_be_read_at_once_and_later(opened: Opened, place: Place, size: int) -> None:
    data = content(size)

    def write(file: BlobFile) -> None:
        for start in range(0, size, 300_007):
            piece = memoryview(data)[start : start + 300_007]
            assert file.write(piece) == len(piece)
            file.flush()

    ref = await opened.blobs.put_behind(WORKSPACE, write, size)
    assert (ref.size, ref.digest) == (None, b"")
    assert await opened.blobs.get(WORKSPACE, ref) == data
    streamed = [piece async for piece in opened.blobs.stream(WORKSPACE, ref, size // 2)]
    assert b"".join(streamed) == data[size // 2 :]
    async with opened.blobs.local(WORKSPACE, ref) as path:
        assert path.read_bytes() == data
    other = await place.open()
    assert await other.blobs.get(WORKSPACE, ref) == data


async def test_reading_waits_for_the_writing(opened: Opened) -> None:
    slow = Slow(b"content")
    ref = await opened.blobs.put_behind(WORKSPACE, slow, 7)
    reading = asyncio.ensure_future(opened.blobs.get(WORKSPACE, ref))
    assert await stays_open(reading)
    assert opened.blobs.get_now(WORKSPACE, ref) is None
    slow.go()
    assert await reading == b"content"


References = Callable[[Opened, str], Any]
ROWS: dict[str, References] = {
    "accept": lambda opened, blob: opened.store.accept([new(blobs=(blob,))]),
    "state": lambda opened, blob: opened.store.set_node_state(WORKSPACE, "k", b"v", 0, (blob,)),
    "cache": lambda opened, blob: opened.store.put_cached(WORKSPACE, "k", b"v", 1_000_000, (blob,)),
}


@pytest.mark.parametrize("row", [*ROWS, "segment"])
async def test_no_row_refers_to_what_is_not_flushed(opened: Opened, place: Place, row: str) -> None:
    id = await running(opened.store)
    slow = Slow(content(MIB + 1))
    ref = await opened.blobs.put_behind(WORKSPACE, slow, MIB)
    if row == "segment":
        writing = asyncio.ensure_future(opened.store.append(segment(id, 1, blobs=(ref.id,))))
    else:
        writing = asyncio.ensure_future(ROWS[row](opened, ref.id))
    assert await stays_open(writing)
    assert ref.id not in await opened.store.live_blobs()
    slow.go()
    await writing
    assert ref.id in await opened.store.live_blobs()
    # Another process reads what the row refers to.
    other = await place.open()
    assert await other.blobs.get(WORKSPACE, ref) == content(MIB + 1)


async def test_rows_that_refer_to_nothing_do_not_wait(opened: Opened) -> None:
    id = await running(opened.store)
    slow = Slow(b"content")
    ref = await opened.blobs.put_behind(WORKSPACE, slow, 7)
    await opened.store.append(segment(id, 1))
    slow.go()
    await opened.blobs.get(WORKSPACE, ref)


async def test_a_full_disk_is_told_to_everybody_who_needs_it(opened: Opened, place: Place) -> None:
    id = await running(opened.store)
    ref = await opened.blobs.put_behind(WORKSPACE, full, 7)
    with pytest.raises(StorageFull):
        await opened.store.append(segment(id, 1, blobs=(ref.id,)))
    assert len(await opened.store.read(id)) == 1
    assert ref.id not in await opened.store.live_blobs()
    for _ in range(2):
        with pytest.raises(StorageFull):
            await opened.blobs.get(WORKSPACE, ref)
    leftovers = [path for folder in ("tmp", "blobs/tmp") for path in Path(place.data, folder).glob("*")]
    assert leftovers == []


async def test_a_full_disk_is_known_behind_a_librarys_own_error(
    opened: Opened, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_self: Any, _piece: Any) -> Any:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def write(file: BlobFile) -> None:
        try:
            file.write(b"content")
        except OSError:
            raise ValueError("the library failed") from None

    monkeypatch.setattr("studio.storage.blobs._frames.FrameWriter.cut", refuse)
    ref = await opened.blobs.put_behind(WORKSPACE, write, 7)
    with pytest.raises(StorageFull):
        await opened.blobs.get(WORKSPACE, ref)


async def test_who_would_hold_too_much_waits(opened: Opened) -> None:
    first, second = Slow(b"first"), Slow(b"second")
    most = 200 * MIB
    one = await opened.blobs.put_behind(WORKSPACE, first, most)
    waiting = asyncio.ensure_future(opened.blobs.put_behind(WORKSPACE, second, most))
    assert await stays_open(waiting)
    first.go()
    other = await waiting
    second.go()
    assert await opened.blobs.get(WORKSPACE, one) == b"first"
    assert await opened.blobs.get(WORKSPACE, other) == b"second"


async def test_closing_waits_for_what_is_on_its_way(place: Place) -> None:
    opened = await place.open()
    slow = Slow(content(MIB))
    ref = await opened.blobs.put_behind(WORKSPACE, slow, MIB)
    closing = asyncio.ensure_future(opened.blobs.close())
    assert await stays_open(closing)
    slow.go()
    await closing
    other = await place.open()
    assert await other.blobs.get(WORKSPACE, ref) == content(MIB)


@pytest.mark.parametrize("damage", ["cut", "drop last", "drop all", "drop first", "longer", "one more", "a few bytes"])
async def test_damage_is_noticed_without_a_known_size(opened: Opened, place: Place, damage: str) -> None:
    ref = await opened.blobs.put_behind(WORKSPACE, lambda file: file.write(content(3 * MIB)), 0)
    assert await opened.blobs.get(WORKSPACE, ref) == content(3 * MIB)
    sealed = await frames(place, ref)
    changed = {
        "cut": [sealed[0], sealed[1], sealed[2][:-1]],
        "drop last": sealed[:2],
        "drop all": [],
        "drop first": sealed[1:],
        "longer": [*sealed[:2], sealed[2] + b"x"],
        "one more": [*sealed, sealed[2]],
        "a few bytes": [sealed[0][:20]],
    }[damage]
    if not place.sqlite and damage == "one more":
        pytest.skip("in the database a row that nothing asks for is no damage to the content")
    await put_frames(place, ref, changed)
    with pytest.raises(StorageCorrupt) as caught:
        await opened.blobs.get(WORKSPACE, ref)
    assert caught.value.arguments == {"id": ref.id}


async def test_a_missing_one_is_named(opened: Opened, place: Place) -> None:
    ref = await opened.blobs.put_behind(WORKSPACE, lambda file: file.write(b"content"), 0)
    await opened.blobs.get(WORKSPACE, ref)
    if place.sqlite:
        blob_path(place.data, ref.id).unlink()
    else:
        await place.sql("DELETE FROM blobs WHERE id = $1", ref.id)
    with pytest.raises(StorageCorrupt) as caught:
        await opened.blobs.get(WORKSPACE, ref)
    assert caught.value.code == "storage.blob_missing"
    with pytest.raises(StorageCorrupt):
        await opened.blobs.get(WORKSPACE, BlobRef("../../../etc/passwd", None, b""))
