"""Broken surroundings: each gives a clear error, nothing hangs, and after the repair everything goes on."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest

from studio.domain.errors import (
    DatabaseVersion,
    EngineBusy,
    StorageError,
    StorageFull,
    StorageReadOnly,
    WrongKey,
)
from studio.domain.status import ExecutionStatus
from tests.engine import kit
from tests.faults.graphs import node, note
from tests.faults.harness import Process, read_log, records_of, settled
from tests.faults.test_effects import engine, submit, waits_for, workflow

LARGE = 200_000
NOISE = 100_000


def parked() -> Any:
    """A large value in a blob, then a signal, then something with the value."""
    nodes = {
        "large": node("flow.set", {"values": {"text": "{{ 'x' * " + str(LARGE) + " }}"}}),
        "go": node("flow.signal_wait", {"name": "go"}),
        "after": note("{{ len(large.values.text) }}"),
    }
    return workflow(nodes, "{{ after.value }}", edges=["large -> go", "go -> after"])


@pytest.fixture
async def waiting(tmp_path: Path) -> str:
    """An execution that waits for its signal while no engine runs."""
    async with engine(tmp_path) as one:
        id = await submit(one, tmp_path, parked())
        await waits_for(one, id, "wait.signal")
    return id


async def set_aside(tmp_path: Path, id: str) -> str:
    """The reason for which the execution is put aside when it is to go on; another one goes on beside it."""
    async with asyncio.timeout(60), engine(tmp_path) as one:
        await one.post(id, "signal", {"name": "go"})
        result = await one.wait(id, timeout=50, settle_waiting=True)
        assert (result.status, result.reason) == (ExecutionStatus.PAUSED, "wait.cannot_run"), result
        assert result.wake_at is not None
        other = await submit(one, tmp_path, workflow({"alone": node("flow.set", {"values": {"x": 1}})}))
        assert (await one.wait(other, timeout=50)).status is ExecutionStatus.SUCCEEDED
        # It is not looked at over and over.
        row = await one.store.execution(id)
        assert row is not None
        await asyncio.sleep(5 * one.config.poll_interval)
        again = await one.store.execution(id)
        assert again is not None
        assert again.next_seq == row.next_seq
    code, said = result.reason_args
    assert code.startswith("storage.")
    return said


async def refused(tmp_path: Path, id: str, error: type[StorageError]) -> StorageError:
    """What the engine says when the execution is to go on."""
    with pytest.raises(error) as caught:
        async with asyncio.timeout(90), engine(tmp_path) as one:
            await one.post(id, "signal", {"name": "go"})
            await one.wait(id, timeout=60)
    assert caught.value.code.count(".") == 1
    assert "Traceback" not in caught.value.message
    return caught.value


async def goes_on(tmp_path: Path, id: str) -> None:
    """The execution ends well, and nothing of it ran twice."""
    async with asyncio.timeout(90), engine(tmp_path) as one:
        await one.post(id, "signal", {"name": "go"}, message_id="again")
        result = await one.wait(id, timeout=60)
        assert (result.status, result.output) == (ExecutionStatus.SUCCEEDED, LARGE), result
    assert [line.path for line in read_log(tmp_path / "log.txt")] == ["after"]


def flip(path: Path) -> None:
    """Turn one bit in the middle of a file."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x10
    path.write_bytes(data)


@pytest.mark.parametrize("harm", [flip, lambda path: path.write_bytes(path.read_bytes()[:-7]), Path.unlink])
async def test_a_blob_that_is_damaged_or_gone(tmp_path: Path, waiting: str, harm: Callable[[Path], Any]) -> None:
    (blob,) = [path for path in (tmp_path / "data" / "blobs").rglob("*") if path.is_file()]
    copy = blob.read_bytes()
    harm(blob)
    said = await set_aside(tmp_path, waiting)
    assert blob.name in said
    blob.write_bytes(copy)
    await goes_on(tmp_path, waiting)


