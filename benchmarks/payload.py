"""A 10 MB value through ten nodes that pass it on.

The floor is serialising, hashing, encrypting and fsyncing it once.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from typing import Any

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from benchmarks._engine import complete, engine, run_async, settle, workflow
from benchmarks.packs.bench.payload import records


def run(db: str | None = None, megabytes: float = 10.0) -> list[dict[str, Any]]:
    """One measurement, milliseconds. Making the value is measured apart and taken off."""

    async def main() -> list[dict[str, Any]]:
        nodes: dict[str, Any] = {"make": ("bench.payload", {"megabytes": megabytes})}
        for i in range(10):
            before = "make" if i == 0 else f"n{i - 1}"
            nodes[f"n{i}"] = ("bench.same", {"value": f"{{{{ {before}.value }}}}"})
        what = workflow(nodes, output="{{ len(n9.value) }}")
        async with engine(db) as one:
            await complete(one, what)
            settle()
            took = await complete(one, what)
        began = time.perf_counter()
        value = records(megabytes)
        making = time.perf_counter() - began
        floor = once(value)
        return [
            {
                "megabytes": megabytes,
                "ms": (took - making) * 1000,
                "floor_ms": floor * 1000,
                "ratio": (took - making) / floor,
            }
        ]

    return run_async(main)


def once(value: Any) -> float:
    """Seconds to serialise, hash, encrypt and fsync a value once."""
    began = time.perf_counter()
    data = orjson.dumps(value)
    hashlib.sha256(data).digest()
    sealed = AESGCM(os.urandom(32)).encrypt(os.urandom(12), data, b"floor")
    with tempfile.NamedTemporaryFile(prefix="studio-bench-") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    return time.perf_counter() - began


if __name__ == "__main__":
    for row in run():
        print(row)
