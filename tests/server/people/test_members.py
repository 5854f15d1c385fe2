"""Members, roles and groups: who may give what, and that it holds at once."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2
import pytest

from studio.domain.access import Actor, Permission, Role
from studio.domain.errors import RecordChanged
from studio.domain.ids import DEFAULT_WORKSPACE, INSTANCE
from studio.services._collection import Kept
from studio.services.people.guards import require_roles
from studio.services.people.model import Account, member_id
from tests.server.kit import Api

MANAGER = ["member.view", "member.manage", "workflow.view"]


async def custom_role(client: httpx2.AsyncClient, name: str, permissions: list[str]) -> str:
    """A role that the workspace made; its id."""
    made = await client.post("/roles", json={"name": name, "permissions": permissions})
    assert made.status_code == 201, made.text
    return made.json()["id"]


async def manager(api: Api) -> tuple[httpx2.AsyncClient, httpx2.AsyncClient, Kept[Account]]:
    """An Admin, and somebody who manages members but may little else."""
    admin = await api.signed_in(Role.ADMIN)
    role = await custom_role(admin, "People", MANAGER)
    account = await api.account(role)
    return admin, api.client(await api.token(account)), account


async def test_members_are_listed_by_name_in_pages_and_searched(either: Api) -> None:
    client = await either.signed_in(Role.VIEWER, name="Zoe")
    for name in ("Émile Zola", "ada", "Grace Hopper", "Bob"):
        await either.account(Role.EDITOR, name=name)
    await either.account(Role.EDITOR, "other", name="Eve")
    first = (await client.get("/members", params={"limit": 3})).json()
    assert [one["name"] for one in first["items"]] == ["ada", "Bob", "Grace Hopper"]
    second = (await client.get("/members", params={"limit": 3, "cursor": first["next"]})).json()
    assert [one["name"] for one in second["items"]] == ["Zoe", "Émile Zola"]
    assert second["next"] is None
    found = (await client.get("/members", params={"q": "ÉMILE"})).json()["items"]
    assert [one["name"] for one in found] == ["Émile Zola"]
    editors = (await client.get("/members", params={"role": "editor"})).json()["items"]
    assert len(editors) == 4


async def test_a_changed_role_holds_at_the_next_request(either: Api) -> None:
    admin = await either.signed_in(Role.ADMIN)
    person = await either.account(Role.VIEWER)
    client = either.client(await either.token(person))
    assert (await client.post("/workflows", json={"document": {}})).status_code == 403
    shown = await admin.get(f"/members/{person.id}")
    etag = shown.headers["etag"]
    changed = await admin.patch(f"/members/{person.id}", json={"role": "editor"}, headers={"if-match": etag})
    assert changed.json()["role"] == "editor"
    assert (await client.post("/workflows", json={"document": {}})).status_code != 403
    stale = await admin.patch(f"/members/{person.id}", json={"role": "viewer"}, headers={"if-match": etag})
    assert stale.status_code == 412
    logged = await either.platform.people.records.audit(DEFAULT_WORKSPACE, limit=1)
    assert b"member.changed" in logged[0].value


async def test_removal_holds_while_a_session_is_open(api: Api) -> None:
    admin = await api.signed_in(Role.ADMIN)
    person = await api.account(Role.EDITOR)
    client = api.client(await api.token(person))
    assert (await client.get("/members")).status_code == 200
    assert (await admin.delete(f"/members/{person.id}")).status_code == 204
    assert (await client.get("/members")).status_code == 403
    assert (await client.get("/members", headers={"studio-workspace": "default"})).status_code == 404
    assert (await client.get("/session")).status_code == 200


async def test_the_last_admin_stays(either: Api) -> None:
    admin = await either.account(Role.ADMIN)
    client = either.client(await either.token(admin))
    for asked in (
        client.patch(f"/members/{admin.id}", json={"role": "viewer"}),
        client.delete(f"/members/{admin.id}"),
    ):
        refused = await asked
        assert (refused.status_code, refused.json()["code"]) == (409, "member.last_admin")
    # Neither somebody who is not active nor a service account counts.
    await either.account(Role.ADMIN, active=False)
    await client.post("/service-accounts", json={"name": "Robot", "role": "admin"})
    assert (await client.delete(f"/members/{admin.id}")).status_code == 409
    await either.account(Role.ADMIN)
    assert (await client.delete(f"/members/{admin.id}")).status_code == 204


async def test_two_admins_who_demote_each_other_at_once_leave_one(either: Api) -> None:
    one, two = await either.account(Role.ADMIN), await either.account(Role.ADMIN)
    first, second = either.client(await either.token(one)), either.client(await either.token(two))
    await asyncio.gather(
        first.patch(f"/members/{two.id}", json={"role": "viewer"}),
        second.patch(f"/members/{one.id}", json={"role": "viewer"}),
    )
    people = either.platform.people
    members = await people.members.all(INSTANCE, parent=DEFAULT_WORKSPACE)
    assert "admin" in [member.value.role for member in members]


async def test_the_last_admin_through_a_group_stays(api: Api) -> None:
    admin = await api.account(Role.ADMIN)
    client = api.client(await api.token(admin))
    group = (await client.post("/groups", json={"name": "Admins", "role": "admin"})).json()["id"]
    assert (await client.post(f"/groups/{group}/members", json={"add": [admin.id]})).json() == {"changed": 1}
    # Demoted, the group still makes them one.
    assert (await client.patch(f"/members/{admin.id}", json={"role": "viewer"})).status_code == 200
    for asked in (
        client.patch(f"/groups/{group}", json={"role": "viewer"}),
        client.patch(f"/groups/{group}", json={"role": None}),
        client.delete(f"/groups/{group}"),
        client.post(f"/groups/{group}/members", json={"remove": [admin.id]}),
        client.patch(f"/members/{admin.id}", json={"groups": []}),
    ):
        refused = await asked
        assert (refused.status_code, refused.json()["code"]) == (409, "member.last_admin"), refused.text
    await api.account(Role.ADMIN)
    assert (await client.delete(f"/groups/{group}")).status_code == 204


async def test_nobody_gives_more_than_they_have(api: Api) -> None:
    admin, client, own = await manager(api)
    person = await api.account(Role.SERVICE)
    weak = await custom_role(client, "Reader", ["workflow.view"])
    victim = await api.account(weak)
    folder = (await admin.post("/folders", json={"name": "Finance"})).json()["id"]
    mighty = (await admin.post("/groups", json={"name": "Mighty", "role": "editor"})).json()["id"]
    by_folder = (
        await admin.post("/groups", json={"name": "Folders", "folders": {folder: "editor"}})
    ).json()["id"]  # fmt: skip
    tries: list[tuple[str, str, dict[str, Any]]] = [
        ("PATCH", f"/members/{victim.id}", {"role": "admin"}),
        ("PATCH", f"/members/{own.id}", {"role": "admin"}),
        ("PATCH", f"/members/{own.id}", {"folders": {folder: "editor"}}),
        ("PATCH", f"/members/{own.id}", {"groups": [mighty]}),
        ("PATCH", f"/members/{own.id}", {"groups": [by_folder]}),
        ("POST", f"/groups/{mighty}/members", {"add": [own.id]}),
        ("POST", "/groups", {"name": "Mine", "role": "admin"}),
        ("POST", "/groups", {"name": "Mine", "folders": {folder: "editor"}}),
        ("PATCH", f"/groups/{mighty}", {"name": "Ours"}),
        ("DELETE", f"/groups/{mighty}", {}),
        ("POST", "/roles", {"name": "Mine", "permissions": ["workflow.publish"]}),
        ("PATCH", f"/roles/{weak}", {"permissions": ["workflow.view", "credential.manage"]}),
        ("POST", "/invitations", {"email": "friend@example.org", "role": "admin"}),
        ("POST", "/service-accounts", {"name": "Robot", "role": "admin"}),
    ]
    for method, path, body in tries:
        refused = await client.request(method, path, json=body)
        assert (refused.status_code, refused.json()["code"]) == (403, "access.not_yours_to_give"), (path, refused.text)
    # Those who may more than they are not theirs to change.
    for method, path in (
        ("PATCH", f"/members/{person.id}"),
        ("DELETE", f"/members/{person.id}"),
        ("DELETE", f"/members/{person.id}/sessions"),
        ("POST", f"/members/{person.id}/offboarding"),
    ):
        refused = await client.request(method, path, json={})
        assert (refused.status_code, refused.json()["code"]) == (403, "member.mightier"), path
    allowed = await client.patch(f"/members/{victim.id}", json={"folders": {folder: weak}})
    assert allowed.status_code == 200, allowed.text
    assert (await client.post("/invitations", json={"email": "f@example.org", "role": weak})).status_code == 201
    assert (await client.patch(f"/members/{victim.id}", json={"role": weak, "folders": {}})).status_code == 200


async def test_a_larger_role_does_not_reach_who_gives_it_meanwhile(api: Api) -> None:
    """The role that was asked about is the one that is given."""
    admin, _, own = await manager(api)
    role = await custom_role(admin, "Small", ["workflow.view"])
    people = api.platform.people
    found = await api.platform.sessions.actor(await api.token(own), "", asking=Actor())
    assert found is not None
    victim = await api.account(Role.VIEWER)
    held = await require_roles(people, found[0], DEFAULT_WORKSPACE, role, {})
    assert (await admin.patch(f"/roles/{role}", json={"permissions": ["workflow.edit"]})).status_code == 200
    with pytest.raises(RecordChanged):
        await people.records.commit([*held, people.members.drop(INSTANCE, member_id(DEFAULT_WORKSPACE, victim.id))])


async def test_another_workspace_is_not_found_in_every_nested_place(api: Api) -> None:
    admin, other = await api.signed_in(Role.ADMIN), await api.signed_in(Role.ADMIN, "other")
    theirs = await api.account(Role.VIEWER, "other")
    mine = await api.account(Role.VIEWER)
    role = await custom_role(other, "Theirs", ["workflow.view"])
    group = (await other.post("/groups", json={"name": "Theirs"})).json()["id"]
    folder = (await other.post("/folders", json={"name": "Theirs"})).json()["id"]
    service = (await other.post("/service-accounts", json={"name": "Robot"})).json()["id"]
    invitation = (await other.post("/invitations", json={"email": "x@example.org", "role": "viewer"})).json()["id"]
    own_group = (await admin.post("/groups", json={"name": "Mine"})).json()["id"]
    tries: list[tuple[str, str, dict[str, Any]]] = [
        ("GET", f"/members/{theirs.id}", {}),
        ("PATCH", f"/members/{theirs.id}", {"role": "viewer"}),
        ("DELETE", f"/members/{theirs.id}", {}),
        ("DELETE", f"/members/{theirs.id}/sessions", {}),
        ("POST", f"/members/{theirs.id}/reset-link", {}),
        ("DELETE", f"/members/{theirs.id}/second-factor", {}),
        ("GET", f"/members/{theirs.id}/offboarding", {}),
        ("POST", f"/members/{theirs.id}/offboarding", {}),
        ("POST", f"/members/{mine.id}/offboarding", {"heir": theirs.id}),
        ("POST", f"/members/{mine.id}/handover", {"to": theirs.id}),
        ("PATCH", f"/members/{mine.id}", {"role": role}),
        ("PATCH", f"/members/{mine.id}", {"groups": [group]}),
        ("PATCH", f"/members/{mine.id}", {"folders": {folder: "viewer"}}),
        ("GET", f"/roles/{role}", {}),
        ("PATCH", f"/roles/{role}", {"name": "Mine"}),
        ("DELETE", f"/roles/{role}", {}),
        ("GET", f"/groups/{group}", {}),
        ("PATCH", f"/groups/{group}", {"name": "Mine"}),
        ("DELETE", f"/groups/{group}", {}),
        ("POST", f"/groups/{group}/members", {"add": [mine.id]}),
        ("POST", f"/groups/{own_group}/members", {"add": [theirs.id]}),
        ("POST", "/groups", {"name": "New", "role": role}),
        ("POST", "/groups", {"name": "New", "folders": {folder: "viewer"}}),
        ("GET", f"/service-accounts/{service}", {}),
        ("PATCH", f"/service-accounts/{service}", {"name": "Mine"}),
        ("DELETE", f"/service-accounts/{service}", {}),
        ("DELETE", f"/service-accounts/{mine.id}", {}),
        ("POST", "/service-accounts", {"name": "Robot", "role": role}),
        ("DELETE", f"/invitations/{invitation}", {}),
        ("POST", "/invitations", {"email": "y@example.org", "role": role}),
    ]
    for method, path, body in tries:
        answer = await admin.request(method, path, json=body)
        assert answer.status_code == 404, (method, path, answer.text)
    assert (await other.get(f"/members/{theirs.id}")).status_code == 200
    assert (await other.delete(f"/invitations/{invitation}")).status_code == 204
    assert (await other.delete(f"/service-accounts/{service}")).status_code == 204
    assert (await other.delete(f"/roles/{role}")).status_code == 204


async def test_unknown_fields_are_refused(api: Api) -> None:
    admin = await api.signed_in(Role.ADMIN)
    person = await api.account(Role.VIEWER)
    tries: list[tuple[str, str, dict[str, Any]]] = [
        ("PATCH", f"/members/{person.id}", {"role": "viewer", "account": "x"}),
        ("PATCH", "/profile", {"name": "Ada", "operator": True}),
        ("PATCH", "/profile", {"email": "other@example.org"}),
        ("POST", "/roles", {"name": "x", "permissions": [], "id": "admin"}),
        ("POST", "/groups", {"name": "x", "external_id": "y"}),
        ("POST", "/invitations", {"email": "a@example.org", "role": "viewer", "operator": True}),
        ("POST", "/service-accounts", {"name": "x", "operator": True}),
    ]
    for method, path, body in tries:
        refused = await admin.request(method, path, json=body)
        assert (refused.status_code, refused.json()["code"]) == (422, "request.invalid"), path
        assert refused.json()["problems"][0]["code"] == "extra_forbidden", path


async def test_roles_are_made_changed_and_deleted(either: Api) -> None:
    admin = await either.signed_in(Role.ADMIN)
    listed = (await admin.get("/roles")).json()
    assert [one["id"] for one in listed["items"]] == ["admin", "editor", "viewer", "service"]
    assert "instance.operate" not in listed["permissions"]
    role = await custom_role(admin, "Runner", ["workflow.view", "workflow.execute"])
    person = await either.account(role, name="Ada")
    client = either.client(await either.token(person))
    assert (await client.post("/executions", json={"workflow": "none"})).status_code == 404
    assert (await client.post("/workflows", json={})).status_code == 403
    changed = await admin.patch(f"/roles/{role}", json={"permissions": ["workflow.view"]})
    assert changed.json()["permissions"] == ["workflow.view"]
    assert (await client.post("/executions", json={"workflow": "none"})).status_code == 403
    in_use = await admin.delete(f"/roles/{role}")
    assert (in_use.status_code, in_use.json()["code"]) == (409, "role.in_use")
    assert "Ada" in in_use.json()["detail"]
    assert (await admin.patch(f"/members/{person.id}", json={"role": "viewer"})).status_code == 200
    assert (await admin.delete(f"/roles/{role}")).status_code == 204


@pytest.mark.parametrize("place", ["folder", "group", "group folder", "invitation"])
async def test_a_role_that_is_used_anywhere_stays(api: Api, place: str) -> None:
    admin = await api.signed_in(Role.ADMIN)
    role = await custom_role(admin, "Reader", ["workflow.view"])
    folder = (await admin.post("/folders", json={"name": "Finance"})).json()["id"]
    person = await api.account(Role.VIEWER)
    if place == "folder":
        used = await admin.patch(f"/members/{person.id}", json={"folders": {folder: role}})
    elif place == "group":
        used = await admin.post("/groups", json={"name": "G", "role": role})
    elif place == "group folder":
        used = await admin.post("/groups", json={"name": "G", "folders": {folder: role}})
    else:
        used = await admin.post("/invitations", json={"email": "x@example.org", "role": role})
    assert used.status_code in (200, 201), used.text
    assert (await admin.delete(f"/roles/{role}")).status_code == 409


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"name": "Admin", "permissions": []}, 409, "role.name_taken"),
        ({"name": "  ", "permissions": []}, 422, "account.name"),
        ({"name": "X", "permissions": ["instance.operate"]}, 422, "role.permission"),
        ({"name": "X", "permissions": ["self"]}, 422, "role.permission"),
        ({"name": "X", "permissions": ["nonsense"]}, 422, "role.permission"),
    ],
)
async def test_roles_that_will_not_do(api: Api, body: dict[str, Any], status: int, code: str) -> None:
    admin = await api.signed_in(Role.ADMIN)
    refused = await admin.post("/roles", json=body)
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert (await admin.post("/roles", json={"name": "X", "permissions": []})).status_code == 201
    assert (await admin.post("/roles", json={"name": "x", "permissions": []})).status_code == 409


async def test_built_in_roles_cannot_be_changed(api: Api) -> None:
    admin = await api.signed_in(Role.ADMIN)
    for role in Role:
        assert (await admin.patch(f"/roles/{role}", json={"permissions": []})).status_code == 404
        assert (await admin.delete(f"/roles/{role}")).status_code == 404


async def test_groups_give_rights_and_take_them_back(either: Api) -> None:
    admin = await either.signed_in(Role.ADMIN)
    person = await either.account(Role.VIEWER)
    client = either.client(await either.token(person))
    group = (await admin.post("/groups", json={"name": "Editors", "role": "editor"})).json()["id"]
    added = await admin.post(f"/groups/{group}/members", json={"add": [person.id]})
    assert added.json() == {"changed": 1}
    assert (await client.post("/folders", json={"name": "Ours"})).status_code == 201
    assert (await admin.get("/groups")).json()["items"][0]["members"] == 1
    listed = (await admin.get("/members", params={"group": group})).json()["items"]
    assert [one["id"] for one in listed] == [person.id]
    assert (await admin.post("/groups", json={"name": "EDITORS"})).status_code == 409
    assert (await admin.delete(f"/groups/{group}")).status_code == 204
    assert (await client.post("/folders", json={"name": "Others"})).status_code == 403
    assert (await admin.get(f"/members/{person.id}")).json()["groups"] == []


async def test_all_or_none_come_into_a_group(api: Api) -> None:
    admin = await api.signed_in(Role.ADMIN)
    person = await api.account(Role.VIEWER)
    group = (await admin.post("/groups", json={"name": "G"})).json()["id"]
    refused = await admin.post(f"/groups/{group}/members", json={"add": [person.id, "nobody"]})
    assert refused.status_code == 404
    assert (await admin.get(f"/groups/{group}")).json()["members"] == 0


async def test_a_folder_grant_holds_there_and_below(api: Api) -> None:
    admin = await api.signed_in(Role.ADMIN)
    role = await custom_role(admin, "Guest", [])
    person = await api.account(role)
    client = api.client(await api.token(person))
    top = (await admin.post("/folders", json={"name": "Top"})).json()["id"]
    below = (await admin.post("/folders", json={"name": "Below", "parent": top})).json()["id"]
    beside = (await admin.post("/folders", json={"name": "Beside"})).json()["id"]
    document: dict[str, Any] = {
        "studio": 1,
        "name": "W",
        "nodes": {"a": {"type": "flow.set", "params": {"values": {}}}},
    }
    made = {
        folder: (await admin.post("/workflows", json={"document": document, "folder": folder, "key": key})).json()["id"]
        for folder, key in ((below, "one"), (beside, "two"))
    }
    assert (await client.get(f"/workflows/{made[below]}")).status_code == 403
    granted = await admin.patch(f"/members/{person.id}", json={"folders": {top: "editor"}})
    assert granted.status_code == 200, granted.text
    assert (await client.get(f"/workflows/{made[below]}")).status_code == 200
    assert (await client.get(f"/workflows/{made[beside]}")).status_code == 404
    assert (await client.get("/members")).status_code == 403
    await admin.patch(f"/members/{person.id}", json={"folders": {}})
    assert (await client.get(f"/workflows/{made[below]}")).status_code == 403


async def test_service_accounts_have_no_session_and_end_for_good(either: Api) -> None:
    admin = await either.signed_in(Role.ADMIN)
    made = await admin.post("/service-accounts", json={"name": "Nightly"})
    assert made.status_code == 201, made.text
    id = made.json()["id"]
    assert (made.json()["role"], made.json()["active"]) == ("service", True)
    assert (await either.platform.people.accounts.need(INSTANCE, id)).value.service_of == "default"
    assert [one["name"] for one in (await admin.get("/service-accounts")).json()["items"]] == ["Nightly"]
    assert id not in [one["id"] for one in (await admin.get("/members")).json()["items"]]
    assert (await admin.post(f"/members/{id}/reset-link")).status_code == 409
    renamed = await admin.patch(f"/service-accounts/{id}", json={"name": "Daily", "active": False})
    assert (renamed.json()["name"], renamed.json()["active"]) == ("Daily", False)
    assert (await admin.patch(f"/members/{id}", json={"role": "viewer"})).status_code == 200
    assert (await admin.delete(f"/service-accounts/{id}")).status_code == 204
    assert (await admin.get(f"/service-accounts/{id}")).status_code == 404


def test_execute_is_apart_from_edit_and_publish() -> None:
    assert len({Permission.WORKFLOW_EXECUTE, Permission.WORKFLOW_EDIT, Permission.WORKFLOW_PUBLISH}) == 3
