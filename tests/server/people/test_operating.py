"""What operators do with accounts, and what identity providers are given."""

from __future__ import annotations

import asyncio

import pytest

from studio.domain.access import Actor, ActorKind, Role
from studio.domain.errors import Conflict, NotFound
from studio.domain.ids import DEFAULT_WORKSPACE, INSTANCE
from tests.server.kit import PASSWORD, Api

SYSTEM = Actor(kind=ActorKind.SYSTEM, id="scim", workspace=DEFAULT_WORKSPACE)


async def test_accounts_are_listed_searched_and_shown(either: Api) -> None:
    operator = await either.signed_in(None, operator=True, name="Root")
    person = await either.account(Role.VIEWER, name="Grace", email="grace@example.org")
    await either.account(Role.VIEWER, name="Gone", active=False)
    admin = await either.signed_in(Role.ADMIN, name="Ada")
    await admin.post("/service-accounts", json={"name": "Robot"})
    first = (await operator.get("/accounts", params={"limit": 2})).json()
    second = (await operator.get("/accounts", params={"limit": 2, "cursor": first["next"]})).json()
    assert [one["name"] for one in first["items"] + second["items"]] == ["Ada", "Gone", "Grace", "Root"]
    found = (await operator.get("/accounts", params={"q": "GRACE@"})).json()["items"]
    assert [one["id"] for one in found] == [person.id]
    off = (await operator.get("/accounts", params={"active": False})).json()["items"]
    assert [one["name"] for one in off] == ["Gone"]
    shown = (await operator.get(f"/accounts/{person.id}")).json()
    assert shown["memberships"] == [
        {"workspace": "default", "name": "Default", "active": True, "role": "viewer", "groups": []}
    ]
    assert (await admin.get("/accounts")).status_code == 403


async def test_an_account_is_made_with_a_link(api: Api) -> None:
    operator = await api.signed_in(None, operator=True)
    made = await operator.post("/accounts", json={"email": "grace@example.org", "name": "Grace"})
    assert made.status_code == 201, made.text
    secret = made.json()["link"].partition("#")[2]
    body = {"secret": secret, "password": PASSWORD}
    assert (await api.client().post("/session/reset/finish", json=body)).status_code == 204
    signed = await api.client().post("/session", json={"email": "grace@example.org", "password": PASSWORD})
    assert signed.status_code == 201
    again = await operator.post("/accounts", json={"email": "GRACE@example.org", "name": "Eve"})
    assert (again.status_code, again.json()["code"]) == (409, "account.exists")


async def test_who_is_deactivated_is_out_at_once_and_back_with_all(either: Api) -> None:
    operator = await either.signed_in(None, operator=True)
    person = await either.account(
        Role.EDITOR, email="grace@example.org", password=await either.platform.passwords.hash(PASSWORD)
    )
    client = either.client(await either.token(person))
    key = (await client.post("/keys", json={"name": "Mine"})).json()["secret"]
    assert (await operator.patch(f"/accounts/{person.id}", json={"active": False})).status_code == 200
    assert (await client.get("/session")).status_code == 401
    assert (await either.client(key).get("/workflows")).status_code == 401
    body = {"email": "grace@example.org", "password": PASSWORD, "client": "cli"}
    refused = await either.client().post("/session", json=body)
    assert (refused.status_code, refused.json()["code"]) == (401, "login.refused")
    assert (await operator.patch(f"/accounts/{person.id}", json={"active": True})).status_code == 200
    assert (await either.client().post("/session", json=body)).status_code == 201
    assert (await either.client(key).get("/workflows")).status_code == 200


async def test_operators_are_made_and_unmade_but_the_last(either: Api) -> None:
    account = await either.account(Role.VIEWER, operator=True)
    operator = either.client(await either.token(account))
    person = await either.account(Role.VIEWER)
    client = either.client(await either.token(person))
    for body in ({"operator": False}, {"active": False}):
        refused = await operator.patch(f"/accounts/{account.id}", json=body)
        assert (refused.status_code, refused.json()["code"]) == (409, "account.last_operator")
    made = await operator.patch(f"/accounts/{person.id}", json={"operator": True})
    assert made.json()["operator"] is True
    # Their token changes with what they may: they sign in again.
    assert (await client.get("/session")).status_code == 401
    other = either.client(await either.token(person))
    answers = await asyncio.gather(
        operator.patch(f"/accounts/{person.id}", json={"operator": False}),
        other.patch(f"/accounts/{account.id}", json={"operator": False}),
    )
    assert 200 in [one.status_code for one in answers]
    accounts = await either.platform.people.accounts.all(INSTANCE, field="operator")
    assert len([one for one in accounts if one.value.operator]) == 1


async def test_a_stale_change_of_an_account_is_refused(api: Api) -> None:
    operator = await api.signed_in(None, operator=True)
    person = await api.account(Role.VIEWER)
    etag = (await operator.get(f"/accounts/{person.id}")).headers["etag"]
    changed = await operator.patch(f"/accounts/{person.id}", json={"name": "New"}, headers={"if-match": etag})
    assert changed.json()["name"] == "New"
    for body in ({"name": "Newer"}, {"operator": True}, {"active": False}):
        stale = await operator.patch(f"/accounts/{person.id}", json=body, headers={"if-match": etag})
        assert stale.status_code == 412, body


async def test_what_an_identity_provider_provisions(either: Api) -> None:
    provisioning = either.platform.directory.provisioning
    await either.workspace()
    admin = await either.account(Role.ADMIN)
    made = await provisioning.create_account(
        SYSTEM, email="grace@example.org", name="Grace", subject="https://idp/|7", external_id="e7", verified=True
    )
    found = await provisioning.account_by_subject("https://idp/|7")
    assert found is not None
    assert found.id == made.id
    with pytest.raises(Conflict):
        await provisioning.create_account(SYSTEM, email="GRACE@example.org", name="Other")
    with pytest.raises(Conflict):
        await provisioning.create_account(SYSTEM, email="o@example.org", name="Other", external_id="e7")
    await provisioning.add_member(SYSTEM, DEFAULT_WORKSPACE, made.id, "viewer")
    with pytest.raises(Conflict):
        await provisioning.add_member(SYSTEM, DEFAULT_WORKSPACE, made.id, "viewer")
    with pytest.raises(NotFound):
        await provisioning.add_member(SYSTEM, "none", made.id, "viewer")
    with pytest.raises(NotFound):
        await provisioning.set_groups(SYSTEM, DEFAULT_WORKSPACE, made.id, ["none"])
    client = either.client(await either.token(admin))
    group = (await client.post("/groups", json={"name": "G", "role": "admin"})).json()["id"]
    await provisioning.set_groups(SYSTEM, DEFAULT_WORKSPACE, made.id, [group])
    await provisioning.remove_member(SYSTEM, DEFAULT_WORKSPACE, admin.id)
    for ending in (
        provisioning.set_groups(SYSTEM, DEFAULT_WORKSPACE, made.id, []),
        provisioning.remove_member(SYSTEM, DEFAULT_WORKSPACE, made.id),
        provisioning.deactivate_account(SYSTEM, made.id),
    ):
        with pytest.raises(Conflict):
            await ending
    await either.account(Role.ADMIN)
    mine = either.client(await either.token(made))
    assert (await mine.get("/session")).status_code == 200
    await provisioning.deactivate_account(SYSTEM, made.id)
    assert (await mine.get("/session")).status_code == 401
    await provisioning.reactivate_account(SYSTEM, made.id)
    moved = await provisioning.change_account(SYSTEM, made.id, email="g2@example.org")
    assert moved.value.verified is False
