"""The services behind a request: the routes are made once in a process, whatever it serves."""

from __future__ import annotations

from typing import cast

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from studio.services.platform import Platform

_KEY = "studio.platform"


class Behind:
    """Middleware that gives every request its services."""

    def __init__(self, app: ASGIApp, platform: Platform) -> None:
        self._app = app
        self._platform = platform

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on, with the services."""
        scope[_KEY] = self._platform
        await self._app(scope, receive, send)


def platform_of(connection: HTTPConnection) -> Platform:
    """The services behind a request."""
    return cast("Platform", connection.scope[_KEY])
