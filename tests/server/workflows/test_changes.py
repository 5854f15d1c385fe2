"""Changing what stands around a document: names, tags, archive, deletion, owners, many at once."""

from __future__ import annotations

from typing import Any

import httpx2

from studio.domain.access import Role
from tests.server.kit import Api
from tests.server.workflows.test_drafts import GREETING
from tests.server.workflows.test_starting import acting


async def create(client: httpx2.AsyncClient, name: str = "Greeting", **more: Any) -> str:
    """Id of a new workflow."""
    made = await client.post("/workflows", json={"document": {**GREETING, "name": name}, **more})
    assert made.status_code == 201, made.text
    return made.json()["id"]


async def names(client: httpx2.AsyncClient, **params: Any) -> list[str]:
    """Names in a list, over all its pages."""
    found: list[str] = []
    while True:
        page = await client.get("/workflows", params={"limit": 2, **params})
        assert page.status_code == 200, page.text
        found += [one["name"] for one in page.json()["items"]]
        if page.json()["next"] is None:
            return found
        params["cursor"] = page.json()["next"]


async def test_keys_are_unique_and_made_from_names(either: Api) -> None:
    editor = await either.signed_in(Role.EDITOR)
    ids = [await create(editor, name) for name in ("Tägliche Zahlen", "Tagliche zahlen!", "تقرير", "تقرير")]
    keys = [(await editor.get(f"/workflows/{id}")).json()["key"] for id in ids]
    assert keys == ["tagliche-zahlen", "tagliche-zahlen-2", "workflow", "workflow-2"]
    taken = await editor.post("/workflows", json={"name": "X", "key": "workflow"})
    assert (taken.status_code, taken.json()["code"], taken.json()["param"]) == (409, "workflow.key_taken", "key")
    for bad in ("No", "a b", "-a", "a-", "ü", "x" * 64, ids[0]):
        assert (await editor.post("/workflows", json={"name": "X", "key": bad})).status_code == 422, bad
    renamed = await editor.patch(f"/workflows/{ids[3]}", json={"key": "report"})
    assert renamed.status_code == 200
    assert (await editor.get("/workflows/report")).json()["id"] == ids[3]
    assert (await editor.get("/workflows/workflow-2")).status_code == 404


async def test_a_new_name_stands_in_the_draft_too(either: Api) -> None:
    editor = await either.signed_in(Role.EDITOR)
    id = await create(editor)
    shown = await editor.get(f"/workflows/{id}")
    changed = await editor.patch(
        f"/workflows/{id}", json={"name": "Welcome", "description": "Says hello", "tags": ["a", "b", "a"]},
        headers={"if-match": shown.headers["etag"]},
    )  # fmt: skip
    assert changed.status_code == 200, changed.text
    assert (changed.json()["name"], changed.json()["tags"]) == ("Welcome", ["a", "b"])
    draft = (await editor.get(f"/workflows/{id}/draft")).json()
    assert (draft["document"]["name"], draft["document"]["description"], draft["revision"]) == (
        "Welcome", "Says hello", 2,
    )  # fmt: skip
    stale = await editor.patch(f"/workflows/{id}", json={"name": "Late"}, headers={"if-match": shown.headers["etag"]})
    assert stale.status_code == 412
    assert await names(editor) == ["Welcome"]


async def test_lists_filter_sort_and_page(either: Api) -> None:
    editor = await either.signed_in(Role.EDITOR)
    ids = {name: await create(editor, name) for name in ("delta", "Alpha", "charlie", "Bravo", "echo")}
    assert await names(editor) == ["Alpha", "Bravo", "charlie", "delta", "echo"]
    await editor.put(f"/workflows/{ids['Bravo']}/draft", json={"document": {**GREETING, "name": "Bravo"}})
    assert (await names(editor, sort="updated"))[0] == "Bravo"
    assert sorted(await names(editor, sort="updated")) == sorted(ids)
    await editor.patch(f"/workflows/{ids['echo']}", json={"tags": ["x"], "description": "Daily figures"})
    assert await names(editor, tag="x") == ["echo"]
    assert await names(editor, q="FIGURES daily") == ["echo"]
    assert await names(editor, q="figures weekly") == []
    me = (await editor.get("/session")).json()["account"]["id"]
    assert len(await names(editor, owner=me)) == 5
    assert await names(editor, owner="nobody") == []
    assert (await editor.get("/workflows", params={"cursor": "x"})).status_code == 422
    assert (await editor.get("/workflows", params={"sort": "size"})).status_code == 422


async def test_what_is_archived_rests(either: Api) -> None:
    editor = await either.signed_in(Role.EDITOR)
    id = await create(editor)
    assert (await editor.post(f"/workflows/{id}/archive", json={})).json()["state"] == "archived"
    for method, path, body in (
        ("PUT", "/draft", {"document": GREETING}), ("POST", "/publish", {}), ("PATCH", "", {"name": "X"}),
    ):  # fmt: skip
        refused = await editor.request(method, f"/workflows/{id}{path}", json=body)
        assert (refused.status_code, refused.json()["code"]) == (409, "workflow.archived")
    assert (await names(editor), await names(editor, state="archived")) == ([], ["Greeting"])
    assert (await editor.post(f"/workflows/{id}/unarchive", json={})).json()["state"] == "active"
    assert (await editor.post(f"/workflows/{id}/publish", json={})).status_code == 201


