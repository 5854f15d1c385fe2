"""Opening stores: what is made, and every way it can be refused."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import apsw
import pytest

from studio.contracts.store import ExecutionFilter
from studio.crypto import KEY_FILE, KEY_VARIABLE, MasterKey, find_master, stage_rotation
from studio.domain.errors import (
    AccessRefused,
    DatabaseVersion,
    StorageCorrupt,
    StorageReadOnly,
    StorageUnavailable,
    UserError,
    WrongKey,
)
from studio.storage import open_store, rotate_master_file
from studio.storage._schema import REVISION
from tests.storage.kit import WORKSPACE, Place, finished, new, running, segment


@pytest.fixture
def postgres_url(postgres_empty: str) -> str:
    """Nothing is there: how tables are made is what these tests are about."""
    return postgres_empty


async def test_no_file_can_be_read_by_others(lite: Place) -> None:
    # Whatever the mode of the folder, and of files an earlier version made.
    lite.data.mkdir(mode=0o755)
    lite.data.chmod(0o755)
    for _ in range(2):
        opened = await lite.open()
        await finished(opened.store)
        await opened.blobs.put(WORKSPACE, b"content" * 100)
        files = [path for path in lite.data.rglob("*") if path.is_file()]
        assert {"studio.db", "studio.db-wal", "studio.db-shm", "home.id"} <= {path.name for path in files}
        assert {path.name: path.stat().st_mode & 0o077 for path in files if path.stat().st_mode & 0o077} == {}
        await lite.close()
        (lite.data / "studio.db").chmod(0o644)


async def test_makes_folder_key_and_database(place: Place) -> None:
    opened = await place.open()
    assert place.data.stat().st_mode & 0o777 == 0o700
    assert (place.data / KEY_FILE).exists()
    assert (place.data / "studio.db").exists() == place.sqlite
    assert opened.database == ("sqlite" if place.sqlite else "postgres")
    assert (place.data / "home.id").read_text().strip() == opened.home
    id = await finished(opened.store)
    await place.close()
    again = await place.open()
    assert again.home == opened.home
    assert (await again.store.read(id))[0].payload == b"first"


async def test_many_open_a_fresh_place_at_once(place: Place) -> None:
    opened = await asyncio.gather(*(place.open() for _ in range(4)))
    ids = await asyncio.gather(*(finished(one.store) for one in opened))
    for one in opened:
        for id in ids:
            assert len(await one.store.read(id)) == 2
    keys = await place.sql("SELECT count(*) FROM keys")
    assert keys == [(1,)]


async def test_read_only_reads_and_refuses_writes(place: Place) -> None:
    id = await finished((await place.open()).store)
    await place.close()
    reader = (await place.open(read_only=True)).store
    assert len(await reader.read(id)) == 2
    with pytest.raises(StorageReadOnly):
        await reader.append(segment(id, 2))
    with pytest.raises(StorageReadOnly):
        await reader.set_variable(WORKSPACE, "x", b"", secret=False)
    assert (await reader.facts())["executions"] == {"succeeded": 1}


async def test_read_only_makes_nothing(place: Place) -> None:
    with pytest.raises((StorageReadOnly, WrongKey)):
        await place.open(read_only=True)
    assert not place.data.exists()


async def test_closed_store_says_so(place: Place) -> None:
    opened = await place.open()
    await place.close()
    for ask in (opened.store.now(), opened.store.claim("w", 1), opened.store.changes()):
        if place.sqlite or ask.__name__ != "changes":
            with pytest.raises(StorageUnavailable):
                await ask
        else:
            await ask
    await opened.store.close()


async def test_what_was_queued_is_carried_out_before_closing(place: Place) -> None:
    opened = await place.open()
    id = await running(opened.store)
    waits = [asyncio.ensure_future(opened.store.append(segment(id, seq))) for seq in range(1, 50)]
    await asyncio.sleep(0)
    await place.close()
    await asyncio.gather(*waits)
    assert len(await (await place.open()).store.read(id)) == 50


async def test_wrong_key_does_not_open(place: Place) -> None:
    await finished((await place.open()).store)
    await place.close()
    with pytest.raises(WrongKey) as caught:
        await place.open(master=MasterKey.random())
    assert caught.value.code == "crypto.wrong_key"
    (place.data / KEY_FILE).unlink()
    with pytest.raises(WrongKey) as caught:
        await place.open()
    assert caught.value.code == "crypto.key_missing"
    assert not (place.data / KEY_FILE).exists()
    MasterKey.random().write(place.data / KEY_FILE)
    with pytest.raises(WrongKey):
        await place.open()


async def test_key_from_the_variable(place: Place) -> None:
    key = MasterKey.random()
    environ = {KEY_VARIABLE: key.text}
    opened = await open_store(place.url, place.data, environ=environ)
    id = await finished(opened.store)
    await opened.close()
    assert not (place.data / KEY_FILE).exists()
    opened = await open_store(place.url, place.data, environ=environ)
    assert await opened.store.read(id)
    await opened.close()


async def test_open_key_file_is_refused(place: Place) -> None:
    await place.open()
    await place.close()
    (place.data / KEY_FILE).chmod(0o644)
    with pytest.raises(AccessRefused):
        await place.open()


async def test_newer_and_unknown_revisions_are_refused(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    await place.open()
    await place.close()
    await place.sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseVersion) as caught:
        await place.open()
    assert caught.value.code == "storage.database_newer"
    assert "9999" in caught.value.message
    monkeypatch.setattr("studio.storage._revision.REVISIONS", ("0000", REVISION))
    await place.sql("UPDATE alembic_version SET version_num = '0000'")
    with pytest.raises(DatabaseVersion) as caught:
        await place.open()
    assert caught.value.code == "storage.database_older"


async def test_foreign_database_is_refused(place: Place) -> None:
    place.data.mkdir()
    await place.sql("CREATE TABLE executions (id integer)")
    with pytest.raises(DatabaseVersion):
        await place.open()
    assert await place.sql("SELECT count(*) FROM executions") == [(0,)]


async def test_unknown_url(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        await open_store("mysql://root:secret@db/x", tmp_path / "data", environ={})
    assert "secret" not in caught.value.message
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    "content", [b"not a database, but long enough to be one" * 50, b"SQLite format 3\x00" + bytes(4080)]
)
async def test_damaged_database_is_named(lite: Place, content: bytes) -> None:
    await lite.open()
    await lite.close()
    (lite.data / "studio.db").write_bytes(content)
    with pytest.raises((StorageCorrupt, DatabaseVersion)) as caught:
        await lite.open()
    assert "studio.db" in caught.value.message


async def test_page_damaged_in_the_middle_is_named(lite: Place) -> None:
    store = (await lite.open()).store
    ids = [await finished(store, payload=os.urandom(3000)) for _ in range(60)]
    await lite.close()
    pages = await lite.sql("SELECT pageno FROM dbstat WHERE name = 'journal' AND pagetype <> 'internal'")
    with (lite.data / "studio.db").open("r+b") as file:
        for (page,) in pages:
            file.seek((page - 1) * 4096)
            file.write(b"\xff" * 200)
    store = (await lite.open()).store
    with pytest.raises(StorageCorrupt):
        for id in ids:
            await store.read(id)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
async def test_folder_without_write_permission(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StorageReadOnly):
        await open_store(None, tmp_path / "data", environ={})


async def test_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageReadOnly):
        await open_store(None, tmp_path / "file" / "data", environ={})


async def test_read_only_file_system(tmp_path: Path, read_only_folder: Path) -> None:
    with pytest.raises(StorageReadOnly):
        await open_store(None, read_only_folder / "data", environ={})
    with pytest.raises(StorageReadOnly):
        await open_store(None, read_only_folder, environ={})


async def test_unreachable_server_is_named_without_its_password(tmp_path: Path) -> None:
    url = "postgresql://studio:open-sesame@127.0.0.1:9/base"
    with pytest.raises(StorageUnavailable) as caught:
        await open_store(url, tmp_path / "data", environ={})
    assert "127.0.0.1:9/base" in caught.value.message
    assert "open-sesame" not in caught.value.message


async def test_refused_login_does_not_show_the_password(postgres_url: str, tmp_path: Path) -> None:
    wrong = postgres_url.replace("hidden-", "guessed-")
    with pytest.raises(StorageUnavailable) as caught:
        await open_store(wrong, tmp_path / "data", environ={})
    assert "guessed" not in caught.value.message
    with pytest.raises(StorageUnavailable):
        await open_store(postgres_url + "_none", tmp_path / "data", environ={})


async def test_master_key_rotates(place: Place) -> None:
    opened = await place.open()
    id = await finished(opened.store)
    await opened.store.set_credential(WORKSPACE, "c", "t", b"secret")
    old = find_master(place.data, {}, create=False)
    new_id = await rotate_master_file(opened, place.data)
    assert find_master(place.data, {}, create=False).id == new_id != old.id
    await opened.store.accept([new(workspace="made afterwards")])
    await place.close()
    with pytest.raises(WrongKey):
        await place.open(master=old)
    store = (await place.open()).store
    assert len(await store.read(id)) == 2
    assert await store.credential(WORKSPACE, "c") == ("t", b"secret")


async def test_rotation_cut_off_before_the_rename_is_finished(place: Place) -> None:
    opened = await place.open()
    id = await finished(opened.store)
    key = MasterKey.random()
    stage_rotation(place.data, key)
    await opened.store.rotate_master(key)
    await place.close()
    assert len(await (await place.open()).store.read(id)) == 2
    assert find_master(place.data, {}, create=False).id == key.id


async def test_rotation_cut_off_before_the_commit_changes_nothing(place: Place) -> None:
    opened = await place.open()
    id = await finished(opened.store)
    stage_rotation(place.data, MasterKey.random())
    await place.close()
    assert len(await (await place.open()).store.read(id)) == 2


async def test_process_with_the_old_master_cannot_add_keys(place: Place) -> None:
    first, second = await place.open(), await place.open()
    await finished(first.store)
    await rotate_master_file(first, place.data)
    with pytest.raises(WrongKey) as caught:
        await second.store.accept([new(workspace="another")])
    assert caught.value.code == "storage.master_changed"
    with pytest.raises(WrongKey):
        await second.store.rotate_master(MasterKey.random())


async def test_data_key_rotates_and_rows_are_sealed_again(place: Place) -> None:
    opened, other = await place.open(), await place.open()
    store = opened.store
    id = await running(store)
    await store.append(segment(id, 1, b"under the old key"))
    await store.set_credential(WORKSPACE, "c", "t", b"secret")
    await store.set_variable(WORKSPACE, "v", b"value", secret=True)
    await store.set_node_state(WORKSPACE, "s", b"state", 0)
    await store.put_version(WORKSPACE, "h", "flow", b"document")
    ref = await opened.blobs.put(WORKSPACE, b"content")
    await finished(store, workspace="other")
    key = await store.rotate(WORKSPACE)
    await store.append(segment(id, 2, b"under the new key"))
    # The other process has not met the new key.
    assert [part.payload for part in await other.store.read(id)][1:] == [b"under the old key", b"under the new key"]
    done = [await store.rewrap(WORKSPACE, 3)]
    while done[-1]:
        done.append(await store.rewrap(WORKSPACE, 3))
    assert sum(done) == 6
    for table, column in (
        ("journal", "payload"),
        ("credentials", "data"),
        ("variables", "value"),
        ("node_state", "value"),
    ):
        rows = await place.sql(f"SELECT {column} FROM {table} WHERE workspace = 'default'")
        assert {bytes(row[0])[1:9].hex() for row in rows} == {key}
    assert [part.payload for part in await store.read(id)][1:] == [b"under the old key", b"under the new key"]
    assert await other.store.credential(WORKSPACE, "c") == ("t", b"secret")
    assert await other.blobs.get(WORKSPACE, ref) == b"content"
    assert (await other.blobs.put(WORKSPACE, b"content")).digest == ref.digest


async def test_lost_data_key_is_named(place: Place) -> None:
    store = (await place.open()).store
    id = await finished(store)
    await place.close()
    key = (await place.sql("SELECT id FROM keys"))[0][0]
    await place.sql("DELETE FROM keys")
    store = (await place.open()).store
    with pytest.raises(StorageCorrupt) as caught:
        await store.read(id)
    assert (caught.value.code, caught.value.arguments) == ("storage.key_missing", {"id": key})
    assert len(await store.executions(ExecutionFilter(workspace=WORKSPACE))) == 1


def loaded(code: str) -> set[str]:
    """Which heavy modules a fresh interpreter has loaded after ``code``."""
    heavy = ("apsw", "asyncpg", "sqlalchemy", "alembic", "sqlite3", "pydantic")
    text = f"import sys\n{code}\nprint(*[name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_is_light(tmp_path: Path) -> None:
    assert loaded("import studio.storage, studio.storage.backup, studio.storage.migrations") == set()
    opening = (
        "import asyncio, pathlib, studio.storage\n"
        f"opened = asyncio.run(studio.storage.open_store(None, pathlib.Path({str(tmp_path / 'd')!r}), environ={{}}))"
    )
    assert loaded(opening) == {"apsw"}


def test_new_database_has_our_settings(tmp_path: Path) -> None:
    async def make() -> None:
        await (await open_store(None, tmp_path, environ={})).close()

    asyncio.run(make())
    connection = apsw.Connection(str(tmp_path / "studio.db"))
    assert connection.pragma("auto_vacuum") == 2
    assert connection.pragma("journal_mode") == "wal"
    connection.close()
    assert not (tmp_path / "studio.db-wal").exists()
