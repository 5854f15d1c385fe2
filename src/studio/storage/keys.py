"""Changing the master key of a store."""

from __future__ import annotations

import asyncio
from pathlib import Path

from studio.crypto import MasterKey, finish_rotation, stage_rotation
from studio.storage._opened import Opened


async def rotate_master_file(opened: Opened, data: Path, new: MasterKey | None = None) -> str:
    """Wrap all data keys with a new master key and put it into the file ``master.key``; gives its id.

    The new key is written beside the old one first. A crash in between leaves both, and the next opening takes the one
    that the database names. Other processes on this store must be restarted.

    Args:
        opened: The store.
        data: The data folder.
        new: The new key; a random one where not given.

    Raises:
        WrongKey: Another rotation is not finished, or another process changed keys at the same time.
        StorageReadOnly: The folder cannot be written.
    """
    key = new or MasterKey.random()
    await asyncio.to_thread(stage_rotation, data, key)
    await opened.store.rotate_master(key)
    await asyncio.to_thread(finish_rotation, data, key.id)
    return key.id
