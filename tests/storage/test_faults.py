"""What was acknowledged survives: kills, full disks, restarts of the server."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from studio.contracts.store import ExecutionFilter
from studio.domain.errors import StorageFull, StorageUnavailable
from studio.domain.ids import new_id
from studio.domain.values import BlobRef
from studio.storage import Opened, SqlStore, open_store
from studio.storage.open import _Masters
from studio.storage.postgres._open import open_postgres
from tests.fixtures.postgres import Cluster, find_binaries
from tests.storage.kit import WORKSPACE, Place, finished, new, running, segment

ROOT = Path(__file__).parents[2]


async def read_until_killed(place: Place, level: str, lines: int, rng: random.Random) -> list[list[str]]:
    """Let a writer write so many lines, kill it, and give every whole line it got out."""
    command = [sys.executable, "-m", "tests.storage.writer_process", str(place.data), place.url or "-", level]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout is not None
    text = b""
    while text.count(b"\n") < lines:
        piece = await process.stdout.read(rng.randint(1, 4000))
        assert piece, "the writer ended by itself"
        text += piece
    process.send_signal(signal.SIGKILL)
    text += (await process.communicate())[0]
    return [line.split() for line in text.decode().split("\n")[:-1]]


@pytest.mark.parametrize("level", ["process", "power"])
async def test_no_acknowledged_write_is_lost_to_a_kill(place: Place, level: str) -> None:
    rng = random.Random(level)
    acknowledged: dict[str, int] = {}
    refs: list[BlobRef] = []
    rounds = 6 if place.sqlite else 2
    for _ in range(rounds):
        for id, seq, *blob in await read_until_killed(place, level, rng.randint(20, 150), rng):
            acknowledged[id] = max(acknowledged.get(id, 0), int(seq))
            if blob:
                refs.append(BlobRef(blob[0], int(blob[1]), bytes.fromhex(blob[2])))
    opened = await place.open()
    assert len(acknowledged) > rounds
    for id, seq in acknowledged.items():
        read = await opened.store.read(id)
        assert len(read) > seq, f"{id} lost segment {seq}"
        assert [part.payload for part in read[1:]] == [b"%s:%d" % (id.encode(), n) for n in range(1, len(read))]
    for ref in refs:
        assert await opened.blobs.get(WORKSPACE, ref) == b"blob content"
    if place.sqlite:
        assert await place.sql("PRAGMA integrity_check") == [("ok",)]
    claims = await opened.store.claim("v", 10_000, gone=["w"])
    assert {claim.id for claim in claims} >= set(acknowledged)


async def fill(store: SqlStore) -> tuple[dict[str, int], BaseException]:
    """Append until it fails; gives what was acknowledged and the failure."""
    done: dict[str, int] = {}
    for _ in range(400):
        try:
            id = await running(store)
            done[id] = 0
            for seq in range(1, 4):
                await store.append(segment(id, seq, os.urandom(20_000)))
                done[id] = seq
        except Exception as error:  # noqa: BLE001 - what it is, is looked at by the tests
            return done, error
    raise AssertionError("the disk never filled up")


async def test_full_disk_is_said_and_loses_nothing(small_disk: Path) -> None:
    data = small_disk / "data"
    opened = await open_store(None, data, environ={})
    done, error = await fill(opened.store)
    assert isinstance(error, StorageFull), repr(error)
    assert len(done) > 5
    # It keeps saying so, and never hangs.
    with pytest.raises(StorageFull):
        await running(opened.store, payload=os.urandom(500_000))
    with pytest.raises(StorageFull):
        await opened.blobs.put(WORKSPACE, os.urandom(3_000_000))
    left = [path for path in (data / "blobs").rglob("*") if path.is_file()]
    assert left == []
    for id, seq in done.items():
        if row := await opened.store.execution(id):
            assert row.next_seq == seq + 1
            assert len(await opened.store.read(id)) == seq + 1
        else:
            assert seq == 0
    await opened.close()


async def test_full_disk_while_opening(small_disk: Path) -> None:
    (small_disk / "ballast").write_bytes(bytes(3 * 1024 * 1024 - 12_288))
    with pytest.raises(StorageFull):
        await open_store(None, small_disk / "data", environ={})


async def test_writing_goes_on_once_there_is_room(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(1_500_000))
    opened = await open_store(None, small_disk / "data", environ={})
    _, error = await fill(opened.store)
    assert isinstance(error, StorageFull)
    ballast.unlink()
    id = await finished(opened.store)
    assert len(await opened.store.read(id)) == 2
    await opened.close()


async def test_stream_into_a_full_disk_leaves_nothing(small_disk: Path) -> None:
    opened = await open_store(None, small_disk / "data", environ={})

    async def endless():
        while True:
            yield os.urandom(300_000)

    with pytest.raises(StorageFull):
        await opened.blobs.put(WORKSPACE, endless())
    with pytest.raises(StorageFull):
        async with opened.blobs.writable(WORKSPACE) as draft:
            draft.path.write_bytes(bytes(1_500_000))
            await opened.blobs.put(WORKSPACE, os.urandom(300_000))
            await draft.commit()
    assert list((small_disk / "data" / "blobs" / "tmp").iterdir()) == []
    assert not list((small_disk / "data" / "tmp").iterdir())
    await opened.close()


@pytest.fixture
def own_cluster(tmp_path: Path):
    """A server of its own, to be stopped and started."""
    binaries = find_binaries()
    if binaries is None:
        pytest.skip("no Postgres server is installed")
    folder = Path(tempfile.mkdtemp(prefix="studio-pg-"))
    folder.chmod(0o755)
    cluster = Cluster(binaries, folder)
    try:
        cluster.create()
        yield cluster
        cluster.stop("immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def opened_on(cluster: Cluster, data: Path, patience: float) -> Opened:
    """A store on that server."""
    data.mkdir(exist_ok=True)
    return await open_postgres(cluster.url("postgres"), data, _Masters(data, None, {}), False, patience=patience)


async def test_restarts_of_the_server_lose_and_double_nothing(own_cluster: Cluster, tmp_path: Path) -> None:
    opened = await opened_on(own_cluster, tmp_path / "data", 60)
    store = opened.store
    stopping = asyncio.Event()
    counts: dict[str, int] = {}

    async def drive(batches: bool) -> None:
        id = await running(store)
        seq = 0
        while not stopping.is_set():
            seq += 1
            await store.append(segment(id, seq, b"%d" % seq, blobs=(new_id(),) if batches else ()))
            counts[id] = seq
            if seq % 7 == 0:
                await store.accept([new(id=f"{id[:20]}{seq:06}")])

    drivers = [asyncio.ensure_future(drive(number % 2 == 0)) for number in range(6)]
    for mode in ("immediate", "fast", "immediate"):
        target = sum(counts.values()) + 60
        while sum(counts.values()) < target:
            await asyncio.sleep(0.01)
        await asyncio.to_thread(own_cluster.stop, mode)
        await asyncio.to_thread(own_cluster.start)
    target = sum(counts.values()) + 60
    while sum(counts.values()) < target:
        await asyncio.sleep(0.01)
    stopping.set()
    await asyncio.gather(*drivers)
    for id, seq in counts.items():
        read = await store.read(id)
        assert [part.payload for part in read[1:]] == [b"%d" % n for n in range(1, seq + 1)]
    total = sum(seq // 7 for seq in counts.values()) + len(counts)
    assert len(await store.executions(ExecutionFilter(workspace=WORKSPACE, limit=1000))) == min(total, 1000)
    # The notices come back too.
    before = await store.changes()
    other = await opened_on(own_cluster, tmp_path / "data", 5)
    async with asyncio.timeout(30):
        while await store.changes() == before:
            await other.store.accept([new(id=new_id())])
            await asyncio.sleep(0.02)
    await other.close()
    await opened.close()


async def test_server_that_stays_away_is_said(own_cluster: Cluster, tmp_path: Path) -> None:
    opened = await opened_on(own_cluster, tmp_path / "data", 0.5)
    id = await running(opened.store)
    await asyncio.to_thread(own_cluster.stop, "immediate")
    outcomes = await asyncio.gather(
        opened.store.append(segment(id, 1)),
        opened.store.set_variable(WORKSPACE, "x", b"", secret=False),
        opened.store.read(id),
        opened.blobs.put(WORKSPACE, b"x"),
        return_exceptions=True,
    )
    assert [type(outcome) for outcome in outcomes] == [StorageUnavailable] * 4
    assert own_cluster.password not in "".join(str(outcome) for outcome in outcomes)
    await asyncio.to_thread(own_cluster.start)
    await opened.store.append(segment(id, 1))
    assert len(await opened.store.read(id)) == 2
    await opened.close()


class Silent:
    """What stands between a store and its server, and passes nothing on when it is told so: no answer, and no end."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._open = asyncio.Event()
        self._open.set()
        self._writers: list[asyncio.StreamWriter] = []
        self.port = 0

    async def __aenter__(self) -> Silent:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.silent(False)
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        await self._server.wait_closed()

    def silent(self, so: bool) -> None:
        """Pass nothing on from now on, or everything that came meanwhile."""
        self._open.clear() if so else self._open.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._open.wait()
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._target)
        self._writers += [writer, there_writer]
        await asyncio.gather(self._pass(reader, there_writer), self._pass(there_reader, writer))

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                await self._open.wait()
                writer.write(data)
        except OSError:
            pass
        writer.close()


