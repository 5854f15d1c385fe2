"""A tiny HTTP server on loopback that answers as told and remembers what it was asked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Self, cast
from urllib.parse import parse_qsl, urlsplit

_MAX_BODY = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class SeenRequest:
    """A request as it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body read as JSON."""
        return json.loads(self.body)


@dataclass(slots=True)
class LoopbackServer:
    """Answers by path.

    ``answers`` maps a path, or ``METHOD path``, to ``(status, headers, body)``, or to a list of those for successive
    calls (the last one stays). A body is text, bytes, or data to be written as JSON. Other paths get 404.
    """

    answers: Mapping[str, Any]
    requests: list[SeenRequest] = field(default_factory=list[SeenRequest])
    _server: asyncio.Server | None = None
    _calls: dict[str, int] = field(default_factory=dict[str, int])
    _open: set[asyncio.StreamWriter] = field(default_factory=set[asyncio.StreamWriter])

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server:
            self._server.close()
            for writer in list(self._open):
                writer.close()
            await self._server.wait_closed()

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._server.sockets[0].getsockname()[1] if self._server else 0

    @property
    def url(self) -> str:
        """Address without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            while (request := await _read(reader)) is not None:
                self.requests.append(request)
                writer.write(self._answer(request))
                await writer.drain()
                if request.headers.get("connection", "").lower() == "close":
                    break
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            return
        finally:
            self._open.discard(writer)
            writer.close()

    def _answer(self, request: SeenRequest) -> bytes:
        for key in (f"{request.method} {request.path}", request.path):
            if key in self.answers:
                answer = self.answers[key]
                if isinstance(answer, list):
                    choices = cast("list[Any]", answer)
                    call = self._calls.get(key, 0)
                    self._calls[key] = call + 1
                    answer = choices[min(call, len(choices) - 1)]
                status, headers, body = answer
                return _response(request.method, status, dict(headers), body)
        return _response(request.method, 404, {}, "not found")


async def _read(reader: asyncio.StreamReader) -> SeenRequest | None:
    """The next request of a connection, None at its end."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.rstrip("\r\n").split("\r\n")
    method, target, _version = first.split(" ", 2)
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if headers.get("transfer-encoding", "").lower() == "chunked":
        body = await _read_chunks(reader)
    else:
        body = await reader.readexactly(min(int(headers.get("content-length", "0")), _MAX_BODY))
    parts = urlsplit(target)
    return SeenRequest(method, parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)), headers, body)


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    out = bytearray()
    while True:
        size = int((await reader.readuntil(b"\r\n")).split(b";")[0], 16)
        out += (await reader.readexactly(size + 2))[:-2]
        if size == 0 or len(out) > _MAX_BODY:
            return bytes(out)


def _response(method: str, status: int, headers: dict[str, str], body: Any) -> bytes:
    if isinstance(body, str):
        data, kind = body.encode(), "text/plain; charset=utf-8"
    elif isinstance(body, bytes):
        data, kind = body, "application/octet-stream"
    else:
        data, kind = b"" if body is None else json.dumps(body, ensure_ascii=False).encode(), "application/json"
    lower = {name.lower() for name in headers}
    if "content-type" not in lower and body is not None:
        headers["Content-Type"] = kind
    headers["Content-Length"] = str(len(data))
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "Status"
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} {phrase}\r\n{head}\r\n".encode("latin-1") + (b"" if method == "HEAD" else data)
