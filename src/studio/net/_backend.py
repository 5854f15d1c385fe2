"""Connections to checked addresses.

The policy is asked here, where the socket is opened, so that no reading of the URL elsewhere can differ from what is
dialled, and a name that answers differently a second time gains nothing. TLS still names the host.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import cast

import httpcore2

from studio.domain.errors import ProviderError
from studio.net._policy import EgressPolicy


class PinnedBackend(httpcore2.AsyncNetworkBackend):
    """Resolves and checks a host, then connects to one of the checked addresses."""

    def __init__(self, policy: EgressPolicy) -> None:
        self._policy = policy
        self._inner = cast(httpcore2.AsyncNetworkBackend, httpcore2.AnyIOBackend())

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect to the first address that answers, all within ``timeout`` seconds."""
        loop = asyncio.get_running_loop()
        deadline = None if timeout is None else loop.time() + timeout
        try:
            async with asyncio.timeout(timeout):
                addresses = await self._policy.resolve(host, port)
        except TimeoutError as error:
            raise ProviderError("net.unresolved", "The name {host} does not resolve.", host=host) from error
        for place, address in enumerate(addresses):
            left = None if deadline is None else max(deadline - loop.time(), 0.001) / (len(addresses) - place)
            try:
                return await self._inner.connect_tcp(
                    address, port, timeout=left, local_address=local_address, socket_options=socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if place == len(addresses) - 1:
                    raise
        raise httpcore2.ConnectError("no address")

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None
    ) -> httpcore2.AsyncNetworkStream:
        """Never: a socket file has no address to check."""
        raise httpcore2.UnsupportedProtocol("unix sockets are not reachable")

    async def sleep(self, seconds: float) -> None:
        """Wait between attempts."""
        await asyncio.sleep(seconds)
