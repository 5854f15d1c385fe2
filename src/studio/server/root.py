"""The outermost application: health from the first moment on, the API as soon as it is made.

Making the API takes longer than everything else at start: some hundred routes with their models. So the server listens
and answers ``/healthz`` at once, makes the API in a thread, and lets requests that come too early wait for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import orjson
from starlette.types import ASGIApp, Receive, Scope, Send

_PATIENCE = 2.0
"""Seconds that a part may take to say that it is well."""


class Root:
    """Answers health checks itself, and hands everything else to the application that ``build`` makes.

    Args:
        build: Makes the application.
        checks: What must be well before requests are sent here, by name: a call that raises where it is not.
        made: What the application is called among the parts.
        whole: What is said to drain.
    """

    def __init__(
        self,
        build: Callable[[], Awaitable[ASGIApp]],
        checks: Mapping[str, Callable[[], Awaitable[object]]],
        *,
        made: str = "api",
        whole: str = "server",
    ) -> None:
        self._checks = checks
        self._names = made, whole
        self._made: asyncio.Future[ASGIApp] = asyncio.ensure_future(build())
        self.draining = False

    def when_broken(self, told: Callable[[], None]) -> None:
        """Call this where the application cannot be made."""

        def done(made: asyncio.Future[ASGIApp]) -> None:
            if not made.cancelled() and made.exception() is not None:
                told()

        self._made.add_done_callback(done)

    async def built(self) -> None:
        """Wait until the application is made, or cannot be."""
        await asyncio.wait([self._made])

    def raise_failure(self) -> None:
        """Raise why the application could not be made, where it could not."""
        if self._made.done():
            self._made.result()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        path = scope.get("path", "") if scope["type"] == "http" else ""
        if path == "/healthz":
            await _answer(send, 200, b'{"status":"ok"}')
        elif path == "/readyz":
            await self._ready(send)
        else:
            await (await asyncio.shield(self._made))(scope, receive, send)

    async def _ready(self, send: Send) -> None:
        """200 where every part is well, else 503 with what is not."""
        made, whole = self._names
        found = {made: "ok" if self._made.done() and self._made.exception() is None else "starting"}
        if self.draining:
            found[whole] = "draining"
        for name, check in self._checks.items():
            try:
                await asyncio.wait_for(check(), _PATIENCE)
                found[name] = "ok"
            except Exception as error:  # noqa: BLE001 - whatever it is, the part is not well
                found[name] = type(error).__name__
        ready = all(state == "ok" for state in found.values())
        body = orjson.dumps({"status": "ready" if ready else "not ready", "parts": found})
        await _answer(send, 200 if ready else 503, body)


async def _answer(send: Send, status: int, body: bytes) -> None:
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
