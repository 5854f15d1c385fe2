"""One renewal at a time: a lock in the database, for all processes of an installation."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from studio.contracts.records import ABSENT
from studio.domain.errors import RecordChanged
from studio.domain.ids import new_id
from studio.services.vault.model import Lock, Vault

_LASTS = 90_000_000
"""Microseconds after which the lock of a process that died is void; a renewal itself gives up after 30 seconds."""
_FIRST, _LONGEST = 0.02, 0.5
"""Seconds between two looks while another process renews."""


@asynccontextmanager
async def renewing(
    vault: Vault, now: Callable[[], Awaitable[int]], workspace: str, key: str, done: Callable[[], Awaitable[bool]]
) -> AsyncGenerator[bool]:
    """Hold the lock of a credential.

    Args:
        vault: Where the lock stands.
        now: The database's clock.
        workspace: Of the credential.
        key: Its id.
        done: Whether another process has renewed it already.

    Gives whether there is still something to do; where not, the lock is not held.
    """
    pause = _FIRST
    while True:
        if await done():
            yield False
            return
        revision = await _take(vault, now, workspace, key)
        if revision is not None:
            break
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, _LONGEST)
    try:
        # Between the look and the lock another process may have come and gone.
        yield not await done()
    finally:
        with suppress(RecordChanged):  # it ran out, and another process has it
            await vault.records.commit([vault.locks.drop(workspace, key, expected=revision)])


async def _take(vault: Vault, now: Callable[[], Awaitable[int]], workspace: str, key: str) -> int | None:
    """The revision of the lock where it is ours now."""
    put = vault.locks.put(
        workspace, key, Lock(holder=new_id()), expected=ABSENT, expires_at=await now() + _LASTS
    )  # fmt: skip
    try:
        return (await vault.records.commit([put]))[0]
    except RecordChanged:
        return None
