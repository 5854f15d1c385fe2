"""Somebody leaves, and nothing of what let them in is left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import httpx2
import pytest

from studio.domain.access import Actor, ActorKind, Role
from studio.domain.errors import StorageUnavailable
from studio.domain.ids import DEFAULT_WORKSPACE, INSTANCE
from studio.services._collection import Kept
from studio.services.people import offboarding
from studio.services.people.holdings import Holding, Release
from studio.services.people.model import Account
from tests.server.kit import Api

DOCUMENT: dict[str, Any] = {
    "studio": 1, "name": "W", "nodes": {"a": {"type": "flow.set", "params": {"values": {}}}},
}  # fmt: skip


async def leaver(api: Api, workflows: int = 2) -> tuple[Kept[Account], httpx2.AsyncClient, str]:
    """An Editor with workflows, a key and a session: account, client, key."""
    person = await api.account(Role.EDITOR, name="Grace")
    client = api.client(await api.token(person))
    for number in range(workflows):
        made = await client.post("/workflows", json={"document": DOCUMENT, "key": f"w{number}"})
        assert made.status_code == 201, made.text
    made = await client.post("/keys", json={"name": "Mine"})
    assert made.status_code == 201, made.text
    return person, client, made.json()["secret"]


async def owners(api: Api, workspace: str = DEFAULT_WORKSPACE) -> set[str]:
    return {one.value.owner for one in await api.platform.workflows.shelf.workflows.all(workspace)}


async def test_a_leave_is_shown_and_then_done(either: Api) -> None:
    person, client, key = await leaver(either)
    heir = await either.account(Role.EDITOR, name="Heir")
    admin = await either.signed_in(Role.ADMIN)
    keyed = either.client(key)
    shown = (await admin.get(f"/members/{person.id}/offboarding")).json()
    assert (shown["possible"], shown["sessions"]) == (False, 1)
    place = shown["workspaces"][0]
    assert (place["needs_heir"], place["last_admin"]) == (True, False)
    assert sorted((one["kind"], one["fate"]) for one in place["holdings"]) == [
        ("key", "ends"), ("workflow", "handed"), ("workflow", "handed"),
    ]  # fmt: skip
    assert (await client.get("/workflows")).status_code == (await keyed.get("/workflows")).status_code == 200
    without = await admin.post(f"/members/{person.id}/offboarding", json={})
    assert (without.status_code, without.json()["code"]) == (409, "offboarding.no_heir")
    asked = await admin.get(f"/members/{person.id}/offboarding", params={"heir": heir.id})
    assert asked.json()["possible"] is True
    done = await admin.post(f"/members/{person.id}/offboarding", json={"heir": heir.id})
    assert done.status_code == 200, done.text
    assert (await client.get("/session")).status_code == 401
    assert (await keyed.get("/workflows")).status_code == 401
    assert await owners(either) == {heir.id}
    assert (await admin.get(f"/members/{person.id}")).status_code == 404
    assert (await admin.post(f"/members/{person.id}/offboarding", json={})).status_code == 404
    assert await either.platform.directory.offboardings.open() == []
    log = b"".join(one.value for one in await either.platform.people.records.audit(DEFAULT_WORKSPACE, limit=50))
    for action in (b"offboarding.begun", b"offboarding.done", b"workflow.transferred", b"key.revoked"):
        assert action in log
    # The account itself is of the instance, and stays.
    assert (await either.platform.people.accounts.need(INSTANCE, person.id)).value.active


async def test_an_operator_lets_somebody_leave_every_workspace(api: Api) -> None:
    person, client, key = await leaver(api)
    operator_account = await api.account(Role.ADMIN, operator=True)
    operator = api.client(await api.token(operator_account))
    other_heir = await api.account(Role.ADMIN, "other")
    system = Actor(kind=ActorKind.SYSTEM, id="test")
    await api.platform.directory.provisioning.add_member(system, "other", person.id, "editor")
    made = await client.post(
        "/workflows", json={"document": DOCUMENT, "key": "o"}, headers={"studio-workspace": "other"}
    )
    assert made.status_code == 201
    path = f"/accounts/{person.id}/offboarding"
    preview = (await operator.post(f"{path}/preview", json={"heir": operator_account.id})).json()
    assert preview["possible"] is False
    assert {one["workspace"]: one["heir"] for one in preview["workspaces"]} == {
        "default": operator_account.id, "other": None,
    }  # fmt: skip
    body = {"heir": operator_account.id, "heirs": {"other": other_heir.id}}
    wrong = await operator.post(path, json={"heirs": {"default": other_heir.id, "other": other_heir.id}})
    assert (wrong.status_code, wrong.json()["code"]) == (404, "offboarding.heir")
    assert (await client.get("/session")).status_code == 200
    done = await operator.post(path, json=body)
    assert done.status_code == 200, done.text
    assert (await client.get("/session")).status_code == 401
    assert (await api.client(key).get("/workflows")).status_code == 401
    assert await owners(api) == {operator_account.id}
    assert await owners(api, "other") == {other_heir.id}
    account = await api.platform.people.accounts.need(INSTANCE, person.id)
    assert account.value.active is False
    assert await api.platform.people.members.all(INSTANCE, field="account", value=person.id) == []


async def test_the_last_admin_and_the_last_operator_do_not_leave(api: Api) -> None:
    admin = await api.account(Role.ADMIN)
    operator_account = await api.account(None, operator=True)
    operator = api.client(await api.token(operator_account))
    refused = await operator.post(f"/accounts/{admin.id}/offboarding", json={})
    assert (refused.status_code, refused.json()["code"]) == (409, "offboarding.last_admin")
    last = await operator.post(f"/accounts/{operator_account.id}/offboarding", json={})
    assert (last.status_code, last.json()["code"]) == (409, "account.last_operator")
    await api.account(Role.ADMIN)
    assert (await operator.post(f"/accounts/{admin.id}/offboarding", json={})).status_code == 200


async def test_nobody_carries_out_their_own_leave_or_that_of_who_may_more(api: Api) -> None:
    admin = await api.account(Role.ADMIN)
    await api.account(Role.ADMIN)
    client = api.client(await api.token(admin))
    refused = await client.post(f"/members/{admin.id}/offboarding", json={})
    assert (refused.status_code, refused.json()["code"]) == (403, "offboarding.oneself")
    editor = await api.signed_in(Role.EDITOR)
    assert (await editor.post(f"/members/{admin.id}/offboarding", json={})).status_code == 403


class Failing:
    """A provider whose part cannot be written at first."""

    kind = "failing"
    broken = True

    async def held(self, workspace: str, account: str) -> Sequence[Holding]:
        return []

    async def release(self, actor: Actor, workspace: str, account: str, heir: str | None) -> Release:
        if self.broken:
            raise StorageUnavailable("storage.unavailable", "The database cannot be reached.")
        return Release()


async def test_an_interrupted_leave_has_locked_out_and_goes_on(either: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """With more than fits into one transaction, what lets them in goes first."""
    monkeypatch.setattr(offboarding, "_TOGETHER", 0)
    person, client, key = await leaver(either)
    heir = await either.account(Role.EDITOR)
    admin = await either.signed_in(Role.ADMIN)
    leaves = either.platform.directory.offboardings
    failing = Failing()
    whole = leaves._providers  # pyright: ignore[reportPrivateUsage] - one that fails between the others
    started = False

    class Late(Failing):
        """Fails once the first transaction is done."""

        async def release(self, actor: Actor, workspace: str, account: str, heir: str | None) -> Release:
            nonlocal started
            if not started:
                started = True
                return Release()
            return await failing.release(actor, workspace, account, heir)

    leaves._providers = (Late(), *whole)  # pyright: ignore[reportPrivateUsage]
    broken = await admin.post(f"/members/{person.id}/offboarding", json={"heir": heir.id})
    assert broken.status_code == 503
    assert (await client.get("/session")).status_code == 401
    assert (await either.client(key).get("/workflows")).status_code == 401
    assert [one.value.account for one in await leaves.open()] == [person.id]
    assert await owners(either) == {person.id}
    failing.broken = False
    again = await admin.post(f"/members/{person.id}/offboarding", json={})
    assert again.status_code == 200, again.text
    assert await owners(either) == {heir.id}
    assert await leaves.open() == []


async def test_an_operator_sees_and_resumes_what_was_interrupted(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    person, _, _ = await leaver(api)
    heir = await api.account(Role.EDITOR)
    operator = await api.signed_in(None, operator=True)
    leaves = api.platform.directory.offboardings

    async def crash(*_: Any) -> None:
        raise StorageUnavailable("storage.unavailable", "The database cannot be reached.")

    with monkeypatch.context() as patched:
        patched.setattr(leaves, "_rest", crash)
        patched.setattr(offboarding, "_TOGETHER", 0)
        broken = await operator.post(f"/accounts/{person.id}/offboarding", json={"heir": heir.id})
        assert broken.status_code == 503
    assert [one["account"] for one in (await operator.get("/accounts/leaves")).json()["items"]] == [person.id]
    assert (await operator.post(f"/accounts/{person.id}/offboarding/resume")).status_code == 204
    assert (await operator.get("/accounts/leaves")).json()["items"] == []
    assert await owners(api) == {heir.id}
    assert (await operator.post(f"/accounts/{person.id}/offboarding/resume")).status_code == 404


async def test_handing_over_leaves_the_membership(api: Api) -> None:
    person, client, key = await leaver(api, 3)
    heir = await api.account(Role.EDITOR)
    admin = await api.signed_in(Role.ADMIN)
    done = await admin.post(f"/members/{person.id}/handover", json={"to": heir.id})
    assert done.json() == {"handed": 3}
    assert await owners(api) == {heir.id}
    assert (await client.get("/workflows")).status_code == (await api.client(key).get("/workflows")).status_code == 200
    for wrong in (person.id, "nobody"):
        assert (await admin.post(f"/members/{person.id}/handover", json={"to": wrong})).status_code == 404


async def test_invitations_of_who_left_are_void(api: Api) -> None:
    host = await api.account(Role.ADMIN)
    client = api.client(await api.token(host))
    made = await client.post("/invitations", json={"email": "friend@example.org", "role": "admin"})
    secret = made.json()["link"].partition("#")[2]
    admin = await api.signed_in(Role.ADMIN)
    assert (await admin.post(f"/members/{host.id}/offboarding", json={})).status_code == 200
    assert (await api.client().post("/invitations/look", json={"secret": secret})).status_code == 404
    assert (await admin.get("/invitations")).json()["items"] == []


async def test_an_admin_does_not_sign_out_who_may_more_elsewhere(api: Api) -> None:
    person = await api.account(Role.VIEWER, operator=True)
    client = api.client(await api.token(person))
    admin = await api.signed_in(Role.ADMIN)
    assert (await admin.get(f"/members/{person.id}/offboarding")).json()["sessions"] is None
    assert (await admin.post(f"/members/{person.id}/offboarding", json={})).status_code == 200
    assert (await client.get("/session")).status_code == 200
    assert (await client.get("/members")).status_code == 403
