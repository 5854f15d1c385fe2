"""API keys: what they may do, when they end, and what must not be done with them."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2
import msgspec
import pytest

from studio.domain.access import ROLES, Permission, Role
from studio.domain.ids import INSTANCE
from studio.domain.settings import ServerSettings
from studio.services.auditing import read_entry
from tests.server.kit import Api, running_api


async def make(client: httpx2.AsyncClient, **more: Any) -> dict[str, Any]:
    """A new key."""
    made = await client.post("/keys", json={"name": "Shop", **more})
    assert made.status_code == 201, made.text
    return made.json()


async def actions(api: Api, workspace: str = "default") -> list[tuple[str, str]]:
    """Action and reason of the audit log, oldest first."""
    entries = [read_entry(one.value) for one in await api.platform.ports.records.audit(workspace, after=0)]
    return [(one.action, str((one.after or {}).get("reason", ""))) for one in entries]


async def test_a_key_acts_for_its_owner_and_its_token_is_shown_once(either: Api) -> None:
    editor = await either.signed_in(Role.EDITOR)
    made = await make(editor)
    assert made["secret"].startswith(f"sk_default_{made['id']}_")
    assert made["secret"] not in (await editor.get(f"/keys/{made['id']}")).text
    assert made["secret"][-64:] not in (await editor.get("/keys")).text
    client = either.client(made["secret"])
    assert (await client.get("/workflows")).status_code == 200
    assert (await client.post("/workflows", json={"name": "By key"})).status_code == 201
    current = (await client.get("/keys/current")).json()
    assert (current["id"], current["workspace"]) == (made["id"], "default")
    assert set(current["permissions"]) == {str(one) for one in ROLES[Role.EDITOR]}
    assert (await editor.get("/keys/current")).status_code == 404
    for wrong in (made["secret"][:-1] + "0", made["secret"] + "0", "sk_default_x_y", "sk_", f"sk_other_{made['id']}"):
        refused = await either.client(wrong).get("/workflows")
        assert refused.status_code == (200 if wrong == made["secret"] else 401), wrong


async def test_scopes_are_intersected_with_the_owners_rights_of_the_moment(either: Api) -> None:
    account = await either.account(Role.EDITOR)
    editor = either.client(await either.token(account))
    made = await make(editor, permissions=["workflow.view", "workflow.edit"])
    client = either.client(made["secret"])
    assert (await client.post("/workflows", json={"name": "A"})).status_code == 201
    assert (await client.get("/executions")).status_code == 403
    people = either.platform.people
    id = f"default.{account.id}"
    member = (await people.members.need(INSTANCE, id)).value
    await people.records.commit([people.members.put(INSTANCE, id, msgspec.structs.replace(member, role=Role.VIEWER))])
    assert (await client.post("/workflows", json={"name": "B"})).status_code == 403
    assert (await client.get("/workflows")).status_code == 200
    await people.records.commit([people.members.drop(INSTANCE, id)])
    gone = await client.get("/workflows")
    assert (gone.status_code, gone.json()["code"]) == (401, "access.key")
    assert ("key.refused", "owner") in await actions(either)


async def test_keys_of_owners_who_are_not_active_are_void(api: Api) -> None:
    account = await api.account(Role.EDITOR)
    client = api.client((await make(api.client(await api.token(account))))["secret"])
    assert (await client.get("/workflows")).status_code == 200
    people = api.platform.people
    inactive = msgspec.structs.replace(account.value, active=False)
    await people.records.commit([people.accounts.put(INSTANCE, account.id, inactive)])
    assert (await client.get("/workflows")).status_code == 401


async def test_nobody_gives_a_key_more_than_they_have(api: Api) -> None:
    viewer = await api.signed_in(Role.VIEWER)
    wide = await viewer.post("/keys", json={"name": "X", "permissions": ["workflow.view", "workflow.edit"]})
    assert (wide.status_code, wide.json()["code"], wide.json()["param"]) == (
        403, "key.more_than_owner", "permissions",
    )  # fmt: skip
    for unknown in ("self", "public", "instance.operate", "workflow.*"):
        refused = await viewer.post("/keys", json={"name": "X", "permissions": [unknown]})
        assert (refused.status_code, refused.json()["code"]) == (422, "key.permission"), unknown
    made = await make(viewer, permissions=["workflow.view"])
    widened = await viewer.patch(f"/keys/{made['id']}", json={"permissions": ["workflow.edit"]})
    assert widened.status_code == 403
    same = await viewer.patch(f"/keys/{made['id']}", json={"permissions": ["execution.view"]})
    assert (same.status_code, same.json()["permissions"]) == (200, ["execution.view"])


async def test_a_key_makes_changes_and_shows_no_keys(api: Api) -> None:
    admin = await api.signed_in(Role.ADMIN)
    made = await make(admin)
    narrow = await make(admin, permissions=["workflow.view"])
    client = api.client(made["secret"])
    for method, path, body in (
        ("POST", "/keys", {"name": "Wider"}),
        ("PATCH", f"/keys/{narrow['id']}", {"permissions": None}),
        ("POST", f"/keys/{narrow['id']}/rotate", {}),
        ("DELETE", f"/keys/{narrow['id']}", None),
        ("GET", "/keys", None),
        ("POST", "/session/password", {"old_password": "x", "password": "y"}),
        ("PATCH", "/session", {"workspace": "default"}),
    ):
        refused = await client.request(method, path, json=body)
        assert (refused.status_code, refused.json()["code"]) == (403, "access.people_only"), path
    assert (await client.get("/workflows")).status_code == 200
    assert (await admin.patch(f"/keys/{narrow['id']}", json={"permissions": None})).status_code == 200


async def test_revoking_and_expiry_hold_at_once(either: Api) -> None:
    editor = await either.signed_in(Role.EDITOR)
    made = await make(editor)
    client = either.client(made["secret"])
    assert (await client.get("/workflows")).status_code == 200
    assert (await editor.delete(f"/keys/{made['id']}")).status_code == 204
    assert (await client.get("/workflows")).status_code == 401
    assert (await editor.get(f"/keys/{made['id']}")).json()["state"] == "revoked"
    assert (await editor.delete(f"/keys/{made['id']}")).status_code == 204
    again = await editor.post(f"/keys/{made['id']}/rotate", json={})
    assert (again.status_code, again.json()["code"]) == (409, "key.revoked")
    past = await editor.post("/keys", json={"name": "X", "expires_at": "2020-01-01T00:00:00Z"})
    assert (past.status_code, past.json()["param"]) == (422, "expires_at")
    short = await make(editor, expires_at="2999-01-01T00:00:00Z")
    assert (await either.client(short["secret"]).get("/workflows")).status_code == 200
    shelf = either.platform.gateway.shelf
    kept = await shelf.keys.need("default", short["id"])
    ended = msgspec.structs.replace(kept.value, expires_at=either.platform.ports.clock() - 1)
    await shelf.records.commit([shelf.keys.put("default", kept.id, ended)])
    assert (await either.client(short["secret"]).get("/workflows")).status_code == 401
    assert (await editor.get(f"/keys/{short['id']}")).json()["state"] == "expired"
    assert {("key.refused", "revoked"), ("key.refused", "expired")} <= set(await actions(either))


async def test_rotation_lets_the_old_token_go_on_for_a_while(either: Api) -> None:
    editor = await either.signed_in(Role.EDITOR)
    made = await make(editor)
    second = (await editor.post(f"/keys/{made['id']}/rotate", json={"grace_seconds": 3600})).json()
    assert second["id"] == made["id"]
    for token in (made["secret"], second["secret"]):
        assert (await either.client(token).get("/workflows")).status_code == 200
    third = (await editor.post(f"/keys/{made['id']}/rotate", json={"grace_seconds": 0})).json()
    statuses = [
        (await either.client(token).get("/workflows")).status_code
        for token in (made["secret"], second["secret"], third["secret"])
    ]
    assert statuses == [401, 401, 200]
    fourth = (await editor.post(f"/keys/{made['id']}/rotate", json={"grace_seconds": 3600})).json()
    shelf = either.platform.gateway.shelf
    kept = await shelf.keys.need("default", made["id"])
    over = msgspec.structs.replace(kept.value, old_until=either.platform.ports.clock() - 1)
    await shelf.records.commit([shelf.keys.put("default", kept.id, over)])
    assert (await either.client(third["secret"]).get("/workflows")).status_code == 401
    assert (await either.client(fourth["secret"]).get("/workflows")).status_code == 200


async def test_keys_of_others(either: Api) -> None:
    account = await either.account(Role.EDITOR)
    editor, admin = either.client(await either.token(account)), await either.signed_in(Role.ADMIN)
    made = await make(editor)
    other = await either.signed_in(Role.EDITOR)
    for method, path in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("GET", "/usage"), ("POST", "/rotate")):
        body: dict[str, Any] | None = {} if method in ("PATCH", "POST") else None
        assert (await other.request(method, f"/keys/{made['id']}{path}", json=body)).status_code == 404, path
    assert (await other.get("/keys", params={"owner": account.id})).status_code == 403
    assert (await other.get("/keys", params={"owner": "*"})).status_code == 403
    assert [one["id"] for one in (await admin.get("/keys", params={"owner": "*"})).json()["items"]] == [made["id"]]
    assert (await admin.get("/keys")).json()["items"] == []
    assert (await admin.get(f"/keys/{made['id']}")).status_code == 200
    rotated = await admin.post(f"/keys/{made['id']}/rotate", json={})
    assert (rotated.status_code, rotated.json()["code"]) == (403, "key.another_person")
    forged = await admin.post("/keys", json={"name": "X", "owner": account.id})
    assert (forged.status_code, forged.json()["code"]) == (403, "key.another_person")
    all_of_it = await admin.patch(f"/keys/{made['id']}", json={"permissions": None})
    assert (all_of_it.status_code, all_of_it.json()["code"]) == (403, "key.all_of_another")
    narrowed = await admin.patch(f"/keys/{made['id']}", json={"permissions": ["workflow.view"]})
    assert (narrowed.status_code, narrowed.json()["permissions"]) == (200, ["workflow.view"])
    assert (await admin.delete(f"/keys/{made['id']}")).status_code == 204
    assert (await either.client(made["secret"]).get("/workflows")).status_code == 401


async def test_keys_of_service_accounts(either: Api) -> None:
    service = await either.account(Role.SERVICE, service_of="default")
    stranger = await either.account(Role.SERVICE, "other", service_of="other")
    admin, editor = await either.signed_in(Role.ADMIN), await either.signed_in(Role.EDITOR)
    made = await make(admin, owner=service.id)
    assert set(made["permissions"]) == {str(one) for one in ROLES[Role.SERVICE]}
    client = either.client(made["secret"])
    assert (await client.get("/executions")).status_code == 200
    assert (await client.post("/workflows", json={"name": "A"})).status_code == 403
    assert (await editor.post("/keys", json={"name": "X", "owner": service.id})).status_code == 403
    for nobody in (stranger.id, "nobody"):
        assert (await admin.post("/keys", json={"name": "X", "owner": nobody})).status_code == 404
    assert (await admin.post(f"/keys/{made['id']}/rotate", json={})).status_code == 200


async def test_keys_belong_to_one_workspace(either: Api) -> None:
    await either.workspace("other")
    account = await either.account(Role.ADMIN)
    people = either.platform.people
    member = (await people.members.need(INSTANCE, f"default.{account.id}")).value
    twice = msgspec.structs.replace(member, workspace="other")
    await people.records.commit([people.members.put(INSTANCE, f"other.{account.id}", twice)])
    admin = either.client(await either.token(account), **{"studio-workspace": "default"})
    made = await make(admin)
    client = either.client(made["secret"])
    assert (await client.get("/workflows")).status_code == 200
    assert (await client.get("/workflows", headers={"studio-workspace": "default"})).status_code == 200
    assert (await client.get("/workflows", headers={"studio-workspace": "other"})).status_code == 404
    assert (await admin.get(f"/keys/{made['id']}", headers={"studio-workspace": "other"})).status_code == 404
    moved = made["secret"].replace("sk_default_", "sk_other_")
    assert (await either.client(moved).get("/workflows")).status_code == 401
    instance = made["secret"].replace("sk_default_", "sk__instance_")
    assert (await either.client(instance).get("/workflows")).status_code == 401


async def test_a_key_in_an_address_is_not_used(api: Api) -> None:
    made = await make(await api.signed_in(Role.EDITOR))
    good = api.client(made["secret"])
    for path in (
        f"/workflows?token={made['secret']}",
        f"/workflows/{made['secret']}",
        f"/workflows?q=%73k{made['secret'][2:]}",
    ):
        for client in (api.client(), good):
            refused = await client.get(path)
            assert (refused.status_code, refused.json()["code"]) == (422, "access.key_in_address"), path
            assert made["secret"] not in refused.text
    assert (await good.get("/workflows?q=sk_default")).status_code == 200
    for scheme in ("Basic", "Token", ""):
        refused = await api.client(authorization=f"{scheme} {made['secret']}".strip()).get("/workflows")
        assert refused.status_code == 401
    assert (await api.client(cookie=f"studio_session={made['secret']}").get("/workflows")).status_code == 401


@pytest.mark.parametrize(
    ("allowed", "ok"),
    [(["127.0.0.1"], True), (["127.0.0.0/8", "2001:db8::/32"], True), (["10.0.0.0/8"], False), (["::1"], False)],
)
async def test_keys_are_held_to_their_networks(api: Api, allowed: list[str], ok: bool) -> None:
    editor = await api.signed_in(Role.EDITOR)
    made = await make(editor, ips=allowed)
    client = api.client(made["secret"])
    answer = await client.get("/workflows")
    assert answer.status_code == (200 if ok else 403)
    # Nobody but a trusted proxy says where a request comes from.
    for header in ("x-forwarded-for", "forwarded", "x-real-ip", "cf-connecting-ip", "true-client-ip"):
        spoofed = await client.get("/workflows", headers={header: "10.1.2.3"})
        assert spoofed.status_code == (200 if ok else 403), header
    if not ok:
        assert answer.json()["code"] == "key.ip_refused"
        assert [one for one in await actions(api) if one[0] == "key.refused"] == [("key.refused", "ip")]
        assert (await editor.patch(f"/keys/{made['id']}", json={"ips": []})).status_code == 200
        assert (await client.get("/workflows")).status_code == 200


async def test_networks_that_are_none_are_refused(api: Api) -> None:
    editor = await api.signed_in(Role.EDITOR)
    for bad in ("10.0.0.0/33", "example.org", "", "10.0.0", "::/129"):
        refused = await editor.post("/keys", json={"name": "X", "ips": [bad]})
        assert (refused.status_code, refused.json()["param"]) == (422, "ips"), bad
    made = await make(editor, ips=["10.1.2.3/8", "::FFFF:0:0/96", "10.0.0.0/8"])
    assert made["ips"] == ["10.0.0.0/8", "::ffff:0:0/96"]


async def test_behind_a_proxy_its_word_counts_and_the_callers_does_not(tmp_path: Any) -> None:
    settings = ServerSettings(port=0, requests_per_minute=0, trusted_proxies=("127.0.0.1",))
    async with running_api(tmp_path / "data", settings=settings) as api:
        made = await make(await api.signed_in(Role.EDITOR), ips=["203.0.113.7"])
        client = api.client(made["secret"])
        told = {"203.0.113.7": 200, "198.51.100.1": 403, "203.0.113.7, 198.51.100.1": 403, "::ffff:203.0.113.7": 200}
        for forwarded, status in told.items():
            answer = await client.get("/workflows", headers={"x-forwarded-for": forwarded})
            assert answer.status_code == status, forwarded


async def test_quotas_of_a_minute_and_a_day(either: Api) -> None:
    editor = await either.signed_in(Role.EDITOR)
    made = await make(editor, requests_per_minute=5)
    client = either.client(made["secret"])
    answers = await asyncio.gather(*(client.get("/workflows") for _ in range(12)))
    assert sorted(one.status_code for one in answers) == [200] * 5 + [429] * 7
    refused = next(one for one in answers if one.status_code == 429)
    assert refused.json()["code"] == "key.per_minute"
    assert 1 <= int(refused.headers["retry-after"]) <= 12
    daily = await make(editor, requests_per_day=7)
    second = either.client(daily["secret"])
    answers = await asyncio.gather(*(second.get("/workflows") for _ in range(20)))
    assert sorted(one.status_code for one in answers) == [200] * 7 + [429] * 13
    await either.platform.gateway.counting.write()
    usage = (await editor.get(f"/keys/{daily['id']}/usage")).json()["items"]
    assert [(one["requests"], one["refused"]) for one in usage] == [(7, 13)]
    assert (await second.get("/workflows")).status_code == 429
    shown = (await editor.get(f"/keys/{daily['id']}")).json()
    assert shown["last_used_from"] == "127.0.0.1"
    assert (await editor.patch(f"/keys/{daily['id']}", json={"requests_per_day": 8})).status_code == 200
    assert [(await second.get("/workflows")).status_code for _ in range(2)] == [200, 429]


async def test_another_server_counts_on_from_what_is_written(either: Api) -> None:
    from studio.services.gateway.buckets import Buckets
    from studio.services.gateway.counting import Counting

    editor = await either.signed_in(Role.EDITOR)
    made = await make(editor, requests_per_day=4)
    client = either.client(made["secret"])
    assert [(await client.get("/workflows")).status_code for _ in range(3)] == [200] * 3
    await either.platform.gateway.counting.write()
    shelf, ports = either.platform.gateway.shelf, either.platform.ports
    other = Counting(shelf, ports.clock, Buckets())
    kept = await shelf.keys.need("default", made["id"])
    await other.request("default", kept.id, kept.value, "10.0.0.1")
    with pytest.raises(Exception, match="4 requests a day"):
        await other.request("default", kept.id, kept.value, "10.0.0.1")
    await other.close()
    assert (await client.get("/workflows")).status_code == 200  # it has not heard of the other's yet
    await either.platform.gateway.counting.write()
    assert (await client.get("/workflows")).status_code == 429
    day = (await shelf.days.page("default", parent=kept.id)).items[0].value
    assert (day.requests, day.refused) == (5, 1)


async def test_changes_carry_revisions_and_the_log_no_secret(either: Api) -> None:
    editor = await either.signed_in(Role.EDITOR)
    made = await make(editor, name="=cmd|' /C calc'!A0\nsecond line")
    etag = (await editor.get(f"/keys/{made['id']}")).headers["etag"]
    assert (await either.client(made["secret"]).get("/workflows")).status_code == 200
    await either.platform.gateway.counting.write()
    # Being used does not change a key.
    changed = await editor.patch(f"/keys/{made['id']}", json={"name": "New"}, headers={"if-match": etag})
    assert (changed.status_code, changed.json()["name"]) == (200, "New")
    stale = await editor.patch(f"/keys/{made['id']}", json={"name": "Late"}, headers={"if-match": etag})
    assert stale.status_code == 412
    await editor.post(f"/keys/{made['id']}/rotate", json={})
    log = [one.value for one in await either.platform.ports.records.audit("default", after=0)]
    assert [read_entry(one).action for one in log] == ["key.created", "key.changed", "key.rotated"]
    assert not any(made["secret"][-64:].encode() in one for one in log)
    changed_entry = read_entry(log[1])
    assert (changed_entry.before, changed_entry.after) == ({"name": made["name"]}, {"name": "New"})


async def test_every_permission_can_be_the_only_one(api: Api) -> None:
    admin = await api.signed_in(Role.ADMIN)
    made = await make(admin, permissions=sorted(ROLES[Role.ADMIN]))
    assert len(made["permissions"]) == len(ROLES[Role.ADMIN])
    none = await make(admin, permissions=[])
    assert (await api.client(none["secret"]).get("/workflows")).status_code == 403
    only = await make(admin, permissions=[Permission.NODE_VIEW])
    assert (await api.client(only["secret"]).get("/nodes")).status_code == 200


async def test_a_key_for_certain_workflows_reaches_nothing_else(api: Api) -> None:
    admin = await api.signed_in(Role.ADMIN)
    ids = [(await admin.post("/workflows", json={"name": name})).json()["id"] for name in ("One", "Two")]
    made = await make(admin, workflows=[ids[0]])
    client = api.client(made["secret"])
    assert (await client.get(f"/workflows/{ids[0]}")).status_code == 200
    assert (await client.get("/nodes")).status_code == 200
    assert [one["id"] for one in (await client.get("/workflows")).json()["items"]] == [ids[0]]
    for method, path, body in (
        ("POST", "/invitations", {"email": "eve@example.org", "role": "admin"}), ("GET", "/audit", None),
        ("GET", "/credentials", None), ("GET", "/variables", None), ("PUT", "/variables/a", {"value": 1}),
        ("GET", f"/workflows/{ids[1]}", None),
    ):  # fmt: skip
        refused = await client.request(method, path, json=body)
        assert refused.status_code == 403, (method, path, refused.text)
    # Who wants more of it says so.
    wider = await make(admin, workflows=[ids[0]], permissions=["workflow.view", "variable.view"])
    assert (await api.client(wider["secret"]).get("/variables")).status_code == 200
