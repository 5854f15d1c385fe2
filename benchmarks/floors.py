"""What this machine can do at best: the floors that benchmarks are read against.

Each function gives the seconds of every single round, so that a benchmark can state median and spread.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import time
from pathlib import Path
from typing import Any, NamedTuple

ROUNDS = 300
_RECORD = os.urandom(400)


class Floor(NamedTuple):
    """Seconds per round: median, and the tenth and ninetieth of a hundred."""

    median: float
    low: float
    high: float


def summary(seconds: list[float]) -> Floor:
    """The middle and the spread of measured rounds."""
    cuts = statistics.quantiles(seconds, n=10)
    return Floor(statistics.median(seconds), cuts[0], cuts[-1])


def fdatasync(folder: Path, rounds: int = ROUNDS) -> list[float]:
    """Append 400 bytes to a file that has its length already, and flush: the least a durable write costs."""
    path = folder / "floor.bin"
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.pwrite(handle, bytes(rounds * len(_RECORD)), 0)
        os.fsync(handle)
        times: list[float] = []
        for number in range(rounds):
            started = time.perf_counter()
            os.pwrite(handle, _RECORD, number * len(_RECORD))
            os.fdatasync(handle)
            times.append(time.perf_counter() - started)
        return times
    finally:
        os.close(handle)
        path.unlink()


def sqlite_commit(folder: Path, rounds: int = ROUNDS, *, power: bool = True) -> list[float]:
    """Insert one row and commit, on a bare connection in WAL mode; with ``power`` flushed to disk."""
    import apsw

    path = folder / "floor.db"
    connection: Any = apsw.Connection(str(path))
    try:
        connection.execute(f"PRAGMA journal_mode = wal; PRAGMA synchronous = {'full' if power else 'normal'}")
        connection.execute("CREATE TABLE floor (id INTEGER PRIMARY KEY, data BLOB)")
        times: list[float] = []
        for _ in range(rounds):
            started = time.perf_counter()
            connection.execute("INSERT INTO floor (data) VALUES (?)", (_RECORD,))
            times.append(time.perf_counter() - started)
        return times
    finally:
        connection.close()
        for name in ("floor.db", "floor.db-wal", "floor.db-shm"):
            (folder / name).unlink(missing_ok=True)


def sqlite_batches(folder: Path, batches: list[list[bytes]]) -> float:
    """Seconds to insert rows of these bytes, one commit flushed to disk per batch, on a bare connection in WAL mode."""
    import apsw

    connection: Any = apsw.Connection(str(folder / "floor.db"))
    try:
        connection.execute("PRAGMA journal_mode = wal; PRAGMA synchronous = full")
        connection.execute("CREATE TABLE floor (id INTEGER PRIMARY KEY, data BLOB)")
        started = time.perf_counter()
        for batch in batches:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT INTO floor (data) VALUES (?)", [(data,) for data in batch])
            connection.execute("COMMIT")
        return time.perf_counter() - started
    finally:
        connection.close()


async def postgres_batches(url: str, batches: list[list[bytes]]) -> float:
    """Seconds to insert rows of these bytes, one statement and commit per batch, on one connection."""
    import asyncpg

    connection: Any = await asyncpg.connect(url)
    try:
        await connection.execute("CREATE TABLE studio_floor (id bigserial PRIMARY KEY, data bytea)")
        insert = "INSERT INTO studio_floor (data) SELECT unnest($1::bytea[])"
        started = time.perf_counter()
        for batch in batches:
            await connection.execute(insert, batch)
        return time.perf_counter() - started
    finally:
        await connection.execute("DROP TABLE IF EXISTS studio_floor")
        await connection.close()


async def postgres_commit(url: str, rounds: int = ROUNDS) -> list[float]:
    """Insert one row and commit, as one statement on one connection."""
    import asyncpg

    connection: Any = await asyncpg.connect(url)
    try:
        await connection.execute("CREATE TABLE studio_floor (id bigserial PRIMARY KEY, data bytea)")
        times: list[float] = []
        for _ in range(rounds):
            started = time.perf_counter()
            await connection.execute("INSERT INTO studio_floor (data) VALUES ($1)", _RECORD)
            times.append(time.perf_counter() - started)
        return times
    finally:
        await connection.execute("DROP TABLE IF EXISTS studio_floor")
        await connection.close()


def main() -> None:
    """Print the floors of the present folder; with ``STUDIO_FLOOR_POSTGRES`` also those of that server."""
    here = Path.cwd()
    found = {
        "fdatasync": summary(fdatasync(here)),
        "SQLite insert and commit, power": summary(sqlite_commit(here)),
        "SQLite insert and commit, process": summary(sqlite_commit(here, power=False)),
    }
    if url := os.environ.get("STUDIO_FLOOR_POSTGRES"):
        found["Postgres insert and commit"] = summary(asyncio.run(postgres_commit(url)))
    for name, floor in found.items():
        print(f"{name:36} {floor.median * 1e6:8.0f} µs  ({floor.low * 1e6:.0f} to {floor.high * 1e6:.0f})")


if __name__ == "__main__":
    main()
