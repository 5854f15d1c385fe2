"""Whatever changes something is told in the audit log: one good call of each route, found there by its request.

Generated from the routes: a new one fails here until it has a call, or a reason why it needs none.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from fastapi.routing import APIRoute

from studio.domain.access import Permission, Role
from studio.domain.ids import INSTANCE
from studio.server._asking import permission_of
from studio.server.resources import ROUTERS
from studio.services.auditing import AuditFacts, read_entry
from tests.server.audit.calls import ACTS, CALLS, EXEMPT, World
from tests.server.kit import PASSWORD, Api
from tests.server.people.mails import Postbox, posting_api

_CHANGING = ("POST", "PUT", "PATCH", "DELETE")
ROUTES = {
    f"{method} {route.path}": route
    for router in ROUTERS
    for route in router.routes
    if isinstance(route, APIRoute)
    for method in route.methods or ()
    if method in _CHANGING
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Api, Postbox, str]]:
    """One server for all routes, set up by its link."""
    async with posting_api(tmp_path_factory.mktemp("complete"), driving=True) as (api, box):
        secret = await api.platform.accounts.setup_secret()
        body = {"secret": secret, "email": "first@example.org", "name": "First", "password": PASSWORD}
        answer = await api.client().post("/setup", json=body)
        assert answer.status_code == 201, answer.text
        yield api, box, answer.headers["x-request-id"]


@pytest_asyncio.fixture(loop_scope="module")
async def world(shared: tuple[Api, Postbox, str]) -> World:
    """Somebody who may everything, on that server."""
    api, box, _ = shared
    (first,) = [one for one in await api.platform.people.accounts.all(INSTANCE) if one.value.name == "First"]
    assert first.value.password is not None
    return World(api, box, first.value.password, await api.signed_in(Role.ADMIN, operator=True))


async def told(api: Api, request: str) -> list[tuple[int, AuditFacts]]:
    """What the logs tell of a request."""
    found: list[tuple[int, AuditFacts]] = []
    for workspace in ("default", INSTANCE):
        entries = await api.platform.ports.records.audit(workspace, limit=100)
        found += [(one.at, read_entry(one.value)) for one in entries]
    return [(at, facts) for at, facts in found if facts.request == request]


def check(route: str, entries: list[tuple[int, AuditFacts]]) -> None:
    """Each entry has actor, action, object and moment."""
    assert entries, "nothing is told"
    named = ROUTES.get(route.partition("?")[0])
    assert named is not None
    for at, facts in entries:
        assert at > 0
        assert "." in facts.action
        assert facts.target_kind
        assert facts.target_id
        assert facts.actor_id or permission_of(named) is Permission.PUBLIC


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("route", [*CALLS])
async def test_what_changes_something_is_told(world: World, route: str) -> None:
    method, path = route.split(" ")
    call = CALLS[route]
    for before in call.before:
        done = await world.ask(*before, call.things)
        assert done.status_code < 300, done.text
    answer = await world.ask(method, path, call.body, call.things)
    assert answer.status_code < 300 or call.may_fail, answer.text
    check(route, await told(world.api, answer.headers["x-request-id"]))


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("route", [*ACTS])
async def test_what_takes_several_steps_is_told(world: World, route: str) -> None:
    answer = await ACTS[route](world)
    assert answer.status_code < 300, answer.text
    check(route, await told(world.api, answer.headers["x-request-id"]))


@pytest.mark.asyncio(loop_scope="module")
async def test_the_set_up_is_told(shared: tuple[Api, Postbox, str]) -> None:
    api, _, request = shared
    after = 0
    while entries := await api.platform.ports.records.audit(INSTANCE, after=after, limit=500):
        facts = [read_entry(one.value) for one in entries]
        if any(one.action == "instance.set_up" and one.request == request for one in facts):
            return
        after = entries[-1].seq
    raise AssertionError("nothing is told")


def test_every_route_has_a_call_or_a_reason() -> None:
    known = [*(one.partition("?")[0] for one in CALLS), *ACTS, *EXEMPT]
    assert sorted(ROUTES) == sorted(known)
