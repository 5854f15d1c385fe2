"""A 10 MB value through ten nodes that pass it on.

The floor is serialising, hashing, encrypting and fsyncing it once; on Postgres ``insert_floor_ms`` beside it is the
same with a bare insert and commit, in pieces of a megabyte, in place of the file.
"""

from __future__ import annotations

import hashlib
import os
import statistics
import tempfile
import time
from typing import Any

import asyncpg
import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from benchmarks._engine import complete, engine, run_async, settle, workflow
from benchmarks.packs.bench.payload import records

ROUNDS = 5
_PIECE = 1024 * 1024


def run(db: str | None = None, sizes: tuple[int, ...] = (10,)) -> list[dict[str, Any]]:
    """One measurement per size in megabytes, milliseconds: the median of rounds, each beside its floor.

    The value exists before: the first node hands out what it made in the round that is not counted.
    """

    async def main() -> list[dict[str, Any]]:
        async with engine(db) as one:
            return [await _measure(one, megabytes, db) for megabytes in sizes]

    return run_async(main)


async def _measure(one: Any, megabytes: int, db: str | None) -> dict[str, Any]:
    nodes: dict[str, Any] = {"make": ("bench.payload", {"megabytes": megabytes})}
    for i in range(10):
        before = "make" if i == 0 else f"n{i - 1}"
        nodes[f"n{i}"] = ("bench.same", {"value": f"{{{{ {before}.value }}}}"})
    what = workflow(nodes, output="{{ len(n9.value) }}")
    value = records(megabytes)
    took: list[float] = []
    floors: list[float] = []
    inserts: list[float] = []
    await complete(one, what)
    once(value)
    settle()
    for _ in range(ROUNDS):
        took.append(await complete(one, what))
        floors.append(once(value))
        if db:
            inserts.append(await inserted(value, db))
    whole, floor = statistics.median(took), statistics.median(floors)
    row = {"megabytes": megabytes, "ms": whole * 1000, "floor_ms": floor * 1000, "ratio": whole / floor}
    if db:
        insert = statistics.median(inserts)
        row |= {"insert_floor_ms": insert * 1000, "insert_ratio": whole / insert}
    return row


def _sealed(value: Any) -> bytes:
    data = orjson.dumps(value)
    hashlib.sha256(data).digest()
    return AESGCM(os.urandom(32)).encrypt(os.urandom(12), data, b"floor")


def once(value: Any) -> float:
    """Seconds to serialise, hash, encrypt and fsync a value once."""
    began = time.perf_counter()
    sealed = _sealed(value)
    with tempfile.NamedTemporaryFile(prefix="studio-bench-") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    return time.perf_counter() - began


async def inserted(value: Any, url: str) -> float:
    """Seconds to serialise, hash, encrypt, insert and commit a value once."""
    connection: Any = await asyncpg.connect(url)
    try:
        await connection.execute(
            "CREATE TABLE studio_floor (place int, data bytea);"
            "ALTER TABLE studio_floor ALTER COLUMN data SET STORAGE EXTERNAL"
        )
        began = time.perf_counter()
        sealed = _sealed(value)
        async with connection.transaction():
            for start in range(0, len(sealed), _PIECE):
                piece = sealed[start : start + _PIECE]
                await connection.execute("INSERT INTO studio_floor VALUES ($1, $2)", start // _PIECE, piece)
        return time.perf_counter() - began
    finally:
        await connection.execute("DROP TABLE IF EXISTS studio_floor")
        await connection.close()


if __name__ == "__main__":
    for row in run():
        print(row)
