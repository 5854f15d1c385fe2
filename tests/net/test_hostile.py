"""Servers that want to keep a client busy or fill its memory: each is left within the time or the size that was set."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from studio.contracts.http import HttpRequest
from studio.domain.errors import StudioError
from studio.net import EgressClient, EgressPolicy

Talk = Callable[[asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
LIMIT = 2_000_000


@asynccontextmanager
async def serving(talk: Talk) -> AsyncGenerator[int]:
    """A server that answers whatever is asked by ``talk``; gives its port."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            await talk(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


def forever(start: bytes, again: bytes, pause: float = 0) -> Talk:
    """Say something, then the same again and again until the client leaves."""

    async def talk(writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while True:
            writer.write(again)
            await writer.drain()
            await asyncio.sleep(pause)

    return talk


def once(answer: bytes) -> Talk:
    """Say something and end."""

    async def talk(writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()

    return talk


def bomb() -> bytes:
    """200 MB of zeros in 200 kB."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    body = b"".join(packer.compress(bytes(1 << 20)) for _ in range(200)) + packer.flush()
    return OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body) + body


def redirect(where: str) -> bytes:
    return f"HTTP/1.1 302 Found\r\nLocation: {where}\r\nContent-Length: 0\r\n\r\n".encode()


@pytest.mark.parametrize(
    ("talk", "codes"),
    [
        (forever(OK, b"X-A: b\r\n", 0.02), "net.timeout"),
        (forever(CHUNKED, b"1\r\na\r\n", 0.02), "net.timeout"),
        (forever(b"", b"HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n", 0.001), "net.timeout"),
        (forever(OK + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(b"") * 3000), "net.timeout"),
        (forever(OK + b"\r\n", b"x" * 65536), "net.too_large"),
        (once(bomb()), "net.too_large"),
        (forever(OK, b"X-A: " + b"b" * 60_000 + b"\r\n"), "net.connection_lost"),
        (forever(OK + b"X-A: ", b"b" * 65536), "net.connection_lost"),
        (forever(CHUNKED + b"1;", b"b" * 65536), "net.connection_lost"),
        (forever(CHUNKED + b"0\r\n", b"X: " + b"b" * 6000 + b"\r\n"), "net.connection_lost"),
        (once(OK + b"X: b\r\n" * 300 + b"\r\n"), "net.too_many_answer_headers"),
        (once(CHUNKED + b"f" * 40 + b"\r\nabc"), "net.connection_lost"),
        (once(OK + b"Content-Length: 3\r\nContent-Length: 5\r\n\r\nabcde"), "net.connection_lost"),
        (once(OK + b"Content-Length: -5\r\n\r\nabc"), "net.connection_lost"),
        (once(OK + b"Content-Length: 10\r\n\r\nabc"), "net.connection_lost"),
        (once(b"no HTTP at all " * 1000), "net.connection_lost"),
        (once(redirect("/again")), "net.too_many_redirects"),
        (once(redirect("file:///etc/passwd")), "net.bad_scheme"),
        (once(redirect("http://169.254.169.254/latest")), "net.refused"),
        (once(redirect("http://[::ffff:a9fe:a9fe]/")), "net.refused"),
        (forever(b"HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/\r\n\r\n", b"x" * 65536), "net.refused"),
    ],
    ids=[
        "headers drip", "body drips", "hints without end", "empty gzip members", "body without end", "gzip bomb",
        "long headers", "one endless header", "endless chunk extension", "endless trailers", "many headers",
        "huge chunk", "two lengths", "negative length", "short body", "no http", "redirects to itself",
        "redirect to a file", "redirect to metadata", "redirect to mapped metadata", "redirect with endless body",
    ],
)  # fmt: skip
async def test_it_is_left(talk: Talk, codes: str) -> None:
    client = EgressClient(EgressPolicy(["127.0.0.1"]))
    async with serving(talk) as port:
        with pytest.raises(StudioError) as caught:
            await client.send(HttpRequest(method="GET", url=f"http://127.0.0.1:{port}/", timeout=3, max_bytes=LIMIT))
        assert caught.value.code == codes
        await client.aclose()


async def test_a_stream_bounds_size_too() -> None:
    client = EgressClient(EgressPolicy(["127.0.0.1"]))
    async with serving(once(bomb())) as port:
        request = HttpRequest(method="GET", url=f"http://127.0.0.1:{port}/", timeout=3, max_bytes=LIMIT)
        seen = 0
        with pytest.raises(StudioError) as caught:
            async with client.stream(request) as answer:
                async for piece in answer.pieces():
                    seen += len(piece)
        assert caught.value.code == "net.too_large"
        assert seen <= LIMIT
        await client.aclose()


async def test_a_name_that_moves_to_a_private_address_is_not_followed_there() -> None:
    """The first answer of the resolver is public, the next ones are not; what was checked is what is dialled."""
    asked: list[str] = []

    async def resolver(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.2"] if len(asked) == 1 else ["127.0.0.1"]

    reached: list[str] = []

    async def talk(writer: asyncio.StreamWriter) -> None:
        reached.append(writer.get_extra_info("sockname")[0])
        await once(OK + b"Content-Length: 0\r\nConnection: close\r\n\r\n")(writer)

    async with serving(talk) as port:
        # 127.0.0.2 stands for the public address: it alone is allowed.
        client = EgressClient(EgressPolicy(["127.0.0.2/32"], resolver=resolver))
        with pytest.raises(StudioError) as first:
            await client.send(HttpRequest(method="GET", url=f"http://moves.test:{port}/", timeout=3))
        assert first.value.code == "net.connect_failed"
        with pytest.raises(StudioError) as second:
            await client.send(HttpRequest(method="GET", url=f"http://moves.test:{port}/", timeout=3))
        assert second.value.code == "net.refused"
        await client.aclose()
    assert reached == []
    assert asked == ["moves.test", "moves.test"]
