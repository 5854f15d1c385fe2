"""Backup under load, restore into a new generation, and archives that must not be trusted."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import os
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from studio.contracts.store import Cursor, ExecutionFilter, Message
from studio.crypto import KEY_FILE
from studio.domain.errors import (
    Conflict,
    DatabaseVersion,
    NotFound,
    StorageCorrupt,
    StorageFull,
    StudioError,
    UserError,
    WrongKey,
)
from studio.domain.ids import new_id
from studio.domain.status import ExecutionStatus
from studio.domain.values import BlobRef
from studio.storage._schema import REVISION
from studio.storage.backup import backup, restore
from studio.storage.blobs.files import blob_path, collection_held
from tests.fixtures.postgres import Cluster
from tests.storage.kit import (
    WORKSPACE,
    Place,
    accept,
    claim_one,
    finished,
    ids_of,
    new,
    running,
    segment,
    sleeping,
)


@pytest.fixture
async def target(place: Place, request: pytest.FixtureRequest, tmp_path: Path):
    """An empty place of the same kind."""
    url = None
    if not place.sqlite:
        cluster: Cluster = request.getfixturevalue("postgres_cluster")
        name = cluster.database(made=False)
        url = cluster.url(name)
    there = Place(url, tmp_path / "restored")
    yield there
    await there.close()
    if url:
        cluster.drop(name)


async def restored(place: Place, target: Place, archive: Path):
    """Restore, bring the key along, open."""
    await restore(archive, target.url, target.data)
    shutil.copy(place.data / KEY_FILE, target.data / KEY_FILE)
    return await target.open()


async def test_everything_comes_back_held(place: Place, target: Place, tmp_path: Path) -> None:
    opened = await place.open()
    store = opened.store
    ref = await opened.blobs.put(WORKSPACE, os.urandom(2_500_000))
    orphan = await opened.blobs.put(WORKSPACE, b"orphan")
    done = await finished(store, blobs=(ref.id,), tags=("t",))
    active, asleep = await running(store), await running(store)
    await store.append(segment(active, 1))
    await store.append(sleeping(asleep, 1, wake_at=1))
    (queued,) = await accept(store, cursor=Cursor("daily", 100))
    await store.post(WORKSPACE, [Message(asleep, "m", "signal", b"message")])
    await store.set_credential(WORKSPACE, "c", "t", b"secret")
    await store.heartbeat("w", "home", 10**9)
    archive = tmp_path / "backup.tar.zst"
    made = await backup(place.url, place.data, archive)
    assert archive.stat().st_mode & 0o777 == 0o600
    assert (made.kind, made.revision, made.missing_blobs) == (opened.database, REVISION, ())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup.tar.zst", "data"]

    again = await restored(place, target, archive)
    store = again.store
    assert (await store.facts())["generation"] == 2
    assert await again.blobs.get(WORKSPACE, ref) == await opened.blobs.get(WORKSPACE, ref)
    assert await store.credential(WORKSPACE, "c") == ("t", b"secret")
    assert [message.payload for message in await store.inbox([asleep])] == [b"message"]
    rows = {row.id: row for row in await store.executions(ExecutionFilter(workspace=WORKSPACE))}
    assert {id: (row.status.value, row.held, row.owner) for id, row in rows.items()} == {
        done: ("succeeded", False, None),
        active: ("queued", True, None),
        asleep: ("waiting", True, None),
        queued: ("queued", True, None),
    }
    assert await store.gone_workers("home", "") == []
    assert await store.claim("w", 10) == []
    assert await store.next_wake("w") is None
    (outcome,) = await store.accept([new(cursor=Cursor("daily", 200, before=100))])
    assert isinstance(outcome, Conflict)
    assert await store.resume_schedule(WORKSPACE, "daily")
    assert not await store.resume_schedule(WORKSPACE, "daily")
    (fresh,) = await accept(store, cursor=Cursor("daily", 200, before=100))
    row = await store.execution(fresh)
    assert row is not None
    assert (row.generation, row.held) == (2, False)
    assert ids_of(await store.claim("w", 10)) == [fresh]
    assert await store.recover([active, asleep]) == 2
    claims = {claim.id: claim for claim in await store.claim("w", 10)}
    assert set(claims) == {active, asleep}
    assert claims[active].recoveries == 0
    assert claims[active].next_seq == 3
    if place.sqlite:
        with pytest.raises(StorageCorrupt):
            await again.blobs.get(WORKSPACE, orphan)


async def test_taken_under_load_it_is_consistent(place: Place, target: Place, tmp_path: Path) -> None:
    opened = await place.open()
    store = opened.store
    stopping = asyncio.Event()
    refs: dict[str, BlobRef] = {}

    async def drive() -> None:
        while not stopping.is_set():
            ref = await opened.blobs.put(WORKSPACE, os.urandom(5000))
            id = await running(store, blobs=(ref.id,))
            refs[id] = ref
            for seq in range(1, 4):
                await store.append(segment(id, seq, b"%d" % seq))
            await opened.blobs.collect(await store.live_blobs(), grace=3_600_000_000)

    drivers = [asyncio.ensure_future(drive()) for _ in range(4)]
    while len(refs) < 20:
        await asyncio.sleep(0.005)
    before = set(refs)
    archives = [tmp_path / "one", tmp_path / "two"]
    made = [await backup(place.url, place.data, archive) for archive in archives]
    stopping.set()
    await asyncio.gather(*drivers)
    assert all(one.missing_blobs == () for one in made)

    again = await restored(place, target, archives[1])
    rows = await again.store.executions(ExecutionFilter(workspace=WORKSPACE, limit=1000))
    assert {row.id for row in rows} >= before
    for row in rows:
        read = await again.store.read(row.id)
        assert [part.payload for part in read[1:]] == [b"%d" % seq for seq in range(1, len(read))]
        assert len(await again.blobs.get(WORKSPACE, refs[row.id])) == 5000


async def test_backup_needs_no_key_and_holds_none(place: Place, target: Place, tmp_path: Path) -> None:
    opened = await place.open()
    secret = b"planted-" + new_id().encode()
    id = await finished(opened.store, payload=secret)
    await opened.store.set_credential(WORKSPACE, "c", "t", secret)
    ref = await opened.blobs.put(WORKSPACE, secret * 1000)
    await finished(opened.store, blobs=(ref.id,))
    key = (place.data / KEY_FILE).read_bytes()
    await place.close()
    kept = tmp_path / "kept.key"
    (place.data / KEY_FILE).rename(kept)
    archive = tmp_path / "archive"
    await backup(place.url, place.data, archive)
    content = b"".join(content for _, content in members(archive))
    assert secret not in content
    assert key.strip() not in content
    await restore(archive, target.url, target.data)
    with pytest.raises(WrongKey):
        await target.open()
    shutil.copy(kept, target.data / KEY_FILE)
    assert (await (await target.open()).store.read(id))[0].payload == secret


def in_files(data: Path) -> dict[bytes, bytes | None]:
    """Every file and folder that nodes have, with content."""
    root = os.fsencode(data / "files")
    found: dict[bytes, bytes | None] = {}
    for folder, folders, files in os.walk(root):
        found |= {os.path.relpath(os.path.join(folder, name), root): None for name in folders}
        found |= {
            os.path.relpath(path, root): Path(os.fsdecode(path)).read_bytes()
            for path in (os.path.join(folder, name) for name in files)
        }
    return found


async def test_files_of_nodes_come_back(place: Place, target: Place, tmp_path: Path) -> None:
    await finished((await place.open()).store)
    home = place.data / "files" / WORKSPACE
    (home / "reports" / "ü 100% a%2Fb").mkdir(parents=True)
    (home / "empty").mkdir()
    names = (b"plain.csv", b"reports/\xff\xfe.bin", "reports/ü 100% a%2Fb/\n..txt".encode(), b"..dots")
    for name in names:
        Path(os.fsdecode(os.path.join(os.fsencode(home), name))).write_bytes(name * 1000)
    os.utime(home / "plain.csv", (1_000_000_000, 1_000_000_000))
    kept = in_files(place.data)
    (home / ".plain.csv.01m8.part").write_bytes(b"half")  # what a node is just writing
    (home / "link").symlink_to(place.data / KEY_FILE)
    (home / "away").symlink_to(tmp_path)
    os.mkfifo(home / "pipe")
    archive = tmp_path / "archive"
    made = await backup(place.url, place.data, archive)
    assert made.files == len(names)
    assert not list(tmp_path.glob(".*"))
    if not place.sqlite:
        (target.data / "files" / WORKSPACE).mkdir(parents=True)
        with pytest.raises(Conflict):
            await restore(archive, target.url, target.data)
        shutil.rmtree(target.data / "files")
    await restored(place, target, archive)
    assert in_files(target.data) == kept
    assert (target.data / "files" / WORKSPACE / "plain.csv").stat().st_mtime == 1_000_000_000


async def test_every_file_of_what_is_in_the_backup_is_there_too(place: Place, target: Place, tmp_path: Path) -> None:
    """Nodes write first, then their result is committed: so no execution is restored whose file is missing."""
    store = (await place.open()).store
    home = place.data / "files" / WORKSPACE
    home.mkdir(parents=True)
    stopping, done = asyncio.Event(), list[str]()

    async def drive() -> None:
        while not stopping.is_set():
            id = new_id()
            await asyncio.to_thread((home / id).write_bytes, id.encode())
            with (home / "log").open("a") as log:
                log.write(f"{id}\n")
            done.append(await finished(store, payload=id.encode()))

    drivers = [asyncio.ensure_future(drive()) for _ in range(3)]
    while len(done) < 10:
        await asyncio.sleep(0.005)
    await backup(place.url, place.data, tmp_path / "archive")
    stopping.set()
    await asyncio.gather(*drivers)
    again = (await restored(place, target, tmp_path / "archive")).store
    rows = await again.executions(ExecutionFilter(workspace=WORKSPACE, limit=1000))
    assert len(rows) >= 10
    there = target.data / "files" / WORKSPACE
    logged = set((there / "log").read_text().split())
    for row in rows:
        name = (await again.read(row.id))[0].payload.decode()
        assert (there / name).read_text() == name
        assert name in logged


async def test_collecting_waits_for_a_backup(lite: Place) -> None:
    opened = await lite.open()
    await opened.blobs.put(WORKSPACE, b"x")
    with collection_held(lite.data):
        assert await opened.blobs.collect([], grace=-1_000_000) == 0
    assert await opened.blobs.collect([], grace=-1_000_000) == 1


async def test_blob_that_is_gone_is_named_and_stops_nothing(lite: Place, tmp_path: Path) -> None:
    opened = await lite.open()
    ref = await opened.blobs.put(WORKSPACE, b"x")
    await finished(opened.store, blobs=(ref.id,))
    blob_path(lite.data, ref.id).unlink()
    made = await backup(None, lite.data, tmp_path / "archive")
    assert made.missing_blobs == (ref.id,)
    assert (await restore(tmp_path / "archive", None, tmp_path / "there")).missing_blobs == (ref.id,)


async def test_targets_that_are_not_empty_are_refused(place: Place, target: Place, tmp_path: Path) -> None:
    await finished((await place.open()).store)
    archive = tmp_path / "archive"
    await backup(place.url, place.data, archive)
    with pytest.raises(UserError) as caught:
        await backup(place.url, place.data, archive)
    assert caught.value.code == "storage.backup_exists"
    with pytest.raises(Conflict):
        await restore(archive, place.url, place.data)
    await restore(archive, target.url, target.data)
    with pytest.raises(Conflict):
        await restore(archive, target.url, target.data)
    with pytest.raises(NotFound):
        await restore(tmp_path / "nothing", target.url, target.data)
    assert not list(target.data.glob(".restore*"))


async def test_kinds_do_not_mix(lite: Place, remote: Place, tmp_path: Path) -> None:
    await lite.open()
    archive = tmp_path / "archive"
    await backup(None, lite.data, archive)
    with pytest.raises(UserError):
        await restore(archive, remote.url, tmp_path / "there")


async def test_other_kinds_do_not_mix(remote: Place, tmp_path: Path) -> None:
    await remote.open()
    archive = tmp_path / "archive"
    await backup(remote.url, remote.data, archive)
    with pytest.raises(UserError):
        await restore(archive, None, tmp_path / "there")
    assert not (tmp_path / "there" / "studio.db").exists()


async def test_full_disk_leaves_no_archive(lite: Place, small_disk: Path) -> None:
    opened = await lite.open()
    ref = await opened.blobs.put(WORKSPACE, os.urandom(6_000_000))
    await finished(opened.store, blobs=(ref.id,))
    with pytest.raises(StorageFull):
        await backup(None, lite.data, small_disk / "archive")
    assert list(small_disk.iterdir()) == []
    archive = lite.data.parent / "archive"
    await backup(None, lite.data, archive)
    with pytest.raises(UserError) as caught:
        await restore(archive, None, small_disk / "there")
    assert "no room" in caught.value.message
    assert not [path for path in small_disk.rglob("*") if path.is_file()]


def members(archive: Path) -> list[tuple[str, bytes]]:
    """What an archive holds."""
    with (
        archive.open("rb") as file,
        zstandard.ZstdDecompressor().stream_reader(file) as plain,
        tarfile.open(fileobj=plain, mode="r|") as tar,
    ):
        return [(info.name, getattr(tar.extractfile(info), "read", bytes)()) for info in tar]


def pack(archive: Path, content: list[tuple[str | tarfile.TarInfo, bytes]]) -> None:
    """Write an archive by hand."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, data in content:
            info = tarfile.TarInfo(name) if isinstance(name, str) else name
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    archive.write_bytes(zstandard.ZstdCompressor().compress(buffer.getvalue()))


