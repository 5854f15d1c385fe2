"""Who asks is known before what they send is read, and what is read can be kept and told again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import Request
from fastapi.routing import APIRoute

from studio.domain.access import Permission
from studio.server._asking import needs, permission_of
from studio.services._strict_json import read_strictly

STRANGERS_BODY = 256 * 1024
"""Bytes of a body where anybody may ask: addresses, passwords, what a provider says."""


class StrictRequest(Request):
    """A request whose JSON holds nothing that Studio could not write again."""

    async def json(self) -> Any:
        """The body.

        Raises:
            JSONDecodeError: It is not JSON, or more than that.
        """
        if not hasattr(self, "_json"):
            self._json = read_strictly(await self.body())
        return self._json


class GuardedRoute(APIRoute):
    """A route that looks at the caller before it looks at the body."""

    def get_route_handler(self) -> Callable[[Request], Any]:
        """The handler, behind the question who asks."""
        handler = super().get_route_handler()

        async def guarded(request: Request) -> Any:
            permission = permission_of(self)
            if permission is None or permission is Permission.PUBLIC:
                request.scope["state"]["body_limit"] = STRANGERS_BODY
            else:
                await needs(permission)(request)
            return await handler(StrictRequest(request.scope, request.receive))

        return guarded