async def test_what_is_deleted_can_be_brought_back(either: Api) -> None:
    editor = await either.signed_in(Role.EDITOR)
    id = await create(editor)
    await editor.post(f"/workflows/{id}/publish", json={})
    assert (await editor.delete(f"/workflows/{id}")).status_code == 204
    for path in (f"/workflows/{id}", f"/workflows/{id}/draft", "/workflows/greeting"):
        assert (await editor.get(path)).status_code == 404
    assert (await names(editor), await names(editor, state="deleted")) == ([], ["Greeting"])
    viewer = await either.signed_in(Role.VIEWER)
    assert await names(viewer, state="deleted") == []
    again = await create(editor)
    back = await editor.post(f"/workflows/{id}/undelete", json={})
    assert (back.status_code, back.json()["key"], back.json()["published"]) == (200, "greeting-2", 1)
    assert (await editor.get(f"/workflows/{id}/versions/1")).json()["document"]["name"] == "Greeting"
    assert (await editor.post(f"/workflows/{again}/undelete", json={})).status_code == 404


async def test_an_end_that_has_come_leaves_nothing(api: Api) -> None:
    editor = await api.signed_in(Role.EDITOR)
    id = await create(editor)
    await editor.post(f"/workflows/{id}/publish", json={})
    await editor.delete(f"/workflows/{id}")
    shelf = api.platform.workflows.shelf
    kept = [shelf.workflows, shelf.drafts, shelf.versions, shelf.documents]
    ends = [one.record.expires_at for collection in kept for one in await collection.all("default")]
    assert len(ends) == 4
    assert len(set(ends)) == 1
    assert ends[0] is not None


async def test_copies_and_owners(either: Api) -> None:
    editor, admin = await either.signed_in(Role.EDITOR), await either.signed_in(Role.ADMIN)
    other = await either.account(Role.VIEWER)
    id = await create(editor, tags=["x"])
    copy = (await editor.post(f"/workflows/{id}/duplicate", json={})).json()
    assert (copy["name"], copy["tags"], copy["published"]) == ("Greeting (2)", ["x"], None)
    second = await either.signed_in(Role.EDITOR)
    refused = await second.post(f"/workflows/{id}/transfer", json={"owner": other.id})
    assert (refused.status_code, refused.json()["code"]) == (403, "workflow.not_owner")
    nobody = await editor.post(f"/workflows/{id}/transfer", json={"owner": "nobody"})
    assert (nobody.status_code, nobody.json()["param"]) == (404, "owner")
    stranger = await either.account(Role.EDITOR, "other")
    assert (await editor.post(f"/workflows/{id}/transfer", json={"owner": stranger.id})).status_code == 404
    assert (await editor.post(f"/workflows/{id}/transfer", json={"owner": other.id})).json()["owner"] == other.id
    back = await admin.post(f"/workflows/{id}/transfer", json={"owner": copy["owner"]})
    assert back.json()["owner"] == copy["owner"]
    who = (await either.platform.people.accounts.need("_instance", copy["owner"])).id
    assert await either.platform.workflows.owning.transfer_all(acting(Role.ADMIN), who, other.id) == 2
    assert len(await names(editor, owner=other.id)) == 2


async def test_many_at_once_each_by_itself(either: Api) -> None:
    editor = await either.signed_in(Role.EDITOR)
    ids = [await create(editor, name) for name in ("One", "Two", "Three")]
    folder = (await editor.post("/folders", json={"name": "Box"})).json()["id"]

    async def bulk(**body: Any) -> list[str | None]:
        answer = await editor.post("/workflows/bulk", json={"workflows": [*ids, "none"], **body})
        assert answer.status_code == 200, answer.text
        return [one["code"] for one in answer.json()["items"]]

    fine = [None, None, None, "workflow.not_found"]
    assert await bulk(action="move", folder=folder) == fine
    assert sorted(await names(editor, folder=folder)) == ["One", "Three", "Two"]
    assert await bulk(action="tag", tags=["a", "b"]) == fine
    assert await bulk(action="untag", tags=["a"]) == fine
    assert len(await names(editor, tag="b")) == 3
    assert await names(editor, tag="a") == []
    assert await bulk(action="archive") == fine
    refused = await bulk(action="move", folder="root")
    assert refused == ["workflow.archived"] * 3 + ["workflow.not_found"]
    assert await bulk(action="unarchive") == fine
    assert await bulk(action="move", folder="none") == ["folder.not_found"] * 3 + ["workflow.not_found"]
    assert await bulk(action="delete") == fine
    assert len(await names(editor, state="deleted")) == 3