def rewritten(content: list[tuple[str, bytes]], change: Callable[[dict[str, object]], None]) -> list[tuple[str, bytes]]:
    """The same with another manifest."""
    manifest = json.loads(content[0][1])
    change(manifest)
    return [("manifest.json", json.dumps(manifest).encode()), *content[1:]]


def renamed(content: list[tuple[str, bytes]], name: str) -> list[tuple[str, bytes]]:
    """The blob under another name, consistently."""
    changed = rewritten(content, lambda manifest: manifest["members"][1].__setitem__(0, name))  # type: ignore[index]
    digests = json.loads(content[-1][1])
    digests[name] = hashlib.sha256(content[2][1]).hexdigest()
    return [*changed[:2], (name, content[2][1]), ("digests.json", json.dumps(digests).encode())]


def link(name: str) -> tarfile.TarInfo:
    """A symbolic link in place of a file."""
    info = tarfile.TarInfo(name)
    info.type = tarfile.SYMTYPE
    info.linkname = "/etc/passwd"
    return info


Content = list[tuple[str, bytes]]
FORGED: dict[str, Callable[[Content], list[tuple[str | tarfile.TarInfo, bytes]]]] = {
    "no manifest": lambda content: [*content[1:]],
    "empty": lambda content: [],
    "malformed manifest": lambda content: [("manifest.json", b"{"), *content[1:]],
    "unknown format": lambda content: rewritten(content, lambda manifest: manifest.update(format="other")),
    "unknown kind": lambda content: rewritten(content, lambda manifest: manifest.update(kind="mysql")),
    "no database": lambda content: rewritten([content[0], *content[2:]], lambda m: m["members"].pop(0)),
    "negative size": lambda content: rewritten(content, lambda m: m["members"][0].__setitem__(1, -1)),
    "huge size": lambda content: rewritten(content, lambda m: m["members"][0].__setitem__(1, 2**60)),
    "other size": lambda content: rewritten(content, lambda m: m["members"][0].__setitem__(1, 5)),
    "twice": lambda content: rewritten(content, lambda m: m["members"].append(m["members"][0])),
    "traversal": lambda content: renamed(content, "blobs/../../../escaped"),
    "absolute": lambda content: renamed(content, "/tmp/escaped"),
    "files above": lambda content: renamed(content, "files/../../../escaped"),
    "files above, hidden": lambda content: renamed(content, "files/%2E%2E/%2E%2E/escaped"),
    "files with a slash": lambda content: renamed(content, "files/default/..%2F..%2Fescaped"),
    "files otherwise written": lambda content: renamed(content, "files/default/%61"),
    "files of no name": lambda content: renamed(content, "files/default//x"),
    "folder above": lambda content: rewritten(content, lambda m: m.update(folders=["files/../../escaped"])),
    "folder elsewhere": lambda content: rewritten(content, lambda m: m.update(folders=["blobs"])),
    "master key": lambda content: renamed(content, "master.key"),
    "member missing": lambda content: [content[0], content[2], content[3]],
    "members swapped": lambda content: [content[0], content[2], content[1], content[3]],
    "link": lambda content: [content[0], (link("studio.db"), b""), *content[2:]],
    "changed database": lambda content: [content[0], ("studio.db", bytes(len(content[1][1]))), *content[2:]],
    "changed blob": lambda content: [*content[:2], (content[2][0], bytes(len(content[2][1]))), content[3]],
    "no digests": lambda content: content[:-1],
    "malformed digests": lambda content: [*content[:-1], ("digests.json", b"[]")],
    "empty digests": lambda content: [*content[:-1], ("digests.json", b"{}")],
}


