"""Requests as Entra ID and Okta send them, what they bring about, and what a directory may not."""

from __future__ import annotations

from typing import Any

from studio.domain.access import Actor, Role
from studio.domain.ids import INSTANCE
from studio.services.auditing import read_entry
from studio.services.people.model import member_id
from tests.server.kit import Api
from tests.server.scim.kit import GROUP, USER, directory, make, patch

ENTRA_USER: dict[str, Any] = {
    "schemas": [USER, "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
    "externalId": "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef",
    "userName": "ada@example.org",
    "active": True,
    "displayName": "Ada Lovelace",
    "emails": [{"primary": True, "type": "work", "value": "ada@example.org"}],
    "meta": {"resourceType": "User"},
    "name": {"formatted": "Ada Lovelace", "familyName": "Lovelace", "givenName": "Ada"},
    "title": "Countess",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Engines", "employeeNumber": "1815"},
    "roles": [],
}
OKTA_USER: dict[str, Any] = {
    "schemas": [USER],
    "userName": "grace@example.org",
    "name": {"givenName": "Grace", "familyName": "Hopper"},
    "emails": [{"primary": True, "value": "grace@example.org", "type": "work"}],
    "displayName": "Grace Hopper",
    "locale": "en-US",
    "externalId": "00ujl29u0le5T6Aj10h7",
    "groups": [],
    "password": "1mz050nq",
    "active": True,
}


async def audited(api: Api, workspace: str) -> list[str]:
    """The actions in a log, the newest first."""
    return [read_entry(one.value).action for one in await api.platform.ports.records.audit(workspace, limit=100)]


async def role_of(api: Api, account: str, workspace: str = "default") -> str | None:
    """What somebody is in a workspace."""
    found = await api.platform.people.members.get(INSTANCE, member_id(workspace, account))
    return None if found is None else found.value.role


async def session_of(api: Api, account: str) -> Any:
    """A client of a session of an account."""
    return api.client(await api.token(await api.platform.people.accounts.need(INSTANCE, account)))


async def test_as_entra_id_does_it(either: Api) -> None:
    api = either
    client = await directory(api, domains=["example.org"])
    nobody = await client.get("/Users", params={"filter": 'userName eq "ada@example.org"'})
    assert (nobody.status_code, nobody.json()["totalResults"], nobody.json()["Resources"]) == (200, 0, [])
    assert nobody.headers["content-type"].startswith("application/scim+json")
    made = await client.post("/Users", json=ENTRA_USER)
    assert made.status_code == 201, made.text
    id = made.json()["id"]
    assert made.headers["location"].endswith(f"/api/scim/v2/Users/{id}")
    assert made.headers["etag"] == made.json()["meta"]["version"]
    assert "title" not in made.json()
    assert await role_of(api, id) == "viewer"
    account = await api.platform.people.accounts.need(INSTANCE, id)
    assert (account.value.email, account.value.name, account.value.verified) == (
        "ada@example.org", "Ada Lovelace", True,
    )  # fmt: skip
    for text in ('userName eq "ADA@example.org"', 'externalId eq "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef"',
                 'emails[type eq "work"].value sw "ada"', 'active eq true and not (userName co "grace")'):  # fmt: skip
        found = (await client.get("/Users", params={"filter": text})).json()
        assert [one["id"] for one in found["Resources"]] == [id], text
    renamed = patch(
        {"op": "Replace", "path": "displayName", "value": "Ada King"},
        {"op": "Replace", "path": 'emails[type eq "work"].value', "value": "king@example.org"},
        {"op": "Add", "path": "name.formatted", "value": "Ada King"},
        {"op": "Add", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "value": "X"},
    )
    changed = await client.patch(f"/Users/{id}", json=renamed)
    assert changed.status_code == 200, changed.text
    account = await api.platform.people.accounts.need(INSTANCE, id)
    assert (account.value.email, account.value.name) == ("king@example.org", "Ada King")
    # Off: membership, account and sessions end at once; and on again, as what they were.
    session = await session_of(api, id)
    assert (await session.get("/session")).status_code == 200
    await api.platform.directory.provisioning.set_role(Actor(), "default", id, Role.EDITOR)
    off = await client.patch(f"/Users/{id}", json=patch({"op": "Replace", "path": "active", "value": "False"}))
    assert (off.status_code, off.json()["active"]) == (200, False), off.text
    assert (await session.get("/session")).status_code == 401
    assert await role_of(api, id) is None
    assert not (await api.platform.people.accounts.need(INSTANCE, id)).value.active
    on = await client.patch(f"/Users/{id}", json=patch({"op": "Replace", "path": "active", "value": "True"}))
    assert on.json()["active"] is True
    assert await role_of(api, id) == "editor"
    assert (await session.get("/session")).status_code == 401  # the old session does not come back
    assert {"member.added", "member.removed"} <= set(await audited(api, "default"))
    assert {"account.created", "account.deactivated", "account.reactivated"} <= set(await audited(api, INSTANCE))


async def test_groups_as_entra_id_does_it(api: Api) -> None:
    client = await directory(api)
    ada, grace = (await make(client))["id"], (await make(client, "grace@example.org"))["id"]
    made = await client.post(
        "/Groups", json={"schemas": [GROUP], "externalId": "8aa1a0c0", "displayName": "Editors", "meta": {}}
    )
    assert made.status_code == 201, made.text
    id = made.json()["id"]
    query = {"excludedAttributes": "members", "filter": 'displayName eq "editors"'}
    [found] = (await client.get("/Groups", params=query)).json()["Resources"]
    assert (found["id"], found["externalId"]) == (id, "8aa1a0c0")
    joined = patch({"op": "Add", "path": "members", "value": [{"value": ada}, {"value": grace}]})
    assert (await client.patch(f"/Groups/{id}", json=joined)).status_code == 200
    # An Admin gives the group its role; whoever is in it has it from the next request on.
    people = api.platform.people
    group = await people.groups.need("default", id)
    import msgspec

    await people.records.commit([people.groups.put("default", id, msgspec.structs.replace(group.value, role="editor"))])
    session = await session_of(api, ada)
    assert "workflow.edit" in (await session.get("/session")).json()["permissions"]
    assert (await client.get(f"/Users/{ada}")).json()["groups"][0]["value"] == id
    left = patch({"op": "Remove", "path": "members", "value": [{"value": ada}]})
    assert (await client.patch(f"/Groups/{id}", json=left)).status_code == 200
    assert "workflow.edit" not in (await session.get("/session")).json()["permissions"]
    members = (await client.get(f"/Groups/{id}")).json()["members"]
    assert [one["value"] for one in members] == [grace]
    left = patch({"op": "remove", "path": f'members[value eq "{grace}"]'})
    assert (await client.patch(f"/Groups/{id}", json=left)).status_code == 200
    assert "members" not in (await client.get(f"/Groups/{id}")).json()
    assert (await client.delete(f"/Groups/{id}")).status_code == 204
    assert (await client.get(f"/Groups/{id}")).status_code == 404


async def test_as_okta_does_it(api: Api) -> None:
    client = await directory(api)
    first = await client.get("/Users", params={"startIndex": "1", "count": "100"})
    assert first.status_code == 200
    made = await client.post("/Users", json=OKTA_USER)
    assert made.status_code == 201, made.text
    assert "1mz050nq" not in made.text
    id = made.json()["id"]
    again = await client.post("/Users", json=OKTA_USER)
    assert (again.status_code, again.json()["scimType"], again.json()["status"]) == (409, "uniqueness", "409")
    whole = {**made.json(), "displayName": "Rear Admiral Hopper"}
    assert (await client.put(f"/Users/{id}", json=whole)).json()["displayName"] == "Rear Admiral Hopper"
    group = await client.post(
        "/Groups", json={"schemas": [GROUP], "displayName": "Navy", "members": [{"value": id, "display": "grace"}]}
    )
    assert group.status_code == 201, group.text
    gid = group.json()["id"]
    renamed = patch({"op": "replace", "value": {"id": gid, "displayName": "US Navy"}})
    assert (await client.patch(f"/Groups/{gid}", json=renamed)).json()["displayName"] == "US Navy"
    everybody = patch(
        {"op": "remove", "path": f'members[value eq "{id}"]'},
        {"op": "add", "path": "members", "value": [{"value": id, "display": "grace@example.org"}]},
    )
    assert (await client.patch(f"/Groups/{gid}", json=everybody)).status_code == 200
    off = await client.patch(f"/Users/{id}", json=patch({"op": "replace", "value": {"active": False}}))
    assert off.json()["active"] is False
    assert await role_of(api, id) is None
    on = await client.patch(f"/Users/{id}", json=patch({"op": "replace", "value": {"active": True}}))
    assert on.json()["groups"][0]["value"] == gid  # with the groups of before
    assert (await client.delete(f"/Users/{id}")).status_code == 204
    assert (await client.get(f"/Users/{id}")).status_code == 404
    back = await client.post("/Users", json=OKTA_USER)
    assert (back.status_code, back.json()["id"]) == (201, id)


async def test_who_is_let_in(api: Api) -> None:
    """No token, a wrong one, that of another workspace, a session, the right one."""
    client = await directory(api)
    other = await directory(api, "sales")
    id = (await make(client))["id"]
    gid = (await client.post("/Groups", json={"schemas": [GROUP], "displayName": "Crew"})).json()["id"]
    right = client.headers["authorization"]
    admin = await api.signed_in(Role.ADMIN)
    wrong = [None, "Bearer", "Bearer nonsense", right[:-1] + "x", right.replace("Bearer", "Basic"),
             str(admin.headers["authorization"])]  # fmt: skip
    paths = ["/ServiceProviderConfig", "/Schemas", "/Users", f"/Users/{id}", "/Groups", f"/Groups/{gid}", "/nothing"]
    for path in paths:
        for header in wrong:
            client.headers.pop("authorization", None)
            if header is not None:
                client.headers["authorization"] = header
            refused = await client.get(path)
            assert refused.status_code == 401, (path, header)
            assert refused.json()["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
        client.headers["authorization"] = right
        assert (await client.get(path)).status_code == (404 if path == "/nothing" else 200), path
    assert (await api.client(right.removeprefix("Bearer ")).get("/session")).status_code == 401
    for path in (f"/Users/{id}", f"/Groups/{gid}"):
        for method in ("GET", "PUT", "PATCH", "DELETE"):
            body = {} if method in ("GET", "DELETE") else {"json": patch({"op": "replace", "value": {}})}
            assert (await other.request(method, path, **body)).status_code == 404, (method, path)
    assert (await other.get("/Users")).json()["totalResults"] == 0
    assert (await other.get("/Groups")).json()["totalResults"] == 0
    [token] = [one for one in await api.platform.scim.tokens.all() if one.value.workspace == "default"]
    await api.platform.scim.tokens.revoke(Actor(), token.id)
    assert (await client.get("/Users")).status_code == 401


async def test_a_workspace_cannot_reach_for_accounts_of_others(api: Api) -> None:
    """What belongs elsewhere too, or operates Studio, is neither renamed nor moved to another address nor ended."""
    client = await directory(api)
    shared = await api.account("editor", "sales", email="shared@example.org", name="Shared", verified=True)
    boss = await api.account("admin", email="boss@example.org", name="Boss", operator=True, verified=True)
    await api.account("admin", email="second@example.org", operator=True)
    taken = await make(client, "shared@example.org", displayName="Stolen")
    assert taken["id"] == shared.id
    assert await role_of(api, shared.id) == "viewer"
    found = (await client.get("/Users", params={"filter": 'userName eq "boss@example.org"'})).json()
    assert [one["id"] for one in found["Resources"]] == [boss.id]
    people = api.platform.people
    for one in (shared, boss):
        stolen = {
            "schemas": [USER], "userName": f"x{one.id}", "displayName": "Stolen", "active": True,
            "emails": [{"value": "thief@example.com", "primary": True}],
        }  # fmt: skip
        assert (await client.put(f"/Users/{one.id}", json=stolen)).status_code == 200
        session = await session_of(api, one.id)
        off = await client.patch(f"/Users/{one.id}", json=patch({"op": "replace", "path": "active", "value": False}))
        assert off.status_code == 200, off.text
        after = (await people.accounts.need(INSTANCE, one.id)).value
        assert (after.email, after.name, after.active) == (one.value.email, one.value.name, True)
        assert await role_of(api, one.id) is None
        assert (await session.get("/session")).status_code == 200
    assert await role_of(api, shared.id, "sales") == "editor"


async def test_the_directory_of_the_instance_ends_accounts(api: Api) -> None:
    client = await directory(api, authority="instance")
    person = await api.account("editor", "sales", email="ada@example.org", name="Ada")
    operator = await api.account(None, operator=True, email="boss@example.org")
    session = await session_of(api, person.id)
    renamed = await client.patch(f"/Users/{person.id}", json=patch({"op": "add", "path": "displayName", "value": "A"}))
    assert renamed.status_code == 200, renamed.text
    assert await role_of(api, person.id) is None  # no member of its workspace for being written
    off = await client.patch(f"/Users/{person.id}", json=patch({"op": "replace", "path": "active", "value": False}))
    assert off.json()["active"] is False
    assert (await session.get("/session")).status_code == 401
    assert await role_of(api, person.id, "sales") == "editor"  # kept for when they come back
    off = await client.patch(f"/Users/{operator.id}", json=patch({"op": "replace", "path": "active", "value": False}))
    assert (await api.platform.people.accounts.need(INSTANCE, operator.id)).value.active
    assert off.status_code == 200


async def test_versions_and_refusals(api: Api) -> None:
    client = await directory(api)
    one = await make(client)
    path = f"/Users/{one['id']}"
    version = one["meta"]["version"]
    assert (await client.get(path, headers={"if-none-match": version})).status_code == 304
    change = patch({"op": "replace", "path": "displayName", "value": "A"})
    assert (await client.patch(path, json=change, headers={"if-match": version})).status_code == 200
    assert (await client.patch(path, json=change, headers={"if-match": version})).status_code == 412
    assert (await client.delete(path, headers={"if-match": version})).status_code == 412
    for query, kind in (({"filter": "userName eq"}, "invalidFilter"), ({"filter": "x" * 3000}, "invalidFilter"),
                        ({"filter": "(" * 900}, "invalidFilter"), ({"count": "many"}, None)):  # fmt: skip
        refused = await client.get("/Users", params=query)
        assert (refused.status_code, kind in (None, refused.json().get("scimType"))) == (400, True), refused.text
    bodies: list[tuple[bytes, str]] = [
        (b"{", "invalidSyntax"), (b"[]", "invalidSyntax"), (b"[" * 50_000, "invalidSyntax"), (b"{}", ""),
    ]  # fmt: skip
    for content, kind in bodies:
        refused = await client.post("/Users", content=content)
        assert refused.status_code == 400, content[:10]
        assert not kind or refused.json()["scimType"] == kind
    nobody = {"schemas": [GROUP], "displayName": "X", "members": [{"value": "nobody"}]}
    assert (await client.post("/Groups", json=nobody)).status_code == 400
    assert (await client.post("/Users", content=b"x=1", headers={"content-type": "text/plain"})).status_code == 415
    assert (await client.post("/Bulk", json={})).status_code == 501
    assert (await client.put("/Users", json={})).status_code == 405
    page = (await client.get("/Users", params={"count": "0"})).json()
    assert (page["totalResults"], page["Resources"]) == (1, [])
    await make(client, "bob@example.org")
    query = {"sortBy": "userName", "sortOrder": "descending", "startIndex": "2", "count": "1"}
    page = (await client.get("/Users", params=query)).json()
    assert [row["userName"] for row in page["Resources"]] == ["ada@example.org"]


async def test_operators_make_and_revoke_tokens(api: Api) -> None:
    await api.workspace()
    operator = await api.signed_in(None, operator=True)
    made = await operator.post("/operator/directories", json={"name": "Entra", "workspace": "default"})
    assert made.status_code == 201, made.text
    secret, id = made.json()["secret"], made.json()["id"]
    assert secret not in (await operator.get("/operator/directories")).text
    raw = await api.platform.ports.records.get(INSTANCE, "scim_token", id)
    assert raw is not None
    assert secret.partition(f"{id}_")[2].encode() not in raw.value
    refused = await operator.post("/operator/directories", json={"name": "Entra", "workspace": "none"})
    assert refused.status_code == 404
    assert (await operator.delete(f"/operator/directories/{id}")).status_code == 204
    assert (await operator.get("/operator/directories")).json()["items"] == []
