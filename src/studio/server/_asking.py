"""Who asks: from cookie, bearer token or nothing to an actor, and the permission that a route needs."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, cast
from urllib.parse import unquote

from fastapi import Depends, Request
from starlette.requests import HTTPConnection

from studio.contracts.apart import asked_for
from studio.domain.access import Actor, Permission
from studio.domain.errors import AccessRefused, UserError
from studio.server._behind import platform_of
from studio.server._cookies import SESSION, read_cookie
from studio.server._problem import language
from studio.services.gateway.tokens import PREFIX, holds_token
from studio.services.platform import Platform
from studio.services.policy import NotSignedIn, require, require_factor

CSRF_HEADER = "x-csrf-token"
WORKSPACE_HEADER = "studio-workspace"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


async def identify(connection: HTTPConnection) -> Actor:
    """Who makes this request; anonymous where nothing says.

    Raises:
        UserError: A key stands in the address.
        NotSignedIn: A token was given that is of no session or key.
        AccessRefused: A browser asks for a change without the session's CSRF token.
        NotFound: The chosen workspace is none of theirs.
    """
    platform = platform_of(connection)
    state = connection.scope.setdefault("state", {})
    if "identified" in state:
        return cast("Actor", state["identified"])
    asking = Actor(
        ip=state.get("ip") or (connection.client.host if connection.client else ""),
        agent=connection.headers.get("user-agent", "")[:200],
        request=state.get("request_id", ""),
        lang=language(connection.headers),
    )
    _no_key_in_address(connection)
    workspace = connection.headers.get(WORKSPACE_HEADER, "")
    scheme, _, bearer = connection.headers.get("authorization", "").partition(" ")
    if scheme:
        if scheme.lower() != "bearer" or not bearer:
            raise NotSignedIn("access.scheme", "Give the token as: Authorization: Bearer …")
        bearer = bearer.strip()
        if bearer.startswith(PREFIX):
            actor, state["allowance"] = await platform.gateway.entry.actor(bearer, workspace, asking=asking)
            return actor
        return await _by_bearer(platform, bearer, workspace, asking)
    token = read_cookie(connection, SESSION)
    if not token:
        return asking
    found = await platform.sessions.actor(token, workspace, asking=asking)
    if found is None:
        return asking
    actor, session = found
    method = connection.scope.get("method", "GET")
    if method not in _SAFE and session.value.csrf is not None:
        given = connection.headers.get(CSRF_HEADER, "")
        if not hmac.compare_digest(given.encode(), session.value.csrf.encode()):
            raise AccessRefused(
                "access.csrf", "The header X-CSRF-Token is missing or not the one of this session. Load the page again."
            )
    return actor


def _no_key_in_address(connection: HTTPConnection) -> None:
    """Addresses end up in logs, histories and Referer headers, so a key that stands in one is not used, but told of."""
    if holds_token(unquote(connection.scope.get("query_string", b"").decode("latin-1"))) or holds_token(
        connection.scope.get("path", "")
    ):
        raise UserError(
            "access.key_in_address",
            "A key must not stand in an address. Send it as Authorization: Bearer …, and revoke this one.",
        )


async def _by_bearer(platform: Platform, bearer: str, workspace: str, asking: Actor) -> Actor:
    found = await platform.sessions.actor(bearer, workspace, asking=asking)
    if found is None:
        raise NotSignedIn("access.token", "The token is not valid any more. Sign in again.")
    return found[0]


async def permitted(connection: HTTPConnection, permission: Permission) -> Actor:
    """Who asks, where they may what the permission says.

    Raises:
        StudioError: They may not, or nobody says who they are.
    """
    actor = await identify(connection)
    # What is refused from here on is told in the audit log with who it was.
    connection.scope["state"]["asking"] = (actor, permission)
    if permission not in _WITHOUT_WORKSPACE:
        require_factor(actor)
    require(actor, permission)
    if permission not in _WITHOUT_WORKSPACE and not actor.workspace:
        raise AccessRefused("access.no_workspace", "You belong to no workspace. Ask an Admin of one to add you.")
    if actor.workspace and permission not in _WITHOUT_WORKSPACE:
        platform_of(connection).operation.quotas.request(actor.workspace)
    asked_for.set(actor.workspace)
    return actor


def needs(permission: Permission) -> Callable[[Request], Awaitable[Actor]]:
    """The dependency of a route that needs a permission."""

    async def allowed(request: Request) -> Actor:
        state = request.scope["state"]
        # Asked before the body is read, and by the route again: that is one request.
        if state.get("permitted") is not permission:
            state["actor"] = await permitted(request, permission)
            state["permitted"] = permission
        asked_for.set(state["actor"].workspace)
        return cast("Actor", state["actor"])

    return allowed


_WITHOUT_WORKSPACE = (Permission.PUBLIC, Permission.SELF, Permission.OPERATE)


async def _actor(request: Request) -> Actor:
    return cast("Actor", request.state.actor)


async def _platform(request: Request) -> Platform:
    return platform_of(request)


Asking = Annotated[Actor, Depends(_actor)]
"""Who makes the request; its route's permission has been checked."""

Services = Annotated[Platform, Depends(_platform)]
"""The services."""


def permission_of(route: Any) -> Permission | None:
    """The permission that a route declares."""
    extra = cast("dict[str, Any]", getattr(route, "openapi_extra", None) or {})
    if "x-permission" in extra:
        return Permission(extra["x-permission"])
    return getattr(getattr(route, "endpoint", None), "studio_permission", None)