async def test_server_that_gives_no_answer_is_said(own_cluster: Cluster, tmp_path: Path) -> None:
    """Cut off somewhere on the way, without an end of the connection that could be noticed."""
    async with Silent(own_cluster.port) as between:
        url = own_cluster.url("postgres").replace(f":{own_cluster.port}/", f":{between.port}/")
        (tmp_path / "data").mkdir()
        keys = _Masters(tmp_path / "data", None, {})
        opened = await open_postgres(url, tmp_path / "data", keys, False, patience=3, reading=3)
        id = await running(opened.store)
        await opened.store.read(id)
        between.silent(True)
        async with asyncio.timeout(60):
            outcomes = await asyncio.gather(
                opened.store.append(segment(id, 1)),
                opened.store.set_variable(WORKSPACE, "x", b"", secret=False),
                opened.store.read(id),
                opened.blobs.put(WORKSPACE, b"x"),
                return_exceptions=True,
            )
        assert [type(outcome) for outcome in outcomes] == [StorageUnavailable] * 4
        between.silent(False)
        seq = len(await opened.store.read(id))
        await opened.store.append(segment(id, seq))
        assert [part.seq for part in await opened.store.read(id)] == list(range(seq + 1))
        await opened.close()


@pytest.mark.parametrize("when", ["first_meta", "ring"])
async def test_a_server_that_falls_silent_at_the_opening_is_said(
    own_cluster: Cluster, tmp_path: Path, when: str
) -> None:
    """It has taken the connection, and perhaps is in the middle of making the tables."""
    async with Silent(own_cluster.port) as between:
        url = own_cluster.url("postgres").replace(f":{own_cluster.port}/", f":{between.port}/")
        (tmp_path / "data").mkdir()
        keys = _Masters(tmp_path / "data", None, {})
        asked = getattr(keys, when)
        loop = asyncio.get_running_loop()

        def silencing(*given: object) -> object:
            loop.call_soon_threadsafe(between.silent, True)
            return asked(*given)

        setattr(keys, when, silencing)
        async with asyncio.timeout(60):
            with pytest.raises(StorageUnavailable) as caught:
                await open_postgres(url, tmp_path / "data", keys, False, opening=1)
        assert caught.value.code == "storage.server_silent"
        between.silent(False)
        setattr(keys, when, asked)
        opened = await open_postgres(url, tmp_path / "data", keys, False)
        await running(opened.store)
        await opened.close()


