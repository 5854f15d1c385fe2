"""Connections at the socket: nobody keeps one by saying nothing, or fills the memory before the application is asked.

What uvicorn reads of a request before it asks the application has neither a bound nor an end of its own.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_PATIENCE = 20.0
"""Seconds that the head of a request may take, from the connection on or from its first byte."""
MOST_HEAD = 128 * 1024
"""Bytes of a head beyond the piece in which it begins; what a request may have, the edge says."""
MOST_MESSAGE = 64 * 1024
"""Bytes of one message on a WebSocket: pages say where they are, and nothing more."""


class BoundedHttp(HttpToolsProtocol):
    """HTTP whose requests begin in time and within a bound."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._waiting: asyncio.TimerHandle | None = None
        self._head: int | None = 0
        """Bytes of a head that is not whole yet; None where none is awaited."""
        self._fresh = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride] - as uvicorn has it
        """Somebody has connected, and is to ask for something."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """They are gone."""
        self._rest()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Something came."""
        self._fresh = False
        super().data_received(data)
        # The piece in which a head begins may hold the end of the request before it.
        if self._head is not None and not self._fresh:
            self._head += len(data)
            if self._head > MOST_HEAD and not self.transport.is_closing():
                self.send_400_response("The head of the request is too long.")

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._head, self._fresh = 0, True
        self._wait()

    def on_headers_complete(self) -> None:
        """Its head is whole."""
        self._rest()
        self._head = None
        super().on_headers_complete()

    def _wait(self) -> None:
        self._rest()
        self._waiting = self.loop.call_later(HEAD_PATIENCE, self._too_slow)

    def _rest(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _too_slow(self) -> None:
        if self.cycle is not None and not self.cycle.response_complete:  # pyright: ignore[reportUnnecessaryComparison] - None before the first
            self._wait()  # an answer is under way, and the next request is not awaited yet
        elif not self.transport.is_closing():
            self.transport.close()