async def test_a_journal_with_a_flipped_bit(tmp_path: Path, waiting: str) -> None:
    database = apsw.Connection(str(tmp_path / "data" / "studio.db"))
    query = "SELECT seq, payload FROM journal WHERE execution_id = ? AND length(payload) > 60 ORDER BY seq DESC"
    seq, payload = next(iter(database.execute(query, (waiting,))))
    update = "UPDATE journal SET payload = ? WHERE execution_id = ? AND seq = ?"
    broken = bytearray(payload)
    broken[-9] ^= 1
    database.execute(update, (bytes(broken), waiting, seq))
    said = await set_aside(tmp_path, waiting)
    assert waiting in said
    database.execute(update, (payload, waiting, seq))
    database.close()
    await goes_on(tmp_path, waiting)


@pytest.mark.parametrize("kind", ["signal", "resume"])
async def test_a_message_with_a_flipped_bit(tmp_path: Path, waiting: str, kind: str) -> None:
    """Taken up, or while the execution is in memory: only the one it is for stands still."""
    async with asyncio.timeout(60), engine(tmp_path) as one:
        one.driving = False
        await one.post(waiting, kind, {"name": "go"})
    database = apsw.Connection(str(tmp_path / "data" / "studio.db"))
    query = "SELECT id, payload FROM inbox WHERE execution_id = ? AND taken_seq IS NULL"
    ((message, payload),) = database.execute(query, (waiting,))
    update = "UPDATE inbox SET payload = ? WHERE id = ?"
    database.execute(update, (payload[:-1] + bytes((payload[-1] ^ 1,)), message))
    said = await set_aside(tmp_path, waiting)
    assert message in said
    database.execute(update, (payload, message))
    database.close()
    await goes_on(tmp_path, waiting)


async def test_cancelling_what_cannot_go_on(tmp_path: Path, waiting: str) -> None:
    (blob,) = [path for path in (tmp_path / "data" / "blobs").rglob("*") if path.is_file()]
    blob.unlink()
    database = apsw.Connection(str(tmp_path / "data" / "studio.db"))
    database.execute("UPDATE journal SET payload = x'00' WHERE execution_id = ? AND seq = 1", (waiting,))
    database.close()
    await set_aside(tmp_path, waiting)
    async with asyncio.timeout(60), engine(tmp_path) as one:
        await one.post(waiting, "cancel", {})
        while (row := await one.store.execution(waiting)) is not None and not row.status.terminal:
            await asyncio.sleep(0.01)
        assert row is not None
        assert (row.status, row.error_code) == (ExecutionStatus.CANCELLED, "execution.cancelled")


async def test_a_wrong_master_key(tmp_path: Path, waiting: str) -> None:
    path = tmp_path / "data" / "master.key"
    right = path.read_bytes()
    async with engine(tmp_path / "other"):
        pass
    shutil.copy(tmp_path / "other" / "data" / "master.key", path)
    await refused(tmp_path, waiting, WrongKey)
    path.unlink()
    await refused(tmp_path, waiting, WrongKey)
    assert not path.exists(), "a new key was made for an old database"
    path.write_bytes(right)
    path.chmod(0o600)
    await goes_on(tmp_path, waiting)


async def test_a_database_of_a_newer_version(tmp_path: Path, waiting: str) -> None:
    database = apsw.Connection(str(tmp_path / "data" / "studio.db"))
    ((revision,),) = database.execute("SELECT version_num FROM alembic_version")
    database.execute("UPDATE alembic_version SET version_num = 'from_the_future'")
    error = await refused(tmp_path, waiting, DatabaseVersion)
    assert "from_the_future" in error.message
    database.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    database.close()
    await goes_on(tmp_path, waiting)


