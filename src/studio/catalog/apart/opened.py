"""What a node of a private pack has open with the host: read or written piece by piece, over many questions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

from studio.domain.values import TableRef
from studio.sdk import NodeContext

END = object()
_PIECE = 1024 * 1024


class Open:
    """Something read or written piece by piece, in a task of its own, so that it is entered and left in one."""

    def __init__(
        self,
        source: AsyncIterator[Any] | None = None,
        sink: Callable[[AsyncIterator[Any]], Awaitable[Any]] | None = None,
    ) -> None:
        self._queue: asyncio.Queue[Any] = asyncio.Queue(1)
        self._task: asyncio.Future[Any]
        if source is not None:
            self._task = asyncio.ensure_future(self._read(source))
        else:
            assert sink is not None
            self._task = asyncio.ensure_future(_awaited(sink(self._written())))

    async def _read(self, source: AsyncIterator[Any]) -> None:
        try:
            async for one in source:
                await self._queue.put(one)
            await self._queue.put(END)
        finally:
            close = getattr(source, "aclose", None)
            if close is not None:
                await close()

    async def next(self) -> Any:
        """The next piece, ``END`` where there is none."""
        return await self._first(self._queue.get())

    async def put(self, piece: Any) -> None:
        """Write a piece."""
        await self._first(self._queue.put(piece))

    async def _first(self, turn: Any) -> Any:
        """What the queue gives, unless the other side fails before."""
        mine = asyncio.ensure_future(turn)
        try:
            await asyncio.wait([mine, self._task], return_when=asyncio.FIRST_COMPLETED)
            if not mine.done():
                self._task.result()
                if not self._queue.empty():
                    return await mine
                return END
            return mine.result()
        finally:
            mine.cancel()

    async def _written(self) -> AsyncIterator[Any]:
        while (one := await self._queue.get()) is not END:
            yield one

    async def finish(self) -> Any:
        """Write no more; what came of it."""
        await self.put(END)
        return await self._task

    async def close(self) -> None:
        """Leave it."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


async def _awaited(what: Awaitable[Any]) -> Any:
    return await what


async def each(batches: AsyncIterator[list[Any]]) -> AsyncIterator[Any]:
    """Every item of lists of them."""
    async for batch in batches:
        for one in batch:
            yield one


async def pieces_of(stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same bytes in pieces that travel well."""
    async for piece in stream:
        for start in range(0, len(piece), _PIECE):
            yield piece[start : start + _PIECE]


async def table_pieces(context: NodeContext, table: TableRef) -> AsyncIterator[bytes]:
    """A table's file in pieces."""
    async with context.local_table(table) as path:
        with path.open("rb") as content:
            while piece := await asyncio.to_thread(content.read, _PIECE):
                yield piece


async def written(path: Path, pieces: AsyncIterator[bytes]) -> None:
    """Write pieces to a file."""
    with path.open("wb") as out:
        async for piece in pieces:
            await asyncio.to_thread(out.write, piece)
