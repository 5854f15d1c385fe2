"""Blobs that are written behind their references.

What is large and just made is taken at once and written while its maker goes on. Whatever is to refer to it durably
waits for it first: the store asks here before it writes a row, so that no row refers to a blob that is not flushed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable

_MOST_BYTES = 256 * 1024 * 1024


class WriteBehind:
    """The blobs of this process that are on their way, by id, and how many bytes of memory they hold.

    Args:
        limit: Who would hold more waits for others to be done; a single one may be larger.
    """

    def __init__(self, limit: int = _MOST_BYTES) -> None:
        self._limit = limit
        self._tasks: dict[str, asyncio.Task[BaseException | None]] = {}
        self._under_way: set[asyncio.Task[BaseException | None]] = set()
        self._bytes = 0

    def holds(self, id: str) -> bool:
        """Whether this blob is not written yet, or could not be."""
        return id in self._tasks

    async def begin(self, id: str, size: int, write: Callable[[], Awaitable[None]]) -> None:
        """Begin to write a blob whose making holds ``size`` bytes of memory."""
        while self._under_way and self._bytes + size > self._limit:
            await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)
        self._bytes += size
        task = self._tasks[id] = asyncio.get_running_loop().create_task(self._write(id, size, write))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _write(self, id: str, size: int, write: Callable[[], Awaitable[None]]) -> BaseException | None:
        """Gives what went wrong, for everybody who ever asks; what is written is forgotten."""
        try:
            await write()
        except BaseException as error:  # noqa: BLE001 - raised where the blob is needed
            return error
        finally:
            self._bytes -= size
        del self._tasks[id]
        return None

    async def written(self, ids: Iterable[str]) -> None:
        """Wait until these blobs are flushed; those that are not on their way are.

        Raises:
            StorageError: One of them could not be written.
        """
        if not self._tasks:
            return
        for id in ids:
            task = self._tasks.get(id)
            if task is not None and (error := await asyncio.shield(task)) is not None:
                raise error

    async def drain(self) -> None:
        """Wait until nothing is on its way."""
        while self._under_way:
            await asyncio.wait(self._under_way)
