"""Whatever changes something is told in the audit log: one good call of each such route, found there by its request.

Generated from the routes: a new route of these resources fails here until it has a call, or a reason why it needs none.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import httpx2
import pytest
from fastapi.routing import APIRoute

from studio.domain.access import Role
from studio.domain.ids import INSTANCE
from studio.server.resources import ROUTERS
from studio.services.auditing import read_entry
from tests.server.executions.test_executions import ADD, published
from tests.server.kit import Api

WATCHED = ("/workflows", "/folders", "/keys", "/run", "/audit", "/operator/audit")
_CHANGING = ("POST", "PUT", "PATCH", "DELETE")


class Call(NamedTuple):
    """A good call: its body, and what must be done before."""

    body: Any = None
    before: tuple[tuple[str, str, Any], ...] = ()


WEBHOOK = {"kind": "webhook", "url": "https://siem.example.org/"}
CALLS: dict[str, Call] = {
    "POST /workflows": Call({"name": "New"}),
    "PATCH /workflows/{workflow}": Call({"name": "Other"}),
    "DELETE /workflows/{workflow}": Call(),
    "POST /workflows/{workflow}/undelete": Call({}, before=(("DELETE", "/workflows/{workflow}", None),)),
    "POST /workflows/{workflow}/archive": Call({}),
    "POST /workflows/{workflow}/unarchive": Call({}, before=(("POST", "/workflows/{workflow}/archive", {}),)),
    "POST /workflows/{workflow}/transfer": Call({"owner": "{account}"}),
    "POST /workflows/{workflow}/duplicate": Call({}),
    "PUT /workflows/{workflow}/draft": Call({"document": {**ADD, "name": "Changed"}}),
    "POST /workflows/{workflow}/publish": Call(
        {}, (("PUT", "/workflows/{workflow}/draft", {"document": {**ADD, "output": "{{ 7 }}"}}),)
    ),
    "POST /workflows/{workflow}/versions/{number}/restore": Call({}),
    "POST /workflows/import": Call({"files": [{"name": "new.yaml", "text": "studio: 1\nname: New\nnodes: {}\n"}]}),
    "POST /workflows/bulk": Call({"workflows": ["{workflow}"], "action": "tag", "tags": ["x"]}),
    "POST /folders": Call({"name": "New"}),
    "PATCH /folders/{folder}": Call({"name": "Other"}),
    "DELETE /folders/{folder}": Call(),
    "POST /keys": Call({"name": "New"}),
    "PATCH /keys/{key}": Call({"name": "Other"}),
    "POST /keys/{key}/rotate": Call({}),
    "DELETE /keys/{key}": Call(),
    "POST /run/{workflow}": Call({"a": 1}),
    "PUT /audit/stream": Call(WEBHOOK),
    "DELETE /audit/stream": Call(before=(("PUT", "/audit/stream", WEBHOOK),)),
    "PUT /operator/audit/stream": Call(WEBHOOK),
    "DELETE /operator/audit/stream": Call(before=(("PUT", "/operator/audit/stream", WEBHOOK),)),
}
EXEMPT: dict[str, str] = {
    "POST /workflows/validate": "changes nothing",
    "POST /workflows/{workflow}/validate": "changes nothing",
    "POST /workflows/{workflow}/draft/operations": "told once in a while, not for every single edit",
    "POST /workflows/{workflow}/draft/undo": "as operations",
    "POST /workflows/{workflow}/draft/redo": "as operations",
}


def _routes() -> list[str]:
    found = [
        f"{method} {route.path}"
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
        if method in _CHANGING and route.path.startswith(WATCHED)
    ]
    return sorted(set(found))


async def _requests(api: Api) -> set[str]:
    """The requests that the logs tell of."""
    found: set[str] = set()
    for workspace in ("default", INSTANCE):
        after = 0
        while entries := await api.platform.ports.records.audit(workspace, after=after, limit=500):
            found |= {read_entry(one.value).request for one in entries}
            after = entries[-1].seq
    return found


class World(NamedTuple):
    """Somebody who may everything, and things to act on."""

    api: Api
    client: httpx2.AsyncClient
    ids: dict[str, str]

    def filled(self, value: Any) -> Any:
        """A path or body with the ids in it."""
        if isinstance(value, str):
            for name, id in self.ids.items():
                value = value.replace("{" + name + "}", id)
            return value
        if isinstance(value, dict):
            return {name: self.filled(one) for name, one in value.items()}  # pyright: ignore[reportUnknownVariableType]
        return [self.filled(one) for one in value] if isinstance(value, list) else value  # pyright: ignore[reportUnknownVariableType]

    async def ask(self, method: str, path: str, body: Any) -> httpx2.Response:
        """A request."""
        given = {} if body is None else {"json": self.filled(body)}
        return await self.client.request(method, self.filled(path), **given)


@pytest.fixture
async def world(api: Api) -> World:
    """Things to act on."""
    client = await api.signed_in(Role.ADMIN, operator=True)
    other = await api.account(Role.EDITOR)
    ids = {
        "workflow": await published(client, ADD, "add"),
        "folder": (await client.post("/folders", json={"name": "Folder"})).json()["id"],
        "key": (await client.post("/keys", json={"name": "Key"})).json()["id"],
        "account": other.id,
        "number": "1",
    }
    return World(api, client, ids)


@pytest.mark.parametrize("route", [one for one in _routes() if one in CALLS])
async def test_what_changes_something_is_told(world: World, route: str) -> None:
    method, path = route.split(" ")
    call = CALLS[route]
    for before in call.before:
        assert (await world.ask(*before)).status_code < 300
    known = await _requests(world.api)
    answer = await world.ask(method, path, call.body)
    assert answer.status_code < 300, answer.text
    request = answer.headers["x-request-id"]
    assert request not in known
    assert request in await _requests(world.api)


def test_every_route_has_a_call_or_a_reason() -> None:
    assert [one for one in _routes() if one not in CALLS and one not in EXEMPT] == []
    assert [one for one in CALLS if one not in _routes()] == []
