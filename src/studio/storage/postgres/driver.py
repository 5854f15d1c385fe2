"""The Postgres driver: group commit by one coroutine, reads from a pool, notices from other processes.

Every awaited commit is synchronous here, whatever durability was asked for.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from studio.contracts.lease import Lease, LeaseTerms
from studio.domain.errors import StorageReadOnly, StorageUnavailable, StudioError
from studio.domain.ids import new_id
from studio.storage._driver import Kind, Operation, deliver
from studio.storage._lease import Beat
from studio.storage._statement import Plan
from studio.storage.postgres._connect import Server
from studio.storage.postgres._errors import is_lost, translate
from studio.storage.postgres._lease import ProcessKeeper
from studio.storage.postgres._listener import Listener
from studio.storage.postgres._session import Reading
from studio.storage.postgres._typed import Connection, Pool
from studio.storage.postgres._writer import Writer

_I = TypeVar("_I")
_O = TypeVar("_O")


class PostgresDriver:
    """One Postgres database. Made by ``start``."""

    name = "postgres"

    def __init__(self, server: Server, writer: Writer, pool: Pool, *, read_only: bool) -> None:
        self._server = server
        self._writer = writer
        self._pool = pool
        self._read_only = read_only
        self._loop = asyncio.get_running_loop()
        self._waiting: list[Operation] = []
        self._wake = asyncio.Event()
        self._closed = False
        self._listener = Listener(server, new_id())
        self._task = self._loop.create_task(self._serve(), name="studio-write")

    @classmethod
    async def start(cls, server: Server, *, read_only: bool) -> PostgresDriver:
        """Connect.

        Raises:
            StorageUnavailable: The server cannot be reached.
        """
        connection = await server.connect(bounded=True)
        try:
            pool = await server.pool()
        except BaseException:
            connection.terminate()
            raise
        return cls(server, Writer(server, connection), pool, read_only=read_only)

    def write(self, kind: Kind[_I, _O], item: _I, *, power: bool) -> asyncio.Future[_O]:
        """Queue a write."""
        if self._closed:
            raise self._refusal()
        if self._read_only:
            raise StorageReadOnly(
                "storage.server_opened_read_only", "{server} was opened for reading only.", server=self._server.name
            )
        future: asyncio.Future[_O] = self._loop.create_future()
        self._waiting.append(Operation(kind, item, power, future))
        self._wake.set()
        return future

    def _refusal(self) -> StudioError:
        return StorageUnavailable(
            "storage.connection_closed", "The connection to {server} is closed.", server=self._server.name
        )

    async def read(self, plan: Plan[_O]) -> _O:
        """Run a plan that only reads, through the loss of its connection."""
        return await self.persistently(Reading(plan))

    async def persistently(self, work: Callable[[Connection], Awaitable[_O]]) -> _O:
        """Do something that may be repeated; where the connection is lost meanwhile, again on another one."""
        trial = self._server.trial()
        while True:
            try:
                async with self.connection() as connection:
                    return await work(connection)
            except StorageUnavailable as error:
                if error.__cause__ is None or not is_lost(error.__cause__) or not await trial.pause():
                    raise

    @asynccontextmanager
    async def connection(self) -> AsyncGenerator[Connection]:
        """A connection from the pool, known to be alive; errors as ours."""
        if self._closed:
            raise self._refusal()
        stack = contextlib.AsyncExitStack()
        try:
            connection = await self._borrow(stack)
            try:
                yield connection
            except Exception as error:
                if isinstance(error, StudioError):
                    raise
                if isinstance(error, TimeoutError):
                    # It would be waited for again before the pool takes it back.
                    connection.terminate()
                raise translate(error, self._server.name) from error
        finally:
            await self._give_back(stack)

    async def _give_back(self, stack: contextlib.AsyncExitStack) -> None:
        """Return a connection to the pool. One that is lost only now has done its work, and is dropped by the pool."""
        try:
            await stack.aclose()
        except Exception as error:
            if not is_lost(error):
                raise translate(error, self._server.name) from error

    async def _borrow(self, stack: contextlib.AsyncExitStack) -> Connection:
        trial = self._server.trial()
        while True:
            try:
                connection = await stack.enter_async_context(self._pool.acquire())
                if not connection.is_closed():
                    return connection
            except Exception as error:
                if not is_lost(error) or not await trial.pause():
                    raise self._server.refused(error) from error

    async def changes(self) -> int:
        """How often other processes told of changes, as far as is known."""
        return self._listener.count()

    async def facts(self) -> dict[str, Any]:
        """Version and size."""
        async with self.connection() as connection:
            version = await connection.fetchval("SHOW server_version")
            size = await connection.fetchval("SELECT pg_database_size(current_database())")
        return {
            "database": "postgres",
            "version": version,
            "path": self._server.name,
            "bytes": size,
            "free_bytes": 0,
            "problems": [],
        }

    def keep(
        self, terms: LeaseTerms, beat: Beat, lapsed: Callable[[], None], failed: Callable[[BaseException], None]
    ) -> Lease:
        """Keep up a lease by a process of its own: others may take what a worker without one owns."""
        return ProcessKeeper(self._server, terms, beat, lapsed, failed)

    async def shrink(self) -> None:
        """Nothing to do: autovacuum makes the space free for use again."""

    async def close(self) -> None:
        """Carry out what is queued, then close every connection."""
        if self._closed:
            return
        self._closed = True
        self._wake.set()
        await self._task
        await self._listener.close()
        await self._writer.close()
        await self._pool.close()

    async def _serve(self) -> None:
        """The writing coroutine: take what waits, commit it together, report."""
        while self._waiting or not self._closed:
            if not self._waiting:
                self._wake.clear()
                await self._wake.wait()
                continue
            batch, self._waiting = self._waiting, []
            await self._writer.commit(batch, deliver)
            if any(operation.kind.tells for operation in batch):
                self._listener.tell()