async def test_two_engines_on_one_folder(tmp_path: Path) -> None:
    options = ["--data", str(tmp_path / "data"), "--folder", str(tmp_path)]
    first = Process(options, tmp_path / "first.txt")
    await first.up()
    second = Process(options, tmp_path / "second.txt")
    try:
        assert await second.gone() == 3
        assert second.errors().startswith(f"{EngineBusy.__name__} storage.engine_busy ")
        assert str(first.pid) in second.errors()
        assert str(tmp_path / "data") in second.errors()
        assert first.alive
    finally:
        await first.kill()
    third = Process(options, tmp_path / "third.txt")
    await third.up()
    await third.kill()


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A data folder on a disk of 3 MiB."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("mounting a file system needs root")
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m,mode=700", "tmpfs", str(folder)], capture_output=True)
    if done.returncode:
        pytest.skip(f"a file system cannot be mounted here: {done.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def remount(folder: Path, options: str) -> None:
    """Change the disk."""
    subprocess.run(["mount", "-o", f"remount,{options}", str(folder)], check=True)


def many_large() -> Any:
    """Forty values of 200 kB, one after the other, each a blob."""
    body = {
        "nodes": {"made": note("{{ state.n }}", noise=NOISE)},
        "next": "{{ {'n': state.n + 1, 'text': made.value} }}",
    }
    state = {"n": 0, "text": ""}
    loop = node("flow.while", {"state": state, "condition": "{{ state.n < 40 }}", "max": 50}, body=body)
    return workflow({"loop": loop}, "{{ [loop.turns, len(loop.state.text)] }}")


@pytest.mark.parametrize("what", ["journal", "blobs"])
async def test_a_full_disk(tmp_path: Path, small: Path, what: str) -> None:
    inline = 10_000_000 if what == "journal" else 8192
    with pytest.raises(StorageFull) as caught:
        async with asyncio.timeout(40), engine(tmp_path, inline_bytes=inline) as one:
            id = await submit(one, tmp_path, many_large())
            await one.wait(id, timeout=60)
    assert "space" in caught.value.message
    before = read_log(tmp_path / "log.txt")
    assert 0 < len(before) < 40
    with pytest.raises(StorageFull):
        async with asyncio.timeout(40), engine(tmp_path, inline_bytes=inline) as one:
            await one.wait(id, timeout=60)
    remount(small, "size=64m")
    async with kit.engine(tmp_path / "data", start=False) as one:
        committed = {path + "/made" for path in settled(records_of(await one.store.read(id))) if "/" not in path}
    tried = len(read_log(tmp_path / "log.txt"))
    async with asyncio.timeout(40), engine(tmp_path, inline_bytes=inline) as one:
        result = await one.wait(id, timeout=60)
    assert (result.status, result.output) == (ExecutionStatus.SUCCEEDED, [40, 2 * NOISE])
    paths = [line.path for line in read_log(tmp_path / "log.txt")]
    assert sorted(set(paths)) == sorted(f"loop[{n}]/made" for n in range(40))
    assert not committed & set(paths[tried:]), "turns that were committed ran again"


async def test_a_read_only_folder(tmp_path: Path, small: Path) -> None:
    remount(small, "size=64m")
    async with engine(tmp_path) as one:
        id = await submit(one, tmp_path, parked())
        await waits_for(one, id, "wait.signal")
    remount(small, "ro")
    await refused(tmp_path, id, StorageReadOnly)
    remount(small, "rw")
    await goes_on(tmp_path, id)


async def test_a_fatal_error_reaches_everybody_who_waits(tmp_path: Path, waiting: str) -> None:
    """A broken store ends the wait for another execution too, instead of leaving it hanging."""

    async def patient(wait: Awaitable[Any]) -> type[BaseException]:
        try:
            async with asyncio.timeout(15):
                await wait
        except StorageError as error:
            return type(error)
        return type(None)

    async with engine(tmp_path) as one:
        real = one.store.append

        async def full(segment: Any) -> None:
            raise StorageFull("storage.no_space", "There is no space left for {path}.", path="x")

        other = await submit(one, tmp_path, workflow({"slow": note(1, seconds=60)}))
        waiters = [asyncio.ensure_future(patient(one.wait(id, timeout=None))) for id in (waiting, other)]
        one.store.append = full  # type: ignore[method-assign]
        await one.post(waiting, "signal", {"name": "go"})
        assert await asyncio.gather(*waiters) == [StorageFull, StorageFull]
        one.store.append = real  # type: ignore[method-assign]
