"""Blobs in files and in Postgres."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from studio.domain.errors import StorageCorrupt
from studio.domain.ids import new_id
from studio.domain.values import BlobRef
from studio.storage import Opened
from studio.storage.blobs.files import blob_path
from tests.storage.kit import SECOND, WORKSPACE, Place

MIB = 1024 * 1024
SIZES = [0, 1, 1000, MIB - 1, MIB, MIB + 1, 3 * MIB, 3 * MIB + 7]


def content(size: int) -> bytes:
    """Bytes that repeat, but not by frames."""
    return (bytes(range(251)) * (size // 251 + 1))[:size]


async def pieces(data: bytes, size: int) -> AsyncIterator[bytes]:
    """The data bit by bit."""
    for start in range(0, len(data), size):
        yield data[start : start + size]


@pytest.mark.parametrize("size", SIZES)
async def test_comes_back_as_it_went_in(opened: Opened, size: int) -> None:
    data = content(size)
    ref = await opened.blobs.put(WORKSPACE, data)
    assert ref.size == size
    assert await opened.blobs.get(WORKSPACE, ref) == data
    streamed = await opened.blobs.put(WORKSPACE, pieces(data, 100_003))
    assert streamed.id != ref.id
    assert (streamed.size, streamed.digest) == (ref.size, ref.digest)
    assert await opened.blobs.get(WORKSPACE, streamed) == data


async def test_streams_from_an_offset_in_bounded_pieces(opened: Opened) -> None:
    data = content(3 * MIB + 7)
    ref = await opened.blobs.put(WORKSPACE, data)
    for offset in (0, 5, MIB, 2 * MIB - 1, 3 * MIB + 6, 3 * MIB + 7, 4 * MIB):
        got = [piece async for piece in opened.blobs.stream(WORKSPACE, ref, offset)]
        assert b"".join(got) == data[offset:]
        assert all(0 < len(piece) <= MIB for piece in got)


async def test_digest_depends_on_content_and_workspace(opened: Opened) -> None:
    one = await opened.blobs.put(WORKSPACE, b"content")
    other = await opened.blobs.put(WORKSPACE, b"another")
    elsewhere = await opened.blobs.put("other", b"content")
    assert len({one.digest, other.digest, elsewhere.digest}) == 3


async def test_local_file_is_private_and_goes_away(opened: Opened) -> None:
    ref = await opened.blobs.put(WORKSPACE, content(MIB + 5))
    async with opened.blobs.local(WORKSPACE, ref) as path:
        assert path.read_bytes() == content(MIB + 5)
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700
    assert not path.exists()
    with pytest.raises(ZeroDivisionError):
        async with opened.blobs.local(WORKSPACE, ref) as path:
            raise ZeroDivisionError
    assert not path.exists()


async def test_draft_becomes_a_blob(opened: Opened) -> None:
    async with opened.blobs.writable(WORKSPACE) as draft:
        draft.path.write_bytes(content(2 * MIB))
        assert draft.path.stat().st_mode & 0o777 == 0o600
        ref = await draft.commit()
    assert not draft.path.exists()
    assert await opened.blobs.get(WORKSPACE, ref) == content(2 * MIB)
    assert ref.digest == (await opened.blobs.put(WORKSPACE, content(2 * MIB))).digest
    async with opened.blobs.writable(WORKSPACE) as draft:
        draft.path.write_bytes(b"given up")
    assert not draft.path.exists()


async def test_get_now_gives_the_content_or_nothing(opened: Opened, place: Place) -> None:
    ref = await opened.blobs.put(WORKSPACE, b"content")
    assert opened.blobs.get_now(WORKSPACE, ref) == (b"content" if place.sqlite else None)
    if place.sqlite:
        # A process that has not met the workspace's key yet would have to wait for it.
        other = await place.open()
        fresh = await opened.blobs.put("fresh", b"content")
        assert other.blobs.get_now("fresh", fresh) is None
        assert await other.blobs.get("fresh", fresh) == b"content"


async def test_another_workspace_cannot_read_it(opened: Opened) -> None:
    await opened.blobs.put("other", b"theirs")
    ref = await opened.blobs.put(WORKSPACE, b"content")
    with pytest.raises(StorageCorrupt):
        await opened.blobs.get("other", ref)
    with pytest.raises(StorageCorrupt):
        await opened.blobs.get("nobody", ref)


@pytest.mark.parametrize("id", ["../../../etc/passwd", "", "x", "A" * 26, "0" * 25 + "/"])
async def test_forged_ids_reach_no_file(opened: Opened, id: str) -> None:
    with pytest.raises(StorageCorrupt):
        await opened.blobs.get(WORKSPACE, BlobRef(id, 1, b""))
    with pytest.raises(StorageCorrupt):
        _ = [piece async for piece in opened.blobs.stream(WORKSPACE, BlobRef(id, 1, b""))]


async def test_missing_blob_is_named(opened: Opened) -> None:
    ref = BlobRef(new_id(), 5, b"")
    await opened.blobs.put(WORKSPACE, b"any")
    with pytest.raises(StorageCorrupt) as caught:
        await opened.blobs.get(WORKSPACE, ref)
    assert (caught.value.code, caught.value.arguments) == ("storage.blob_missing", {"id": ref.id})


async def frames(place: Place, ref: BlobRef) -> list[bytes]:
    """The sealed frames of a blob."""
    if place.sqlite:
        data = blob_path(place.data, ref.id).read_bytes()
        step = MIB + 37
        return [data[start : start + step] for start in range(0, len(data), step)]
    rows = await place.sql("SELECT data FROM blob_frames WHERE blob_id = $1 ORDER BY place", ref.id)
    return [row[0] for row in rows]


async def put_frames(place: Place, ref: BlobRef, sealed: list[bytes]) -> None:
    """Exchange the sealed frames of a blob."""
    if place.sqlite:
        blob_path(place.data, ref.id).write_bytes(b"".join(sealed))
        return
    await place.sql("DELETE FROM blob_frames WHERE blob_id = $1", ref.id)
    for number, data in enumerate(sealed):
        await place.sql("INSERT INTO blob_frames (blob_id, place, data) VALUES ($1, $2, $3)", ref.id, number, data)


@pytest.mark.parametrize("damage", ["flip", "cut", "drop last", "drop first", "swap", "repeat", "foreign", "longer"])
async def test_damage_is_noticed(opened: Opened, place: Place, damage: str) -> None:
    ref = await opened.blobs.put(WORKSPACE, content(3 * MIB))
    other = await opened.blobs.put(WORKSPACE, content(3 * MIB))
    sealed = await frames(place, ref)
    flipped = bytearray(sealed[1])
    flipped[5000] ^= 1
    changed = {
        "flip": [sealed[0], bytes(flipped), sealed[2]],
        "cut": [sealed[0], sealed[1], sealed[2][:-1]],
        "drop last": sealed[:2],
        "drop first": sealed[1:],
        "swap": [sealed[1], sealed[0], sealed[2]],
        "repeat": [sealed[0], sealed[0], sealed[2]],
        "foreign": await frames(place, other),
        "longer": [*sealed[:2], sealed[2] + b"x"],
    }[damage]
    await put_frames(place, ref, changed)
    with pytest.raises(StorageCorrupt) as caught:
        await opened.blobs.get(WORKSPACE, ref)
    assert caught.value.arguments == {"id": ref.id}
    with pytest.raises(StorageCorrupt):
        _ = [piece async for piece in opened.blobs.stream(WORKSPACE, ref)]
    with pytest.raises(StorageCorrupt):
        async with opened.blobs.local(WORKSPACE, ref):
            pytest.fail("damaged content was handed out")
    assert await opened.blobs.get(WORKSPACE, other) == content(3 * MIB)


async def test_size_in_the_reference_is_checked(opened: Opened) -> None:
    ref = await opened.blobs.put(WORKSPACE, b"content")
    for size in (0, 6, 8, 2 * MIB, -1):
        with pytest.raises(StorageCorrupt):
            await opened.blobs.get(WORKSPACE, BlobRef(ref.id, size, ref.digest))


async def test_failed_source_leaves_nothing(opened: Opened, place: Place) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield content(2 * MIB)
        raise ConnectionResetError("source is gone")

    with pytest.raises(Exception, match="source is gone"):
        await opened.blobs.put(WORKSPACE, broken())
    if place.sqlite:
        left = [path for path in (place.data / "blobs").rglob("*") if path.is_file()]
        assert left == []
    else:
        assert await place.sql("SELECT count(*) FROM blob_frames") == [(0,)]


async def test_collects_what_is_old_and_unreferred(opened: Opened) -> None:
    refs = [await opened.blobs.put(WORKSPACE, b"%d" % number) for number in range(4)]
    live = [refs[0].id, new_id()]
    assert await opened.blobs.collect(live, grace=3600 * SECOND) == 0
    assert await opened.blobs.collect(live, grace=-SECOND) == 3
    assert await opened.blobs.get(WORKSPACE, refs[0]) == b"0"
    with pytest.raises(StorageCorrupt):
        await opened.blobs.get(WORKSPACE, refs[1])
    assert await opened.blobs.collect([], grace=-SECOND) == 1
    assert await opened.blobs.collect([], grace=-SECOND) == 0


async def test_collecting_clears_what_a_crash_left(opened: Opened, place: Place, tmp_path: Path) -> None:
    folder = place.data / "tmp"
    folder.mkdir(exist_ok=True)
    (folder / "left").write_bytes(b"clear text")
    await opened.blobs.collect([], grace=3600 * SECOND)
    if place.sqlite:
        assert (folder / "left").exists()
        await opened.blobs.collect([], grace=-SECOND)
        assert not (folder / "left").exists()
