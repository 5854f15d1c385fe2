"""HTTP as nodes see it: values in, values out; the host side applies the egress policy and the credential."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Protocol

import msgspec


class HttpRequest(msgspec.Struct, kw_only=True):
    """A request to send. ``max_bytes`` bounds the answer's body after decompression.

    ``timeout`` in seconds bounds all of it; of a stream it bounds each wait, and ``whole_timeout`` all of it, what is
    done with the pieces included.

    ``credential`` is an alias: the host side looks it up, checks that its type may go to this host, adds it to the
    request and drops it on a redirect to another host.
    """

    method: str
    url: str
    params: list[tuple[str, str]] = []
    headers: list[tuple[str, str]] = []
    body: bytes | None = None
    credential: str | None = None
    timeout: float = 30.0
    whole_timeout: float = 3600.0
    connect_timeout: float = 10.0
    follow_redirects: bool = True
    max_redirects: int = 10
    max_bytes: int = 64 * 1024 * 1024
    verify: bool = True


class HttpResponse(msgspec.Struct, kw_only=True):
    """An answer. ``headers`` keep their order; names are lower case. ``seconds`` run from sending to the end."""

    status: int
    url: str
    headers: list[tuple[str, str]]
    body: bytes
    seconds: float = 0.0

    def header(self, name: str) -> str | None:
        """The first header of that name, None where there is none."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key == wanted), None)


class HttpStream(Protocol):
    """An answer whose body is read piece by piece."""

    status: int
    headers: list[tuple[str, str]]

    def pieces(self) -> AsyncIterator[bytes]:
        """The body, decompressed, bounded by ``max_bytes``."""
        ...


class HttpClient(Protocol):
    """Sends requests under the egress policy."""

    async def send(self, request: HttpRequest) -> HttpResponse:
        """Send and read the whole answer, whatever its status.

        Raises:
            AccessRefused: The policy refuses the address; names the flag that would allow it.
            ProviderError: No answer. ``in_doubt`` where the request may have arrived.
            UserError: The URL is malformed, or the body is longer than ``max_bytes``.
        """
        ...

    def stream(self, request: HttpRequest) -> AbstractAsyncContextManager[HttpStream]:
        """Send and read the body while it comes."""
        ...


class Dialer(Protocol):
    """Checks an address by the same policy for what is not HTTP: SQL, mail, queues."""

    async def resolve(self, host: str, port: int) -> str:
        """An allowed address of ``host`` to connect to.

        Raises:
            AccessRefused: None of its addresses is allowed, or one is not.
            ProviderError: The name does not resolve.
        """
        ...

    async def addresses(self, host: str, port: int) -> list[str]:
        """All addresses of ``host`` in the order to try them, every one of them allowed. Raises as ``resolve``."""
        ...
