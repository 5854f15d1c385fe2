"""Telling other processes that something changed, and hearing it from them.

Only a hint: it is sent after the commit, outside of any transaction, because a notification within one would make
all commits of all processes wait for each other.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from studio.domain.errors import StorageError
from studio.storage.postgres._connect import Server
from studio.storage.postgres._typed import Connection

_CHANNEL = "studio_changes"
_RECONNECT_SECONDS = 1.0
_LOOK_SECONDS = 10.0


class Listener:
    """A connection of its own, kept up in the background."""

    def __init__(self, server: Server, token: str) -> None:
        self._server = server
        self._token = token
        self._count = 0
        self._listening = False
        self._to_tell = False
        self._wake = asyncio.Event()
        self._task = asyncio.get_running_loop().create_task(self._serve(), name="studio-listen")

    def count(self) -> int:
        """Differs when others may have written; while nothing can be heard, it differs every time."""
        if not self._listening:
            self._count += 1
        return self._count

    def tell(self) -> None:
        """Tell the others soon."""
        self._to_tell = True
        self._wake.set()

    async def close(self) -> None:
        """Stop."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def _serve(self) -> None:
        while True:
            try:
                connection = await self._server.connect(bounded=True)
            except StorageError:
                await asyncio.sleep(_RECONNECT_SECONDS)
                continue
            try:
                await self._attend(connection)
            except Exception:  # noqa: BLE001 - whatever ended it, a new connection is tried
                await asyncio.sleep(_RECONNECT_SECONDS / 10)
            finally:
                self._listening = False
                connection.terminate()

    async def _attend(self, connection: Connection) -> None:
        connection.add_termination_listener(self._ended)
        await connection.add_listener(_CHANNEL, self._heard)
        self._listening = True
        self._count += 1
        while not connection.is_closed():
            if self._to_tell:
                self._to_tell = False
                await connection.execute("SELECT pg_notify($1, $2)", _CHANNEL, self._token)
                continue
            self._wake.clear()
            try:
                async with asyncio.timeout(_LOOK_SECONDS):
                    await self._wake.wait()
            except TimeoutError:
                # A connection that is cut off somewhere on the way is silent, too.
                await connection.execute("SELECT 1")

    def _heard(self, _connection: Any, _process: int, _channel: str, token: str) -> None:
        if token != self._token:
            self._count += 1

    def _ended(self, _connection: Any) -> None:
        self._listening = False
        self._wake.set()