@pytest.mark.parametrize("forgery", FORGED)
async def test_forged_archives_are_refused(lite: Place, tmp_path: Path, forgery: str) -> None:
    opened = await lite.open()
    ref = await opened.blobs.put(WORKSPACE, b"x" * 1000)
    await finished(opened.store, blobs=(ref.id,))
    good, bad = tmp_path / "good", tmp_path / "bad"
    await backup(None, lite.data, good)
    content = members(good)
    assert [name for name, _ in content] == ["manifest.json", "studio.db", f"blobs/{ref.id}", "digests.json"]
    pack(bad, FORGED[forgery](content))
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(UserError) as caught:
        await restore(bad, None, tmp_path / "there")
    assert caught.value.code == "storage.not_a_backup"
    assert sorted(tmp_path.rglob("*")) == sorted([*before, tmp_path / "there"])
    pack(bad, list(content))
    await restore(bad, None, tmp_path / "there")


async def test_bombs_and_garbage_are_refused(lite: Place, tmp_path: Path) -> None:
    await lite.open()
    good, bad = tmp_path / "good", tmp_path / "bad"
    await backup(None, lite.data, good)
    bomb = zstandard.ZstdCompressor(level=19).compress(bytes(300_000_000))
    for content in (b"", b"garbage" * 100, good.read_bytes()[:-200], good.read_bytes()[:2000], bomb):
        bad.write_bytes(content)
        with pytest.raises(UserError):
            await restore(bad, None, tmp_path / "there")
    flipped = bytearray(good.read_bytes())
    flipped[len(flipped) // 2] ^= 255
    bad.write_bytes(flipped)
    with pytest.raises(UserError):
        await restore(bad, None, tmp_path / "there")


async def test_backup_of_another_version_is_refused(lite: Place, tmp_path: Path) -> None:
    await lite.open()
    archive = tmp_path / "archive"
    await backup(None, lite.data, archive)
    pack(archive, list(rewritten(members(archive), lambda manifest: manifest.update(revision="9999"))))
    with pytest.raises(DatabaseVersion):
        await restore(archive, None, tmp_path / "there")


async def test_nothing_to_back_up(tmp_path: Path) -> None:
    with pytest.raises(StudioError):
        await backup(None, tmp_path, tmp_path / "archive")
    with pytest.raises(StudioError):
        await backup("postgresql://x@127.0.0.1:9/x", tmp_path, tmp_path / "archive")
    assert not (tmp_path / "archive").exists()


async def test_restored_execution_runs_on(place: Place, target: Place, tmp_path: Path) -> None:
    store = (await place.open()).store
    id = await running(store)
    await store.append(segment(id, 1, b"state", snapshot=True))
    archive = tmp_path / "archive"
    await backup(place.url, place.data, archive)
    again = (await restored(place, target, archive)).store
    await again.recover([id])
    claim = await claim_one(again)
    assert (claim.was, claim.epoch) == (ExecutionStatus.QUEUED, 2)
    assert [part.payload for part in await again.read(id, from_snapshot=True)] == [b"state", b""]
