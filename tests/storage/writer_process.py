"""A process that accepts and appends as fast as it can, and says what was acknowledged. It is there to be killed.

Usage: python -m tests.storage.writer_process FOLDER URL-or-dash LEVEL
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from studio.contracts.store import Segment
from studio.domain.ids import new_id
from studio.domain.status import Durability
from studio.storage import open_store
from tests.storage.kit import WORKSPACE, new


async def main(folder: Path, url: str | None, level: Durability) -> None:
    """Write for ever."""
    opened = await open_store(url, folder, environ={})
    store, blobs = opened.store, opened.blobs

    async def drive() -> None:
        while True:
            ref = await blobs.put(WORKSPACE, b"blob content")
            id = new_id()
            await store.accept([new(id=id, owner="w", blobs=(ref.id,))])
            sys.stdout.write(f"{id} 0 {ref.id} {ref.size} {ref.digest.hex()}\n")
            for seq in range(1, 8):
                payload = b"%s:%d" % (id.encode(), seq)
                await store.append(
                    Segment(execution_id=id, workspace=WORKSPACE, seq=seq, epoch=1, payload=payload, durability=level)
                )
                sys.stdout.write(f"{id} {seq}\n")
            sys.stdout.flush()

    await asyncio.gather(*(drive() for _ in range(6)))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), None if sys.argv[2] == "-" else sys.argv[2], Durability(sys.argv[3])))
