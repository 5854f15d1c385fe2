"""Connections to Postgres with our settings, and how long to try for one."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import asyncpg  # pyright: ignore[reportMissingTypeStubs] - it has none

from studio.domain.errors import StorageError, StorageUnavailable, WriteRefused
from studio.storage.postgres._errors import server_of, translate
from studio.storage.postgres._typed import Connection, Pool

# Everything is found by key. A plan made while a table was empty must not go on scanning it when it has grown.
# Nor do the values change what is the best plan: without being told so, the server plans a statement over arrays anew
# each time (it knows how long they are and takes what it does not know for longer), which takes longer than to run it.
# A process that stalls in the middle of a transaction must not keep its rows from whoever takes them over.
_SETTINGS = {
    "application_name": "studio",
    "jit": "off",
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "plan_cache_mode": "force_generic_plan",
    "idle_in_transaction_session_timeout": "5s",
}
_CONNECT_SECONDS = 10
_READERS = 4
_PAUSES = (0.02, 0.05, 0.1, 0.25, 0.5)


class Server:
    """A Postgres database to connect to.

    Args:
        url: ``postgresql://…``, with its password
        patience: Seconds to go on trying where a connection that worked is lost. So long is an answer to a write waited
            for; one that takes longer counts as lost.
        reading: Seconds to wait for an answer to a question; without it, for ever.
    """

    def __init__(self, url: str, patience: float, *, reading: float | None = None) -> None:
        self.url = url
        self._patience = patience
        self._reading = reading
        self.name = server_of(url)

    async def connect(self, *, bounded: bool = False) -> Connection:
        """A new connection; a ``bounded`` one waits for no answer for ever.

        Raises:
            StorageUnavailable: There is none to be had.
        """
        try:
            return cast(
                "Connection",
                await asyncpg.connect(  # pyright: ignore[reportUnknownMemberType] - asyncpg has no types
                    self.url,
                    timeout=_CONNECT_SECONDS,
                    server_settings=_SETTINGS,
                    command_timeout=self._patience if bounded else None,
                ),
            )
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError, ValueError) as error:
            raise self.refused(error) from error

    async def pool(self) -> Pool:
        """A few connections for reading, each made when it is wanted: a floor would be restored with a lot of noise."""
        try:
            made: Any = await asyncpg.create_pool(  # pyright: ignore[reportUnknownMemberType] - asyncpg has no types
                self.url,
                min_size=0,
                max_size=_READERS,
                timeout=_CONNECT_SECONDS,
                server_settings=_SETTINGS,
                command_timeout=self._reading,
            )
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError, ValueError) as error:
            raise self.refused(error) from error
        return made

    def refused(self, error: BaseException) -> Exception:
        """What to raise where no connection is to be had."""
        found = translate(error, self.name)
        if type(found) not in (StorageError, WriteRefused):
            return found
        return StorageUnavailable(
            "storage.server_unreachable",
            "The database at {server} cannot be reached: {reason}.",
            server=self.name,
            reason=str(error),
        )

    def trial(self) -> Trial:
        """Counts down from the loss of a connection."""
        return Trial(self._patience)


class Trial:
    """How often and how long something is tried again."""

    def __init__(self, patience: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._until = self._loop.time() + patience
        self._round = 0

    @property
    def over(self) -> bool:
        """Whether patience is over."""
        return self._loop.time() > self._until

    async def pause(self) -> bool:
        """Wait a little longer each time; False once patience is over."""
        pause = _PAUSES[min(self._round, len(_PAUSES) - 1)]
        self._round += 1
        if self._loop.time() + pause > self._until:
            return False
        await asyncio.sleep(pause)
        return True
