"""Backup and restore of a Postgres database, blobs included."""

from __future__ import annotations

# ruff: noqa: S608 - table names are constants, column names come from the catalogue and are checked
import asyncio
import os
import re
import shutil
import time
from pathlib import Path

import msgspec

from studio.domain.errors import Conflict
from studio.domain.phrases import Phrase
from studio.storage._revision import check_revision
from studio.storage._schema import BLOB_TABLES, TABLES, postgres_schema
from studio.storage.backup._archive import opened_archive, write_archive
from studio.storage.backup._facts import FORMAT, THE_BACKUP, BackupFacts, Manifest, facts, not_a_backup
from studio.storage.backup._folder import FOLDER, check_free, copy_files, move_files, place
from studio.storage.backup._generation import NEW_GENERATION
from studio.storage.backup._sqlite import check_room
from studio.storage.postgres._connect import Server
from studio.storage.postgres._errors import translate
from studio.storage.postgres._typed import Connection

_ALL = (*TABLES, *BLOB_TABLES)
_COLUMN = re.compile(r"[a-z_]{1,60}\Z")


async def backup(url: str, data: Path, target: Path) -> BackupFacts:
    """Copy all tables as of one moment, then the files of nodes, into one archive; other transactions go on."""
    folder = target.with_name(f".{target.name}.{os.getpid()}.tables")
    await asyncio.to_thread(lambda: (folder / "tables").mkdir(mode=0o700, parents=True))
    server = Server(url, 0)
    try:
        connection = await server.connect()
        try:
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                manifest = await _copy(connection, folder)
        except Exception as error:
            raise translate(error, server.name) from error
        finally:
            connection.terminate()
        files = await asyncio.to_thread(copy_files, data, folder)
        manifest = msgspec.structs.replace(
            manifest, members=(*manifest.members, *files.members), folders=tuple(files.folders)
        )
        await asyncio.to_thread(write_archive, target, manifest, lambda name: place(folder, name))
        return facts(manifest)
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, True)


async def _copy(connection: Connection, folder: Path) -> Manifest:
    columns: dict[str, tuple[str, ...]] = {}
    members: list[tuple[str, int]] = []
    for table in _ALL:
        rows = await connection.fetch(
            "SELECT column_name FROM information_schema.columns WHERE table_name = $1"
            " AND table_schema = current_schema() ORDER BY ordinal_position",
            table,
        )
        columns[table] = tuple(row[0] for row in rows)
        path = folder / "tables" / table
        await connection.copy_from_query(
            f"SELECT {', '.join(columns[table])} FROM {table}", output=str(path), format="binary"
        )
        members.append((f"tables/{table}", path.stat().st_size))
    meta = {row[0]: row[1] for row in await connection.fetch("SELECT name, value FROM meta")}
    revision = await connection.fetchval("SELECT max(version_num) FROM alembic_version")
    return Manifest(
        FORMAT,
        "postgres",
        revision,
        meta["instance"],
        int(meta["generation"]),
        time.time_ns() // 1000,
        tuple(members),
        columns=columns,
    )


async def restore(archive: Path, url: str, data: Path) -> BackupFacts:
    """Unpack and check an archive, then fill an empty database in one transaction, as a new generation."""
    await asyncio.to_thread(lambda: data.mkdir(mode=0o700, parents=True, exist_ok=True))
    staging = data / f".restore-{os.getpid()}"
    await asyncio.to_thread(staging.mkdir, 0o700)
    server = Server(url, 0)
    try:
        manifest = await asyncio.to_thread(_unpack, archive, staging)
        if manifest.folders:
            await asyncio.to_thread(check_free, data)
        connection = await server.connect()
        moved = False
        try:
            async with connection.transaction():
                await _fill(connection, manifest, staging, server.name)
                # Before the commit: a database without its files must not count as restored.
                await asyncio.to_thread(move_files, staging, data)
                moved = bool(manifest.folders)
        except Exception as error:
            if moved:
                await asyncio.to_thread(move_files, data, staging)
            raise translate(error, server.name) from error
        finally:
            connection.terminate()
        return facts(manifest)
    finally:
        await asyncio.to_thread(shutil.rmtree, staging, True)


def _unpack(archive: Path, staging: Path) -> Manifest:
    with opened_archive(archive) as (manifest, unpack):
        if manifest.kind != "postgres":
            raise not_a_backup(Phrase("backup.of_sqlite", "it is of a data folder with SQLite; give no URL"))
        check_revision(manifest.revision, THE_BACKUP)
        named = set(manifest.columns)
        tables = {name for name, _ in manifest.members if not name.startswith(f"{FOLDER}/")}
        if named != set(_ALL) or tables != {f"tables/{table}" for table in _ALL}:
            raise not_a_backup(Phrase("backup.no_tables", "it lacks tables"))
        if not all(_COLUMN.match(column) for columns in manifest.columns.values() for column in columns):
            raise not_a_backup(Phrase("backup.columns", "it names columns that no table has"))
        check_room(manifest, staging)
        unpack(staging)
    return manifest


async def _fill(connection: Connection, manifest: Manifest, staging: Path, server: str) -> None:
    if await connection.fetchval("SELECT to_regclass('meta') IS NOT NULL OR to_regclass('executions') IS NOT NULL"):
        raise Conflict(
            "storage.restore_database", "The database at {server} is not empty; restore into a new one.", server=server
        )
    for statement in postgres_schema():
        await connection.execute(statement)
    for table in _ALL:
        source = staging / "tables" / table
        await connection.copy_to_table(
            table, source=str(source), columns=list(manifest.columns[table]), format="binary"
        )
    for statement in NEW_GENERATION:
        await connection.execute(statement)
