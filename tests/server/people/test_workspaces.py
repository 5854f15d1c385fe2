"""Workspaces: making them, seeing them, changing them, putting them away."""

from __future__ import annotations

from pathlib import Path

from studio.domain.access import Role
from studio.domain.ids import INSTANCE
from studio.domain.settings import ServerSettings
from tests.server.kit import Api, running_api


async def test_an_operator_makes_a_workspace_and_is_its_admin(either: Api) -> None:
    operator = await either.signed_in(None, operator=True)
    made = await operator.post("/workspaces", json={"name": "Finance"})
    assert made.status_code == 201, made.text
    assert made.json()["role"] == "admin"
    id = made.json()["id"]
    chosen = await operator.patch("/session", json={"workspace": id})
    assert "member.manage" in chosen.json()["permissions"]
    etag = made.headers["etag"]
    renamed = await operator.patch(f"/workspaces/{id}", json={"name": "Money"}, headers={"if-match": etag})
    assert renamed.json()["name"] == "Money"
    stale = await operator.patch(f"/workspaces/{id}", json={"name": "Cash"}, headers={"if-match": etag})
    assert stale.status_code == 412
    assert [one["name"] for one in (await operator.get("/workspaces")).json()["items"]] == ["Money"]


async def test_others_make_none_unless_that_is_set(api: Api, tmp_path: Path) -> None:
    admin = await api.signed_in(Role.ADMIN)
    refused = await admin.post("/workspaces", json={"name": "Mine"})
    assert (refused.status_code, refused.json()["code"]) == (403, "workspace.operators_only")
    async with running_api(
        tmp_path / "open", driving=False, settings=ServerSettings(port=0, open_workspaces=True)
    ) as other:
        viewer = await other.signed_in(Role.VIEWER)
        made = await viewer.post("/workspaces", json={"name": "Mine"})
        assert made.status_code == 201
        assert (await viewer.patch("/session", json={"workspace": made.json()["id"]})).status_code == 200
        assert (await viewer.post("/workspaces", json={"name": "x", "active": False})).status_code == 422
        for _ in range(19):
            assert (await viewer.post("/workspaces", json={"name": "More"})).status_code == 201
        assert (await viewer.post("/workspaces", json={"name": "More"})).status_code == 409


async def test_only_operators_see_all_and_others_see_their_own(api: Api) -> None:
    await api.workspace("other")
    operator, viewer = await api.signed_in(None, operator=True), await api.signed_in(Role.VIEWER)
    assert {one["id"] for one in (await viewer.get("/workspaces")).json()["items"]} == {"default"}
    assert (await viewer.get("/workspaces", params={"all": True})).status_code == 403
    everything = (await operator.get("/workspaces", params={"all": True})).json()["items"]
    assert {one["id"] for one in everything} == {"default", "other"}
    assert (await viewer.get("/workspaces/other")).status_code == 404
    assert (await viewer.patch("/workspaces/other", json={"name": "Stolen"})).status_code == 404
    assert (await viewer.get("/workspaces/default")).status_code == 200
    refused = await viewer.patch("/workspaces/default", json={"name": "Stolen"})
    assert (refused.status_code, refused.json()["code"]) == (403, "access.missing_permission")


async def test_in_an_archived_workspace_nobody_has_rights(api: Api) -> None:
    admin = await api.signed_in(Role.ADMIN)
    member = await api.signed_in(Role.VIEWER)
    operator = await api.signed_in(None, operator=True)
    assert (await member.get("/members")).status_code == 200
    assert (await admin.patch("/workspaces/default", json={"active": False})).status_code == 200
    assert (await member.get("/members")).status_code == 403
    assert (await member.get("/members", headers={"studio-workspace": "default"})).status_code == 404
    assert (await admin.patch("/workspaces/default", json={"active": True})).status_code == 404
    assert (await admin.get("/workspaces")).json()["items"] == []
    assert (await operator.patch("/workspaces/default", json={"active": True})).status_code == 200
    assert (await member.get("/members")).status_code == 200


async def test_an_operator_appoints_an_admin_where_there_is_none(api: Api) -> None:
    person = await api.account(Role.VIEWER)
    client = api.client(await api.token(person))
    operator = await api.signed_in(None, operator=True)
    assert (await client.get("/invitations")).status_code == 403
    done = await operator.post("/workspaces/default/admins", json={"account": person.id})
    assert done.status_code == 204, done.text
    assert (await client.get("/invitations")).status_code == 200
    assert (await operator.post("/workspaces/none/admins", json={"account": person.id})).status_code == 404
    assert (await operator.post("/workspaces/default/admins", json={"account": "none"})).status_code == 404
    logged = await api.platform.people.records.audit("default", limit=1)
    assert b"member.appointed" in logged[0].value
    assert b"member.appointed" in (await api.platform.people.records.audit(INSTANCE, limit=1))[0].value
