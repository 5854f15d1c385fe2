"""Removing what may go: expired executions, and blobs that nothing refers to any more."""

from __future__ import annotations

from typing import NamedTuple

from studio.storage._opened import Opened

GRACE = 86_400_000_000
"""How long a blob without references is kept, microseconds.

The row that refers to it may still be on its way: what a node makes is referred to once the node has ended, and a node
may run for hours.
"""

_BATCH = 500


class Cleaned(NamedTuple):
    """How many executions and blobs were removed, and whether those were all executions that might go."""

    executions: int
    blobs: int
    all: bool = True


async def clean(opened: Opened, *, grace: int = GRACE, batches: int = 100) -> Cleaned:
    """Delete terminal executions past their retention, then blobs without references, and give the space back.

    Args:
        opened: The store.
        grace: How old a blob without references must be, microseconds.
        batches: How many times five hundred executions at most, so that one call ends.

    Raises:
        StorageError: The store cannot do its work.
    """
    executions, deleted = 0, 0
    for _ in range(batches):
        deleted = await opened.store.delete_expired(_BATCH)
        executions += deleted
        if deleted < _BATCH:
            break
    live = await opened.store.live_blobs()
    return Cleaned(executions, await opened.blobs.collect(live, grace=grace), deleted < _BATCH)
