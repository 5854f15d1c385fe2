"""Backup and restore of a data folder with SQLite."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import Any, cast

import apsw

from studio.domain.errors import Conflict, StorageCorrupt
from studio.domain.phrases import Phrase
from studio.storage._revision import check_revision
from studio.storage.backup._archive import opened_archive, write_archive
from studio.storage.backup._facts import FORMAT, THE_BACKUP, BackupFacts, Manifest, facts, not_a_backup
from studio.storage.backup._folder import Kept, copy_files, move_files, place
from studio.storage.backup._generation import NEW_GENERATION
from studio.storage.blobs.files import blob_path, collection_held
from studio.storage.sqlite import database_path
from studio.storage.sqlite._connect import connect
from studio.storage.sqlite._errors import reported
from studio.storage.sqlite._typed import Connection

_DATABASE = "studio.db"
_ALLOWED_BEFORE = {"master.key", "engine.lock", "home.id"}


def backup(data: Path, target: Path) -> BackupFacts:
    """Copy the database as of one moment, then the blobs it refers to and the files of nodes, into one archive.

    Blobs are flushed before the rows that refer to them, and none is collected meanwhile, so all are there.
    """
    staging = target.with_name(f".{target.name}.{os.getpid()}.copy")
    path = database_path(data)
    staging.mkdir(mode=0o700)
    try:
        with collection_held(data), reported(path):
            _copy(path, staging / _DATABASE)
            manifest = _describe(staging / _DATABASE, data, copy_files(data, staging))

            def source(name: str) -> Path:
                return blob_path(data, name.partition("/")[2]) if name.startswith("blobs/") else place(staging, name)

            write_archive(target, manifest, source)
        return facts(manifest)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _copy(source: Path, target: Path) -> None:
    """One step copies all pages of one snapshot; in WAL mode writers go on meanwhile."""
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    reading: Any = connect(source, read_only=True)
    writing: Any = apsw.Connection(str(target))
    try:
        with writing.backup("main", reading, "main") as copying:
            copying.step(-1)
        writing.execute("PRAGMA journal_mode = delete")
    finally:
        writing.close()
        reading.close()


def _describe(snapshot: Path, data: Path, files: Kept) -> Manifest:
    connection = connect(snapshot, read_only=True)
    try:
        meta: dict[str, str] = dict(cast("list[tuple[str, str]]", connection.execute("SELECT * FROM meta").fetchall()))
        revision: str = connection.execute("SELECT version_num FROM alembic_version").get
        blobs: list[str] = [row[0] for row in connection.execute("SELECT DISTINCT blob_id FROM blob_refs").fetchall()]
    finally:
        connection.close()
    members = [(_DATABASE, snapshot.stat().st_size)]
    missing: list[str] = []
    for blob in sorted(blobs):
        try:
            members.append((f"blobs/{blob}", blob_path(data, blob).stat().st_size))
        except FileNotFoundError:
            missing.append(blob)
    return Manifest(
        FORMAT,
        "sqlite",
        revision,
        meta["instance"],
        int(meta["generation"]),
        time.time_ns() // 1000,
        (*members, *files.members),
        missing=tuple(missing),
        folders=tuple(files.folders),
    )


def restore(archive: Path, data: Path) -> BackupFacts:
    """Unpack an archive beside, check it, begin a new generation, and only then move it into place."""
    present = {path.name for path in data.iterdir()} if data.exists() else set[str]()
    if present - _ALLOWED_BEFORE:
        raise Conflict("storage.restore_target", "{path} is not empty; restore into a new folder.", path=str(data))
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    staging = data / f".restore-{os.getpid()}"
    staging.mkdir(mode=0o700)
    try:
        with opened_archive(archive) as (manifest, unpack):
            _check(manifest, data)
            unpack(staging)
        with reported(staging / _DATABASE):
            _begin_generation(staging / _DATABASE)
        _move(staging, manifest, data)
        return facts(manifest)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _check(manifest: Manifest, data: Path) -> None:
    if manifest.kind != "sqlite":
        raise not_a_backup(Phrase("backup.of_postgres", "it is of a Postgres database; give the URL of an empty one"))
    check_revision(manifest.revision, THE_BACKUP)
    if _DATABASE not in {name for name, _ in manifest.members}:
        raise not_a_backup(Phrase("backup.no_database", "it holds no database"))
    check_room(manifest, data)


def check_room(manifest: Manifest, folder: Path) -> None:
    """Refuse what cannot fit before a byte of it is written."""
    if manifest.size > shutil.disk_usage(folder).free:
        raise not_a_backup(
            Phrase(
                "backup.no_room", "unpacked it has {size} bytes, and the disk has no room for them", size=manifest.size
            )
        )


def _begin_generation(path: Path) -> None:
    connection: Connection = connect(path)
    try:
        if connection.execute("PRAGMA quick_check").get != "ok":
            raise StorageCorrupt("storage.backup_corrupt", "The database in the backup is damaged.")
        connection.execute("PRAGMA journal_mode = wal; PRAGMA synchronous = full")
        connection.execute("BEGIN IMMEDIATE")
        for statement in NEW_GENERATION:
            connection.execute(statement)
        connection.execute("COMMIT")
    finally:
        connection.close()


def _move(staging: Path, manifest: Manifest, data: Path) -> None:
    """The database comes last: without it the folder counts as empty."""
    move_files(staging, data)
    for name, _ in manifest.members:
        if name.startswith("blobs/"):
            target = blob_path(data, name.partition("/")[2])
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            (staging / name).rename(target)
    (staging / _DATABASE).rename(database_path(data))
    handle = os.open(data, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
