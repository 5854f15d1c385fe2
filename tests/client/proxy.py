"""A connection that can be cut: stands before a server, and loses answers or streams when told to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass
class Cutting:
    """``cuts`` says for the connections to come after how many bytes of answers each is lost; then they are left be."""

    url: str = ""
    cuts: list[int] = field(default_factory=list[int])
    connections: int = 0
    heads: list[str] = field(default_factory=list[str])


@asynccontextmanager
async def cutting_proxy(target: str) -> AsyncGenerator[Cutting]:
    """A proxy before a server, on a free port."""
    parts = urlsplit(target)
    state = Cutting()

    open_now: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        open_now.add(task)
        state.connections += 1
        left = state.cuts.pop(0) if state.cuts else None
        there, back = await asyncio.open_connection(parts.hostname, parts.port)
        up = asyncio.ensure_future(_up(reader, back, state))
        try:
            await _down(there, writer, left)
        finally:
            up.cancel()
            for one in (writer, back):
                one.transport.abort()
                with suppress(ConnectionError):
                    await one.wait_closed()
            open_now.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    state.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield state
    finally:
        server.close()
        for task in list(open_now):
            task.cancel()
        await asyncio.gather(*open_now, return_exceptions=True)


async def _down(there: asyncio.StreamReader, writer: asyncio.StreamWriter, left: int | None) -> None:
    """What the server says, up to ``left`` bytes of it."""
    with suppress(ConnectionError):
        while data := await there.read(65536):
            writer.write(data if left is None else data[:left])
            await writer.drain()
            if left is not None:
                left -= len(data)
                if left <= 0:
                    return


async def _up(reader: asyncio.StreamReader, back: asyncio.StreamWriter, state: Cutting) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            state.heads.append(data.decode("latin-1"))
            back.write(data)
            await back.drain()
