"""Every route × every kind of caller, generated from the routes themselves.

A caller who lacks the route's permission is refused: 401 where nobody is signed in, 403 otherwise. One who has it is
not: whatever else is wrong with the empty request, it is neither 401 nor 403. A caller of another workspace sees
nothing of this one.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Hashable
from pathlib import Path

import pytest
import pytest_asyncio
from fastapi.routing import APIRoute, APIWebSocketRoute
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from studio.domain.access import GRANTABLE, ROLES, Actor, ActorKind, Permission, Role
from studio.domain.ids import DEFAULT_WORKSPACE
from studio.server._asking import permission_of
from studio.server._cookies import SESSION
from studio.server.resources import ROUTERS
from studio.services.gateway.keys import Wanted
from tests.server.kit import Api, running_api

PREFIX = "/api/v1"
ROUTES: list[APIRoute] = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
IDS = [f"{next(iter(route.methods))} {route.path}" for route in ROUTES]
ROLE_CALLERS = [*Role]
SOCKETS: list[APIWebSocketRoute] = [
    route for router in ROUTERS for route in router.routes if isinstance(route, APIWebSocketRoute)
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Api]:
    """One server for the whole table."""
    folder: Path = tmp_path_factory.mktemp("matrix")
    async with running_api(folder / "data", driving=False) as running:
        yield running


class Callers:
    """Who asks: tokens by what their holders may, made anew once a request of theirs may have changed something."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._tokens: dict[Hashable, str] = {}

    async def ask(self, route: APIRoute, who: Role | frozenset[Permission] | None) -> int:
        """The status of an empty request by somebody with a role, by a key with scopes, or by an operator."""
        if who not in self._tokens:
            self._tokens[who] = await self._made(who)
        status = await ask(self._api, route, self._tokens[who])
        if status < 400 and next(iter(route.methods)) != "GET":
            del self._tokens[who]
        return status

    async def _made(self, who: Role | frozenset[Permission] | None) -> str:
        if isinstance(who, frozenset):
            return await key_of(self._api, who)
        return await self._api.token(await self._api.account(who, operator=who is None))


@pytest.fixture(scope="module")
def callers(shared: Api) -> Callers:
    """Callers of that server."""
    return Callers(shared)


def test_every_route_declares_a_permission() -> None:
    assert len(ROUTES) > 5
    for route in ROUTES:
        assert permission_of(route) is not None, route.path


def test_every_permission_is_named_by_a_route_and_held_by_a_role() -> None:
    held = frozenset[Permission]().union(*ROLES.values())
    assert held == GRANTABLE


async def ask(api: Api, route: APIRoute, token: str | None) -> int:
    """The status of an empty request to a route."""
    method = next(iter(route.methods))
    path = re.sub(r"\{[^}]+\}", "none", route.path)
    async with api.client(token) as client:
        given = {"json": {}} if method in ("POST", "PUT", "PATCH") else {}
        # Without the body: a stream of events has no end.
        async with client.stream(method, path, **given) as answer:
            return answer.status_code


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("route", ROUTES, ids=IDS)
async def test_route_is_refused_and_allowed_as_declared(shared: Api, callers: Callers, route: APIRoute) -> None:
    permission = permission_of(route)
    assert permission is not None
    anonymous = await ask(shared, route, None)
    assert (anonymous == 401) == (permission is not Permission.PUBLIC), anonymous
    for role in ROLE_CALLERS:
        status = await callers.ask(route, role)
        allowed = permission in ROLES[role] or permission in (Permission.PUBLIC, Permission.SELF)
        assert (status not in (401, 403)) == allowed, (role, status)
    status = await callers.ask(route, None)
    above = permission in (Permission.PUBLIC, Permission.SELF, Permission.OPERATE)
    assert (status not in (401, 403)) == above, ("operator", status)


async def key_of(api: Api, permissions: frozenset[Permission]) -> str:
    """The token of a key of an Admin with exactly these scopes."""
    admin = await api.account(Role.ADMIN)
    who = Actor(kind=ActorKind.PERSON, id=admin.id, workspace=DEFAULT_WORKSPACE, permissions=GRANTABLE)
    made = await api.platform.gateway.keys.create(who, Wanted(name="Key", permissions=sorted(permissions)))
    return made.token


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("route", ROUTES, ids=IDS)
async def test_a_key_may_what_its_scopes_say(callers: Callers, route: APIRoute) -> None:
    permission = permission_of(route)
    assert permission is not None
    if permission in GRANTABLE:
        only = await callers.ask(route, frozenset({permission}))
        assert only not in (401, 403), only
        assert await callers.ask(route, GRANTABLE - {permission}) == 403
    else:
        status = await callers.ask(route, GRANTABLE)
        assert (status not in (401, 403)) == (permission is Permission.PUBLIC), status


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("route", SOCKETS, ids=[route.path for route in SOCKETS])
async def test_a_websocket_opens_for_the_scopes_of_a_key(shared: Api, route: APIWebSocketRoute) -> None:
    permission = permission_of(route)
    assert permission is not None
    assert await open_socket(shared, route, await key_of(shared, frozenset({permission}))) not in (401, 403)
    assert await open_socket(shared, route, await key_of(shared, GRANTABLE - {permission})) == 403


async def open_socket(api: Api, route: APIWebSocketRoute, token: str | None, **headers: str) -> int:
    """The status with which a WebSocket is refused; 101 where it opens."""
    path = re.sub(r"\{[^}]+\}", "none", route.path)
    if token is not None:
        headers["authorization"] = f"Bearer {token}"
    try:
        async with connect(f"{api.url.replace('http', 'ws')}{PREFIX}{path}", additional_headers=headers):
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("route", SOCKETS, ids=[route.path for route in SOCKETS])
async def test_a_websocket_is_refused_and_opened_as_declared(shared: Api, route: APIWebSocketRoute) -> None:
    permission = permission_of(route)
    assert permission is not None
    assert permission is not Permission.PUBLIC
    assert await open_socket(shared, route, None) == 401
    assert await open_socket(shared, route, "nonsense") == 401
    for role in ROLE_CALLERS:
        token = await shared.token(await shared.account(role))
        status = await open_socket(shared, route, token)
        assert (status not in (401, 403)) == (permission in ROLES[role]), (role, status)
    operator = await shared.token(await shared.account(None, operator=True))
    assert await open_socket(shared, route, operator) == 403


@pytest.mark.asyncio(loop_scope="module")
async def test_a_websocket_with_a_cookie_names_its_origin(shared: Api) -> None:
    token = await shared.token(await shared.account(Role.VIEWER))
    for route in SOCKETS:
        cookie = f"{SESSION}={token}"
        assert await open_socket(shared, route, None, cookie=cookie) == 403
        assert await open_socket(shared, route, None, cookie=cookie, origin="http://evil.example") == 403
        assert await open_socket(shared, route, None, cookie=cookie, origin=shared.url) in (101, 404)


@pytest.mark.asyncio(loop_scope="module")
async def test_a_token_of_nobody_is_refused_everywhere(shared: Api) -> None:
    for route in ROUTES:
        assert await ask(shared, route, "nonsense") == 401, route.path
