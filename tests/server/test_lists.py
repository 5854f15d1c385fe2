"""Lists of what grows are given page by page: everything once, whatever the size of a page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx2

from studio.contracts.records import Change
from studio.domain.access import Role
from studio.domain.ids import INSTANCE, new_id
from studio.server.resources.credentials.shown import MOST_AFFECTED
from studio.services.gateway.model import KeyDay, KeyShelf, day_id
from studio.services.people.model import Offboarding
from studio.services.vault.model import Credential, Vault
from tests.server.kit import Api, running_api

DAY = 86_400_000_000
OAUTH = {"title": "Local", "type": "http.oauth2", "client_id": "x", "token_url": "https://auth.example.org/token"}
STORES = "/operator/workspaces/default/secret-stores"


async def pages(client: httpx2.AsyncClient, path: str, limit: int, **params: Any) -> list[dict[str, Any]]:
    """Every item, page by page; pages are full but for the last."""
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        given = {**params, "limit": limit, **({"cursor": cursor} if cursor else {})}
        answer = await client.get(path, params=given)
        assert answer.status_code == 200, answer.text
        page, cursor = answer.json()["items"], answer.json()["next"]
        found += page
        assert len(page) == limit or cursor is None
        if cursor is None:
            return found


async def made(client: httpx2.AsyncClient, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """A thing."""
    answer = await client.post(path, json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_pages_hold_everything_once(tmp_path: Path) -> None:
    async with running_api(tmp_path / "data", driving=False) as api:
        operator, person = await api.signed_in(None, operator=True), await api.account(Role.ADMIN)
        client = api.client(await api.token(person))
        for number in range(3):
            await api.token(person)
            await made(client, "/folders", {"name": f"Folder {number}"})
            await made(client, "/tables", {"name": f"t{number}", "columns": [{"name": "n"}]})
            await made(operator, "/operator/directories", {"name": f"Entra {number}", "workspace": "default"})
            for path, body in (
                (f"/oauth/clients/c{number}", OAUTH),
                (f"{STORES}/s{number}", {"kind": "files", "settings": {"folder": "/nowhere"}}),
            ):
                assert (await operator.put(path, json=body)).status_code == 200
            workspace = await api.workspace(f"w{number}")
            added = await operator.post(f"/operator/egress/{workspace}", json={"host": "db.internal:5432"})
            assert added.status_code == 200
        await _kept(api, person.id)
        key = (await made(client, "/keys", {"name": "Key"}))["id"]
        days = KeyShelf(api.platform.ports.records).days
        puts = [days.put("default", day_id(key, f"2026-01-0{n}"), KeyDay(key=key, day=f"2026-01-0{n}")) for n in "123"]
        await api.platform.ports.records.commit(puts)
        for asked, path, count in (
            (client, "/folders", 3), (client, "/tables", 3), (client, "/secret-stores", 3),
            (client, "/profile/sessions", 4), (client, "/credentials/expiring", 3), (client, f"/keys/{key}/usage", 3),
            (operator, "/operator/directories", 3), (operator, "/oauth/clients", 3), (operator, STORES, 3),
            (operator, "/operator/egress", 3), (operator, "/operator/expiring-credentials", 3),
            (operator, "/operator/usage", 4), (operator, "/operator/break-glass", 3), (operator, "/accounts/leaves", 3),
        ):  # fmt: skip
            whole = await pages(asked, path, 200)
            assert len(whole) == count, path
            for limit in (1, 2, 3):
                assert await pages(asked, path, limit) == whole, (path, limit)
            assert (await asked.get(path, params={"cursor": "nonsense"})).json()["code"] == "request.cursor"


async def _kept(api: Api, owner: str) -> None:
    """Things that are not made by one request: credentials that end, leaves that were interrupted, spare accounts."""
    vault, people = Vault(api.platform.ports.records), api.platform.people
    soon = api.platform.ports.clock() + DAY
    changes: list[Change] = []
    for number in range(3):
        ends = Credential(name=f"c{number}", type="http.bearer", owner=owner, expires_at=soon + number)
        changes.append(vault.credentials.put("default", new_id(), ends))
        left = Offboarding(account=new_id(), workspaces=["default"], heirs={}, by="")
        changes.append(people.offboardings.put(INSTANCE, f"default.{left.account}", left))
        await api.account(None, operator=True, break_glass=True)
    await people.records.commit(changes)


async def test_tags_are_counted_as_far_as_somebody_sees_the_workflows(api: Api) -> None:
    admin = await api.signed_in(Role.ADMIN)
    folder = (await made(admin, "/folders", {"name": "Own"}))["id"]
    ids: list[str] = []
    for number, (place, tags) in enumerate([(None, ["b", "A"]), (folder, ["b"]), (folder, ["c"]), (None, ["gone"])]):
        body = {"name": f"W{number}", "folder": place, "tags": tags}
        ids.append((await made(admin, "/workflows", body))["id"])
    assert (await admin.delete(f"/workflows/{ids[3]}")).status_code == 204
    counted = [{"tag": "A", "workflows": 1}, {"tag": "b", "workflows": 2}, {"tag": "c", "workflows": 1}]
    for limit in (1, 2, 200):
        assert await pages(admin, "/workflow-tags", limit) == counted
    assert await pages(admin, "/workflow-tags", 9, state="deleted") == [{"tag": "gone", "workflows": 1}]
    assert await pages(admin, "/workflow-tags", 9, state="archived") == []
    # What is granted in a folder shows the tags in it, and no others.
    none = (await made(admin, "/roles", {"name": "None", "permissions": ["node.view"]}))["id"]
    guest = await api.account(none)
    granted = await admin.patch(f"/members/{guest.id}", json={"folders": {folder: "viewer"}})
    assert granted.status_code == 200
    seen = await pages(api.client(await api.token(guest)), "/workflow-tags", 9)
    assert seen == [{"tag": "b", "workflows": 1}, {"tag": "c", "workflows": 1}]
    assert await pages(await api.signed_in(Role.ADMIN, "other"), "/workflow-tags", 9) == []


async def test_a_credential_names_the_workflows_that_need_it_page_by_page(api: Api) -> None:
    client = await api.signed_in(Role.ADMIN)
    ends = {"name": "mail", "type": "http.bearer", "fields": {"token": "t", "hosts": ["api.example.org"]}}
    id = (await made(client, "/credentials", {**ends, "expires_at": "2026-01-01T00:00:00Z"}))["id"]
    count = MOST_AFFECTED + 2
    nodes = {"get": {"type": "http.request", "credential": "mail", "params": {"url": "https://api.example.org/"}}}
    for number in range(count):
        name = f"W{number:02d}"
        await made(client, "/workflows", {"name": name, "document": {"studio": 1, "name": name, "nodes": nodes}})
    whole = await pages(client, f"/credentials/{id}/usage", 200)
    assert sorted(one["name"] for one in whole) == [f"W{number:02d}" for number in range(count)]
    assert await pages(client, f"/credentials/{id}/usage", 7) == whole
    (ending,) = (await client.get("/credentials/expiring")).json()["items"]
    assert ending["usage"] == {"items": whole[:MOST_AFFECTED], "more": 2, "hidden": 0}
