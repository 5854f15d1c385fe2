"""Plain asyncio servers on loopback addresses; what they were asked is kept for the tests."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from studio.net import EgressClient, EgressPolicy


@dataclass
class Seen:
    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name), None)


def answer(status: int = 200, body: bytes = b"", *headers: tuple[str, str], length: bool = True) -> bytes:
    lines = [f"HTTP/1.1 {status} X"]
    lines += [f"{name}: {value}" for name, value in headers]
    if length:
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body


Reply = Callable[[Seen], bytes | None]


@dataclass
class Server:
    """Answers each request with what ``reply`` gives; None closes the connection without an answer."""

    reply: Reply
    host: str = "127.0.0.1"
    port: int = 0
    seen: list[Seen] = field(default_factory=list)
    connections: int = 0
    close_after: bool = False

    def url(self, path: str = "/", host: str | None = None, scheme: str = "http") -> str:
        return f"{scheme}://{host or self.host}:{self.port}{path}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                method, target, _version = head[0].split(" ")
                headers = [
                    (name, value.strip()) for name, _, value in (line.partition(":") for line in head[1:] if line)
                ]
                length = next((int(value) for name, value in headers if name.lower() == "content-length"), 0)
                request = Seen(method, target, headers, await reader.readexactly(length))
                self.seen.append(request)
                data = self.reply(request)
                if data is None:
                    break
                writer.write(data)
                await writer.drain()
                if self.close_after:
                    break
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            pass
        finally:
            writer.close()


Serve = Callable[..., Awaitable[Server]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    opened: list[asyncio.Server] = []

    async def start(
        reply: Reply | bytes, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None, close_after: bool = False
    ) -> Server:
        server = Server(reply if callable(reply) else lambda _seen: reply, host, close_after=close_after)
        socket = await asyncio.start_server(server.serve, host, 0, ssl=tls)
        server.port = socket.sockets[0].getsockname()[1]
        opened.append(socket)
        return server

    yield start
    for socket in opened:
        socket.close()


@pytest.fixture
async def client() -> AsyncIterator[EgressClient]:
    """A client that may reach loopback."""
    made = EgressClient(EgressPolicy(["127.0.0.0/8"]))
    yield made
    await made.aclose()
