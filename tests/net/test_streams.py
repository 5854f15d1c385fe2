"""Answers that are read while they come."""

from __future__ import annotations

import asyncio

import pytest

from studio.contracts.http import HttpRequest
from studio.domain.errors import ProviderError
from studio.net import EgressClient, EgressPolicy


async def test_a_stream_that_never_ends_is_left_after_the_whole_time() -> None:
    client = EgressClient(EgressPolicy(["127.0.0.1"]))
    left = asyncio.Semaphore(0)

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not reader.at_eof() and not writer.is_closing():
            writer.write(b"1\r\nx\r\n")
            await asyncio.sleep(0.01)
        writer.close()
        left.release()

    async with await asyncio.start_server(drip, "127.0.0.1", 0) as socket:
        url = f"http://127.0.0.1:{socket.sockets[0].getsockname()[1]}/"
        got = 0
        with pytest.raises(ProviderError) as caught:
            async with client.stream(HttpRequest(method="GET", url=url, whole_timeout=1)) as stream:
                async for piece in stream.pieces():
                    got += len(piece)
        assert (caught.value.code, caught.value.in_doubt, got > 0) == ("net.whole_timeout", True, True)
        with pytest.raises(TimeoutError):
            async with client.stream(HttpRequest(method="GET", url=url)):
                raise TimeoutError("the caller's own")
        for _ in range(2):
            await left.acquire()
    await client.aclose()
