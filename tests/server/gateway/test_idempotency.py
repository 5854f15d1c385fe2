"""Idempotency keys of what makes something."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from studio.domain.access import Permission, Role
from studio.server._asking import permission_of
from studio.server._idempotency import HEADER, IdempotentRoute
from studio.server._models import shown_once
from studio.server.resources import ROUTERS
from tests.server.kit import Api

FIRST = {HEADER: "first"}


async def test_the_same_request_makes_one_thing(either: Api) -> None:
    editor = await either.signed_in(Role.EDITOR)
    one = await editor.post("/workflows", json={"name": "A"}, headers=FIRST)
    again = await editor.post("/workflows", json={"name": "A"}, headers=FIRST)
    assert (one.status_code, again.status_code) == (201, 201)
    assert one.json() == again.json()
    assert one.headers["etag"] == again.headers["etag"]
    assert ("idempotent-replayed" in one.headers, again.headers["idempotent-replayed"]) == (False, "true")
    assert len((await editor.get("/workflows")).json()["items"]) == 1
    other = await editor.post("/workflows", json={"name": "B"}, headers=FIRST)
    assert (other.status_code, other.json()["code"]) == (422, "request.idempotency_reused")
    elsewhere = await editor.post("/folders", json={"name": "A"}, headers=FIRST)
    assert elsewhere.status_code == 201
    without = await editor.post("/workflows", json={"name": "A"})
    assert without.json()["id"] != one.json()["id"]


async def test_at_the_same_time_only_one_is_done(either: Api) -> None:
    editor = await either.signed_in(Role.EDITOR)
    answers = await asyncio.gather(
        *(editor.post("/workflows", json={"name": "A"}, headers=FIRST) for _ in range(8))
    )  # fmt: skip
    assert {one.status_code for one in answers} <= {201, 409}
    assert len({one.json()["id"] for one in answers if one.status_code == 201}) == 1
    assert {one.json().get("code") for one in answers if one.status_code == 409} <= {"request.idempotency_open"}
    assert len((await editor.get("/workflows")).json()["items"]) == 1


async def test_keys_of_different_callers_are_different(either: Api) -> None:
    one, two = await either.signed_in(Role.EDITOR), await either.signed_in(Role.EDITOR)
    first = await one.post("/workflows", json={"name": "A"}, headers=FIRST)
    second = await two.post("/workflows", json={"name": "A"}, headers=FIRST)
    assert (second.status_code, first.json()["id"] != second.json()["id"]) == (201, True)


async def test_what_was_refused_can_be_tried_again(api: Api) -> None:
    editor, viewer = await api.signed_in(Role.EDITOR), await api.signed_in(Role.VIEWER)
    assert (await editor.post("/workflows", json={"name": "A", "key": "No"}, headers=FIRST)).status_code == 422
    assert (await editor.post("/workflows", json={"nope": 1}, headers=FIRST)).status_code == 422
    assert (await editor.post("/workflows", json={"name": "A"}, headers=FIRST)).status_code == 201
    for key in ("", "x" * 201):
        refused = await editor.post("/workflows", json={"name": "A"}, headers={HEADER: key})
        assert (refused.status_code, refused.json()["code"]) == (422, "request.idempotency_key")
    for client, status in ((viewer, 403), (api.client(), 401)):
        assert (await client.post("/workflows", json={"name": "A"}, headers=FIRST)).status_code == status


async def test_rights_that_are_gone_give_no_answer_again(api: Api) -> None:
    from studio.domain.ids import INSTANCE

    account = await api.account(Role.EDITOR)
    editor = api.client(await api.token(account))
    assert (await editor.post("/workflows", json={"name": "A"}, headers=FIRST)).status_code == 201
    people = api.platform.people
    await people.records.commit([people.members.drop(INSTANCE, f"default.{account.id}")])
    assert (await editor.post("/workflows", json={"name": "A"}, headers=FIRST)).status_code == 403


async def test_a_secret_is_shown_once_all_the_same(either: Api) -> None:
    editor = await either.signed_in(Role.EDITOR)
    one = (await editor.post("/keys", json={"name": "A"}, headers=FIRST)).json()
    again = (await editor.post("/keys", json={"name": "A"}, headers=FIRST)).json()
    assert again == {**one, "secret": None}
    assert (await either.client(one["secret"]).get("/workflows")).status_code == 200
    kept = await either.platform.ports.records.find(_all_answers())
    assert kept
    assert not any(one["secret"][-64:].encode() in found.record.value for found in kept)


def _all_answers() -> Any:
    from studio.contracts.records import Find

    return Find(workspace="default", kind="answer")


async def test_a_request_with_a_key_counts_once(api: Api) -> None:
    editor = await api.signed_in(Role.EDITOR)
    made = (await editor.post("/keys", json={"name": "A", "requests_per_minute": 2})).json()
    client = api.client(made["secret"])
    statuses = [
        (await client.post("/workflows", json={"name": "A"}, headers={HEADER: str(number)})).status_code
        for number in range(3)
    ]
    assert statuses == [201, 201, 429]


_ONCE_ONLY = {"/profile/second-factor", "/members/{account}/reset-link", "/accounts/{account}/reset-link"}
"""What makes nothing but a secret: it is asked for again instead."""
_SECRETS = {"secret", "link", "password", "codes", "uri"}


@pytest.mark.parametrize("router", ROUTERS, ids=lambda one: one.prefix)
def test_everything_that_makes_something_takes_the_header_and_keeps_no_secret(router: object) -> None:
    for route in getattr(router, "routes", []):
        makes = "POST" in getattr(route, "methods", ()) and route.status_code == 201
        if makes and permission_of(route) is not Permission.PUBLIC and route.path not in _ONCE_ONLY:
            assert isinstance(route, IdempotentRoute), route.path
        if isinstance(route, IdempotentRoute):
            parameters: list[dict[str, Any]] = (route.openapi_extra or {})["parameters"]
            assert [one["name"] for one in parameters].count(HEADER) == 1
            answered = set(getattr(route.response_model, "model_fields", ()))
            assert answered & _SECRETS == set(shown_once(route.response_model)), route.path


async def test_what_makes_things_beside_workflows_takes_keys_too(either: Api) -> None:
    admin = await either.signed_in(Role.ADMIN)
    workflow = (await admin.post("/workflows", json={"name": "A"})).json()["id"]
    fields = {"token": "planted-token-1f2e", "hosts": ["example.org"]}
    asked: list[tuple[str, dict[str, Any]]] = [
        ("/credentials", {"name": "mail", "type": "http.bearer", "fields": fields}),
        ("/roles", {"name": "Reader", "permissions": ["workflow.view"]}),
        ("/groups", {"name": "Team"}),
        ("/invitations", {"email": "ada@example.org", "role": "viewer"}),
        ("/comments", {"workflow": workflow, "text": "Hello"}),
        ("/service-accounts", {"name": "Robot", "role": "service"}),
    ]
    for path, body in asked:
        one, again = [await admin.post(path, json=body, headers=FIRST) for _ in range(2)]
        assert (one.status_code, again.status_code) == (201, 201), (path, one.text, again.text)
        assert again.headers["idempotent-replayed"] == "true"
        shown = {name: value for name, value in one.json().items() if name != "link"}
        assert {name: value for name, value in again.json().items() if name != "link"} == shown
        if path == "/invitations":
            assert (one.json()["link"] is not None, again.json()["link"]) == (True, None)
    kept = b"".join(found.record.value for found in await either.platform.ports.records.find(_all_answers()))
    assert b"planted-token-1f2e" not in kept
    assert b"/invitation#" not in kept
    assert len((await admin.get("/credentials")).json()["items"]) == 1
    assert len((await admin.get("/invitations")).json()["items"]) == 1