class Cutting:
    """A connection that passes everything on, and is cut at one statement, before or after it."""

    def __init__(self, inner: Any, at: str, after: bool, then: Callable[[], Awaitable[None]] | None = None) -> None:
        self._inner, self._at, self._after, self._then = inner, at, after, then

    def __getattr__(self, name: str):
        return getattr(self._inner, name)

    async def execute(self, query: str, *args: object) -> str:
        if query.startswith(self._at):
            if self._after:
                await self._inner.execute(query, *args)
            self._inner.terminate()
            if self._then is not None:
                await self._then()
            raise ConnectionResetError("cut off")
        return await self._inner.execute(query, *args)


async def test_commit_in_doubt_is_looked_up(remote: Place) -> None:
    """The connection ends after the commit was sent and before its answer: done once, and said so."""
    opened = await remote.open()
    store = opened.store
    writer = store._driver._writer  # type: ignore[attr-defined]
    id = await running(store)

    for after in (True, False):
        writer._connection = Cutting(writer._connection, "COMMIT", after)
        name = f"v{after}"
        await store.set_variable(WORKSPACE, name, b"x", secret=False)
        assert name in await store.variables(WORKSPACE)
        writer._connection = Cutting(writer._connection, "WITH u AS", after)
        seq = (await store.execution(id)).next_seq  # type: ignore[union-attr]
        await store.append(segment(id, seq, b"once"))
        writer._connection = Cutting(writer._connection, "COMMIT", after)
        assert await store.accept([new(owner="w")])
    assert [part.payload for part in await store.read(id)] == [b"first", b"once", b"once"]


async def test_commit_that_a_crash_forgot_is_done_again(own_cluster: Cluster, tmp_path: Path) -> None:
    """The server crashes before it learns of a commit, and gives the transaction's number to somebody else."""
    opened = await opened_on(own_cluster, tmp_path / "data", 60)
    other = await opened_on(own_cluster, tmp_path / "data", 60)
    writer = opened.store._driver._writer  # type: ignore[attr-defined]

    async def crash() -> None:
        await asyncio.to_thread(own_cluster.stop, "immediate")
        await asyncio.to_thread(own_cluster.start)
        for number in range(5):
            await other.store.set_variable(WORKSPACE, f"other{number}", b"x", secret=False)

    for round in range(2):
        writer._connection = Cutting(writer._connection, "COMMIT", False, crash)
        assert await opened.store.accept([new(owner="w")])
        assert len(await opened.store.executions(ExecutionFilter(workspace=WORKSPACE))) == round + 1
    await other.close()
    await opened.close()


async def test_connections_that_are_ended_by_the_server(remote: Place) -> None:
    opened = await remote.open()
    id = await finished(opened.store)
    for seq in range(3):
        await remote.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'studio'")
        await opened.store.set_variable(WORKSPACE, f"v{seq}", b"x", secret=False)
        assert len(await opened.store.read(id)) == 2
    assert len(await opened.store.variables(WORKSPACE)) == 3
