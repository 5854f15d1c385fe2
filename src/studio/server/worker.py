"""What a worker apart answers beside its health: ``/metrics``, and nothing else."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from studio.server.middleware.observe import MetricsPage
from studio.services.platform import Platform

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class WorkerPage:
    """Answers ``/metrics`` to whom a server would answer it.

    A worker has no name of its own, so any is taken; but only who asks for this machine by a name of the loopback
    address counts as the machine itself: a page in a browser can have others lead there.
    """

    def __init__(self, platform: Platform) -> None:
        self._metrics: ASGIApp = MetricsPage(PlainTextResponse("not found", 404), platform)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        host = urlsplit("//" + Headers(scope=scope).get("host", "")).hostname
        peer = scope["client"][0] if scope.get("client") else ""
        scope.setdefault("state", {})["ip"] = peer if host in _LOOPBACK else ""
        await self._metrics(scope, receive, send)
