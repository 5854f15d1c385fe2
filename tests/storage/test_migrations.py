"""Migrations lead to the same tables as a fresh database has, both ways, and through interruptions."""

from __future__ import annotations

import asyncio
import re
import signal
import subprocess
import sys
from pathlib import Path

import apsw
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from studio.domain.errors import DatabaseVersion, StorageError, StorageUnavailable
from studio.storage._schema import REVISION, REVISIONS
from studio.storage.migrations import current, migrate
from tests.storage.kit import Place, finished


@pytest.fixture
def postgres_url(postgres_empty: str) -> str:
    """Nothing is there: how tables are made is what these tests are about."""
    return postgres_empty


async def shape(place: Place) -> list[tuple[str, ...]]:
    """Everything the database knows of its tables and indexes, but the order in which they were made."""
    if place.sqlite:
        rows = await place.sql("SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_master")
        return sorted((*row[:3], re.sub(r"\s+", " ", row[3]).replace("( ", "(").replace(" )", ")")) for row in rows)
    columns = await place.sql(
        "SELECT table_name::text, column_name::text, data_type::text, is_nullable::text,"
        " coalesce(character_maximum_length::text, ''), ordinal_position::text FROM information_schema.columns"
        " WHERE table_schema = current_schema()"
    )
    indexes = await place.sql("SELECT tablename::text, indexdef FROM pg_indexes WHERE schemaname = current_schema()")
    storage = await place.sql(
        "SELECT c.relname::text, a.attname::text, a.attstorage::text, coalesce(c.reloptions::text, '')"
        " FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
        " WHERE c.relnamespace = current_schema()::regnamespace AND a.attnum > 0 AND c.relkind = 'r'"
    )
    triggers = await place.sql(
        "SELECT pg_get_triggerdef(t.oid), p.prosrc FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " JOIN pg_proc p ON p.oid = t.tgfoid"
        " WHERE c.relnamespace = current_schema()::regnamespace AND NOT t.tgisinternal"
    )
    return sorted([*columns, *indexes, *storage, *triggers])


def test_revisions_are_those_of_the_scripts() -> None:
    config = Config()
    config.set_main_option("script_location", "studio.storage:migrations")
    config.set_main_option("path_separator", "os")
    scripts = ScriptDirectory.from_config(config)
    assert tuple(script.revision for script in reversed(list(scripts.walk_revisions()))) == REVISIONS
    assert scripts.get_current_head() == REVISION == REVISIONS[-1]


async def test_fresh_and_migrated_tables_are_the_same(place: Place) -> None:
    await place.open()
    await place.close()
    fresh = await shape(place)
    assert len(fresh) > 30
    assert await current(place.url, place.data) == REVISION
    assert await migrate(place.url, place.data) == (REVISION, REVISION)
    assert await migrate(place.url, place.data, "base") == (REVISION, "base")
    assert await current(place.url, place.data) == "base"
    assert await shape(place) == []
    assert await migrate(place.url, place.data, "base") == ("base", "base")
    assert await migrate(place.url, place.data) == ("base", REVISION)
    assert await shape(place) == fresh


async def test_tags_know_status_and_error_after_the_migration_and_the_way_back(place: Place) -> None:
    store = (await place.open()).store
    done = await finished(store, tags=("x",))
    await place.close()
    assert await migrate(place.url, place.data, "0002") == (REVISION, "0002")
    assert await place.sql("SELECT tag, execution_id FROM execution_tags") == [("x", done)]
    await place.sql("UPDATE executions SET status = 'failed', error_code = 'net.down'")
    assert await migrate(place.url, place.data) == ("0002", REVISION)
    known = "SELECT status, error_code FROM execution_tags"
    assert await place.sql(known) == [("failed", "net.down")]
    await place.sql("UPDATE executions SET status = 'dead'")
    await place.sql("UPDATE executions SET error_code = 'other'")
    assert await place.sql(known) == [("dead", "other")]
    assert await migrate(place.url, place.data, "0003") == (REVISION, "0003")
    await place.sql("UPDATE executions SET status = 'failed', error_code = NULL")
    assert await place.sql("SELECT status FROM execution_tags") == [("failed",)]
    assert await migrate(place.url, place.data) == ("0003", REVISION)
    assert await place.sql(known) == [("failed", None)]


async def test_migrated_database_opens_and_works(place: Place) -> None:
    place.data.mkdir(parents=True)
    assert await current(place.url, place.data) == "base"
    assert await migrate(place.url, place.data) == ("base", REVISION)
    store = (await place.open()).store
    id = await finished(store)
    assert len(await store.read(id)) == 2
    if place.sqlite:
        connection = apsw.Connection(str(place.data / "studio.db"))
        assert (connection.pragma("auto_vacuum"), connection.pragma("journal_mode")) == (2, "wal")
        connection.close()


async def test_failed_migration_leaves_nothing_and_runs_again(place: Place) -> None:
    """A table in the way of one of the last statements."""
    place.data.mkdir(parents=True)
    await place.sql("CREATE TABLE credentials (x integer)")
    before = await shape(place)
    with pytest.raises(StorageError):
        await migrate(place.url, place.data)
    assert await shape(place) == before
    await place.sql("DROP TABLE credentials")
    assert await migrate(place.url, place.data) == ("base", REVISION)


MIGRATE = """
import asyncio, pathlib, sys
from studio.storage.migrations import migrate
async def main():
    url = None if sys.argv[2] == "-" else sys.argv[2]
    print("go", flush=True)
    while True:
        await migrate(url, pathlib.Path(sys.argv[1]))
        await migrate(url, pathlib.Path(sys.argv[1]), "base")
asyncio.run(main())
"""


async def test_killed_migration_is_whole_or_absent(place: Place) -> None:
    place.data.mkdir(parents=True)
    for pause in (0.05, 0.21, 0.37, 0.52):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", MIGRATE, str(place.data), place.url or "-", stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        assert await process.stdout.readline() == b"go\n"
        # When the kill comes is left to chance; whenever it does, the outcome must be whole.
        await asyncio.sleep(pause)
        process.send_signal(signal.SIGKILL)
        await process.communicate()
        tables = await shape(place)
        found = await current(place.url, place.data)
        assert (found == "base") == (tables == []), found
    await migrate(place.url, place.data)
    await finished((await place.open()).store)


async def test_two_migrations_at_once(place: Place) -> None:
    place.data.mkdir(parents=True)
    outcomes = await asyncio.gather(migrate(place.url, place.data), migrate(place.url, place.data))
    assert sorted(outcomes) == [(REVISION, REVISION), ("base", REVISION)]


async def test_unknown_revisions_are_refused(place: Place) -> None:
    with pytest.raises(DatabaseVersion):
        await migrate(place.url, place.data, "0099")
    await place.open()
    await place.close()
    await place.sql("UPDATE alembic_version SET version_num = '0099'")
    assert await current(place.url, place.data) == "0099"
    with pytest.raises(DatabaseVersion):
        await migrate(place.url, place.data)


async def test_unreachable_server(tmp_path: Path) -> None:
    with pytest.raises(StorageUnavailable):
        await migrate("postgresql://x@127.0.0.1:9/x", tmp_path)
    with pytest.raises(StorageUnavailable):
        await current("postgresql://x@127.0.0.1:9/x", tmp_path)
