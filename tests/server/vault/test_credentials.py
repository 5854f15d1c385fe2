"""Credentials: what is shown of them, who may do what, and changes that would send a secret elsewhere."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from studio.domain.access import Role
from tests.server.kit import Api

MARKER = "planted-9f8e7d6c"


async def make(client: httpx2.AsyncClient, name: str = "mail", **fields: Any) -> dict[str, Any]:
    """A bearer token."""
    fields = {"token": MARKER, "hosts": ["api.example.org"], **fields}
    answer = await client.post("/credentials", json={"name": name, "type": "http.bearer", "fields": fields})
    assert answer.status_code == 201, answer.text
    assert MARKER not in answer.text
    return answer.json()


async def share(owner: httpx2.AsyncClient, id: str, **sharing: Any) -> None:
    """Say who may use it."""
    answer = await owner.put(f"/credentials/{id}/sharing", json=sharing)
    assert answer.status_code == 200, answer.text


async def stored(api: Api, id: str) -> dict[str, Any]:
    """What is kept of its secret fields."""
    return (await api.platform.ports.lookup.vault.secrets.need("default", id)).value.fields


async def test_a_credential_is_made_shown_changed_and_deleted(either: Api) -> None:
    client = await either.signed_in(Role.EDITOR)
    made = await make(client)
    assert made["fields"] == {"hosts": ["api.example.org"]}
    assert made["secrets"] == [{"name": "token", "reference": None}]
    shown = await client.get(f"/credentials/{made['id']}")
    assert (shown.json()["level"], shown.headers["etag"]) == ("manage", '"1"')
    assert await stored(either, made["id"]) == {"token": MARKER}
    changed = await client.patch(
        f"/credentials/{made['id']}", json={"name": "Mail out", "description": "For reports"},
        headers={"if-match": shown.headers["etag"]},
    )  # fmt: skip
    assert changed.json()["name"] == "Mail out"
    assert await stored(either, made["id"]) == {"token": MARKER}
    late = await client.patch(f"/credentials/{made['id']}", json={"name": "x"}, headers={"if-match": '"1"'})
    assert late.status_code == 412
    listed = (await client.get("/credentials")).json()
    assert [one["name"] for one in listed["items"]] == ["Mail out"]
    assert (await client.delete(f"/credentials/{made['id']}")).status_code == 204
    assert (await client.get(f"/credentials/{made['id']}")).status_code == 404
    assert await either.platform.ports.lookup.find("default", "Mail out") is None
    assert (await make(client, "Mail out"))["id"] != made["id"]


async def test_names_are_taken_once_whatever_their_case(api: Api) -> None:
    client = await api.signed_in(Role.EDITOR)
    made = await make(client, "Mail")
    again = await client.post("/credentials", json={"name": "mAIL", "type": "http.bearer", "fields": {
        "token": "x", "hosts": ["a.example"]}})  # fmt: skip
    assert (again.status_code, again.json()["code"]) == (409, "credential.name_taken")
    alias = await client.put("/credential-aliases/mail", json={"targets": {"default": made["id"]}})
    assert (alias.status_code, alias.json()["code"]) == (409, "credential.name_taken")
    assert (await client.put("/credential-aliases/post", json={"targets": {"default": made["id"]}})).is_success
    other = await client.patch(f"/credentials/{made['id']}", json={"name": "POST"})
    assert other.json()["code"] == "credential.name_taken"
    for name in ("0" * 26, "\u202eevil", " ", "{{ x }}"):
        bad = await client.post("/credentials", json={"name": name, "type": "http.bearer", "fields": {}})
        assert bad.json()["code"] == "credential.name", name


async def test_others_see_it_only_once_it_is_shared(either: Api) -> None:
    owner, other, viewer = [await either.signed_in(role) for role in (Role.EDITOR, Role.EDITOR, Role.VIEWER)]
    me = (await other.get("/session")).json()["account"]["id"]
    id = (await make(owner))["id"]
    for client in (other, viewer):
        assert (await client.get(f"/credentials/{id}")).status_code == 404
        assert (await client.get("/credentials")).json()["items"] == []
    await share(owner, id, members={me: "use"})
    seen = (await other.get(f"/credentials/{id}")).json()
    assert (seen["level"], seen["sharing"]) == ("use", None)
    assert (await viewer.get(f"/credentials/{id}")).status_code == 404
    refused = [
        await other.patch(f"/credentials/{id}", json={"fields": {"hosts": ["evil.example"], "token": "x"}}),
        await other.put(f"/credentials/{id}/sharing", json={"everyone": "use"}),
        await other.post(f"/credentials/{id}/transfer", json={"owner": me}),
        await other.delete(f"/credentials/{id}?force=true"),
        await other.post(f"/credentials/{id}/connect"),
    ]
    assert [one.status_code for one in refused] == [403] * 5
    assert {one.json()["code"] for one in refused} == {"credential.not_yours_to_manage"}
    await share(owner, id, members={me: "manage"})
    assert (await other.patch(f"/credentials/{id}", json={"description": "mine too"})).is_success
    await share(owner, id, everyone="use")
    assert (await viewer.get(f"/credentials/{id}")).json()["level"] == ""
    await share(owner, id)
    assert (await other.get(f"/credentials/{id}")).status_code == 404
    admin = await either.signed_in(Role.ADMIN)
    assert (await admin.get(f"/credentials/{id}")).json()["level"] == "manage"


async def test_groups_share_and_leaving_one_ends_it(api: Api) -> None:
    from studio.domain.ids import INSTANCE
    from studio.services.people.model import Group, Member, member_id

    owner = await api.signed_in(Role.EDITOR)
    account = await api.account(Role.EDITOR)
    other = api.client(await api.token(account))
    people = api.platform.people
    member = Member(workspace="default", account=account.id, role=Role.EDITOR, groups=["g1"])
    await people.records.commit(
        [
            people.groups.put("default", "g1", Group(name="Team")),
            people.members.put(INSTANCE, member_id("default", account.id), member),
        ]
    )
    id = (await make(owner))["id"]
    unknown = await owner.put(f"/credentials/{id}/sharing", json={"groups": {"g2": "use"}})
    assert unknown.json()["code"] == "credential.no_group"
    await share(owner, id, groups={"g1": "use"})
    assert (await other.get(f"/credentials/{id}")).json()["level"] == "use"
    gone = Member(workspace="default", account=account.id, role=Role.EDITOR)
    await people.records.commit([people.members.put(INSTANCE, member_id("default", account.id), gone)])
    assert (await other.get(f"/credentials/{id}")).status_code == 404


async def test_another_workspace_finds_nothing(either: Api) -> None:
    await either.workspace("other")
    owner, stranger = await either.signed_in(Role.ADMIN), await either.signed_in(Role.ADMIN, "other")
    id = (await make(owner))["id"]
    await share(owner, id, everyone="manage")
    assert (await owner.put("/credential-aliases/post", json={"targets": {"default": id}})).is_success
    assert (await owner.put("/variables/region", json={"value": "x"})).is_success
    theirs = (await make(stranger))["id"]
    for path in ("", "/usage"):
        assert (await stranger.get(f"/credentials/{id}{path}")).status_code == 404
        assert (await stranger.get(f"/credentials/{theirs}{path}")).status_code == 200
    for method, path, body in (
        ("PATCH", f"/credentials/{id}", {"name": "x"}),
        ("DELETE", f"/credentials/{id}", None),
        ("POST", f"/credentials/{id}/test", None),
        ("POST", f"/credentials/{id}/connect", None),
        ("PUT", f"/credentials/{id}/sharing", {}),
        ("POST", f"/credentials/{id}/transfer", {"owner": "x"}),
        ("PUT", "/credential-aliases/mine", {"targets": {"default": id}}),
        ("GET", "/credential-aliases/post", None),
        ("DELETE", "/credential-aliases/post", None),
        ("GET", "/variables/region", None),
        ("DELETE", "/variables/region", None),
    ):
        answer = await stranger.request(method, path, json=body)
        assert answer.status_code == 404, (method, path, answer.text)
    assert (await owner.get(f"/credentials/{id}")).json()["name"] == "mail"


async def test_hosts_change_only_together_with_the_secrets(api: Api) -> None:
    owner, manager = await api.signed_in(Role.EDITOR), await api.signed_in(Role.EDITOR)
    me = (await manager.get("/session")).json()["account"]["id"]
    id = (await make(owner))["id"]
    await share(owner, id, members={me: "manage"})
    for hosts in (["evil.example"], ["api.example.org", "evil.example"], "evil.example"):
        refused = await manager.patch(f"/credentials/{id}", json={"fields": {"hosts": hosts}})
        assert (refused.status_code, refused.json()["code"]) == (422, "credential.secrets_again"), refused.text
        assert MARKER not in refused.text
    assert await stored(api, id) == {"token": MARKER}
    taken = await manager.patch(f"/credentials/{id}", json={"fields": {"hosts": ["b.example"], "token": "own"}})
    assert taken.json()["fields"] == {"hosts": ["b.example"]}
    assert await stored(api, id) == {"token": "own"}


@pytest.mark.parametrize("field", ["host", "port", "tls"])
async def test_a_database_server_changes_only_together_with_its_password(api: Api, field: str) -> None:
    client = await api.signed_in(Role.EDITOR)
    fields: dict[str, Any] = {"host": "db.example.org", "database": "d", "user": "u", "password": MARKER}
    made = await client.post("/credentials", json={"name": "db", "type": "sql.postgres", "fields": fields})
    path = f"/credentials/{made.json()['id']}"
    moved: dict[str, Any] = {"host": "evil.example", "port": 6543, "tls": "off"}
    refused = await client.patch(path, json={"fields": {field: moved[field]}})
    assert refused.json()["code"] == "credential.secrets_again"
    assert (await client.patch(path, json={"fields": {"user": "v"}})).is_success
    assert (await client.patch(path, json={"fields": {field: moved[field], "password": "x"}})).is_success


async def test_refusals_do_not_repeat_what_was_sent(api: Api) -> None:
    client = await api.signed_in(Role.EDITOR)
    base: dict[str, Any] = {"name": "a", "type": "http.bearer"}
    hosts = ["api.example.org"]
    bodies: list[dict[str, Any]] = [
        {**base, "fields": MARKER},
        {**base, "fields": [MARKER]},
        {**base, "fields": {"token": {"x": MARKER}, "hosts": hosts}},
        {**base, "fields": {"token": {"$secret": {"store": "s", "path": "p", "x": MARKER}}, "hosts": hosts}},
        {**base, "fields": {"token": MARKER, "hosts": []}},
        {**base, "fields": {"token": [MARKER], "hosts": hosts}},
        {**base, "fields": {"token": MARKER * 10_000, "hosts": hosts}},
        {**base, "secret": MARKER, "fields": {}},
        {"name": "a", "type": "no.such", "fields": {"token": MARKER}},
    ]
    for body in bodies:
        answer = await client.post("/credentials", json=body)
        assert answer.status_code in (400, 422), answer.text
        assert MARKER not in answer.text, answer.text
    for body in ({"value": MARKER, "x": MARKER}, {"secret": MARKER}):
        answer = await client.put("/variables/region", json=body)
        assert answer.status_code in (400, 422)
        assert MARKER not in answer.text, answer.text


async def test_transfer_and_a_stranger_as_owner(api: Api) -> None:
    owner = await api.signed_in(Role.EDITOR)
    heir = await api.account(Role.EDITOR)
    id = (await make(owner))["id"]
    stranger = await api.account(None)
    refused = await owner.post(f"/credentials/{id}/transfer", json={"owner": stranger.id})
    assert refused.json()["code"] == "credential.no_member"
    assert (await owner.post(f"/credentials/{id}/transfer", json={"owner": heir.id})).json()["owner"] == heir.id
    assert (await owner.get(f"/credentials/{id}")).status_code == 404
    assert (await api.client(await api.token(heir)).get(f"/credentials/{id}")).json()["level"] == "manage"


async def test_types_are_shown_with_their_forms_in_the_language_asked_for(api: Api) -> None:
    client = await api.signed_in(Role.VIEWER)
    found = {one["id"]: one for one in (await client.get("/credential-types")).json()["items"]}
    assert {"http.bearer", "http.oauth2", "sql.postgres"} <= set(found)
    bearer = found["http.bearer"]
    assert [(one["name"], one["secret"]) for one in bearer["fields"]] == [("token", True), ("hosts", False)]
    assert (found["http.oauth2"]["sign_in"], found["http.oauth2_client"]["sign_in"]) == (True, False)
    assert (await client.get("/credential-types/no.such")).status_code == 404
    french = await client.get("/credential-types/http.bearer", headers={"accept-language": "fr"})
    assert french.json()["title"] == "Jeton porteur"
