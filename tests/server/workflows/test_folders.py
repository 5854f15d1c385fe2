"""Folders, and what is granted in one of them."""

from __future__ import annotations

import base64
import json
from typing import Any

import httpx2
import orjson
import pytest

from studio.domain.access import Role
from studio.domain.errors import AccessRefused
from studio.domain.ids import DEFAULT_WORKSPACE, INSTANCE
from studio.services.people.model import Group, Member, member_id
from tests.server.kit import Api
from tests.server.workflows.test_changes import create, names
from tests.server.workflows.test_drafts import GREETING
from tests.server.workflows.test_starting import acting


async def folder(client: httpx2.AsyncClient, name: str, parent: str | None = None) -> str:
    """Id of a new folder."""
    made = await client.post("/folders", json={"name": name, "parent": parent})
    assert made.status_code == 201, made.text
    return made.json()["id"]


async def granted(api: Api, grants: dict[str, str], **more: Any) -> httpx2.AsyncClient:
    """A client of a member who has no right but what is granted in folders."""
    account = await api.account("nothing")
    member = Member(workspace=DEFAULT_WORKSPACE, account=account.id, role="nothing", folders=grants, **more)
    people = api.platform.people
    await people.records.commit([people.members.put(INSTANCE, member_id(DEFAULT_WORKSPACE, account.id), member)])
    return api.client(await api.token(account))


async def test_folders_form_a_tree(either: Api) -> None:
    editor = await either.signed_in(Role.EDITOR)
    a = await folder(editor, "A")
    b = await folder(editor, "B", a)
    c = await folder(editor, "C", b)
    taken = await editor.post("/folders", json={"name": " b ", "parent": a})
    assert (taken.status_code, taken.json()["code"]) == (409, "folder.name_taken")
    assert (await editor.post("/folders", json={"name": "B"})).status_code == 201
    assert (await editor.post("/folders", json={"name": "D", "parent": "none"})).status_code == 404
    assert (await editor.post("/folders", json={"name": "\x07"})).status_code == 422
    circle = await editor.patch(f"/folders/{a}", json={"parent": c})
    assert (circle.status_code, circle.json()["code"]) == (409, "folder.in_itself")
    deep = c
    for number in range(5):
        deep = await folder(editor, f"D{number}", deep)
    too_deep = await editor.post("/folders", json={"name": "E", "parent": deep})
    assert (too_deep.status_code, too_deep.json()["code"]) == (409, "folder.too_deep")
    other = await folder(editor, "Other")
    assert (await editor.patch(f"/folders/{a}", json={"parent": other})).status_code == 409
    moved = await editor.patch(f"/folders/{b}", json={"parent": "root", "name": "B2"})
    assert (moved.status_code, moved.json()["parent"], moved.json()["name"]) == (200, None, "B2")
    stale = await editor.patch(f"/folders/{b}", json={"name": "B3"}, headers={"if-match": '"1"'})
    assert stale.status_code == 412
    full = await editor.delete(f"/folders/{b}")
    assert (full.status_code, full.json()["code"]) == (409, "folder.not_empty")
    assert (await editor.delete(f"/folders/{a}")).status_code == 204
    assert (await editor.get(f"/folders/{a}")).status_code == 404


async def test_lists_by_folder(either: Api) -> None:
    editor = await either.signed_in(Role.EDITOR)
    a = await folder(editor, "A")
    b = await folder(editor, "B", a)
    for name, place in (("top", None), ("in a", a), ("in b", b)):
        await create(editor, name, folder=place)
    assert await names(editor, folder="root") == ["top"]
    assert await names(editor, folder=a) == ["in a"]
    assert await names(editor, folder=a, below=True) == ["in a", "in b"]
    assert await names(editor, folder="root", below=True) == ["in a", "in b", "top"]
    assert await names(editor, folder=a, below=True, sort="updated") == ["in b", "in a"]
    assert (await editor.get("/workflows", params={"folder": "none"})).status_code == 404
    full = await editor.delete(f"/folders/{b}")
    assert full.status_code == 409


async def test_an_editor_of_one_folder_edits_there_and_sees_nothing_else(either: Api) -> None:
    admin = await either.signed_in(Role.ADMIN)
    around = await folder(admin, "Around")
    mine = await folder(admin, "Mine", around)
    below = await folder(admin, "Below", mine)
    theirs = await folder(admin, "Theirs")
    ids = {
        place: await create(admin, name, folder=place)
        for name, place in (("top", None), ("around", around), ("mine", mine), ("below", below), ("theirs", theirs))
    }
    member = await granted(either, {mine: Role.EDITOR})
    assert await names(member) == ["below", "mine"]
    assert await names(member, sort="updated") == ["below", "mine"]
    shown = (await member.get("/folders")).json()["items"]
    assert [one["name"] for one in shown] == ["Around", "Below", "Mine"]
    for place in (mine, below):
        id = ids[place]
        assert (await member.get(f"/workflows/{id}")).status_code == 200
        assert (await member.put(f"/workflows/{id}/draft", json={"document": GREETING})).status_code == 200
        assert (await member.post(f"/workflows/{id}/publish", json={})).status_code == 201
    for place in (None, around, theirs):
        id = ids[place]
        for path in ("", "/draft", "/versions", "/export"):
            assert (await member.get(f"/workflows/{id}{path}")).status_code == 404
        assert (await member.put(f"/workflows/{id}/draft", json={"document": GREETING})).status_code == 404
        assert (await member.delete(f"/workflows/{id}")).status_code == 404
    assert (await member.post("/workflows", json={"name": "New", "folder": below})).status_code == 201
    assert (await member.post("/workflows", json={"name": "New"})).status_code == 403
    assert (await member.post("/workflows", json={"name": "New", "folder": theirs})).status_code == 404
    assert (await member.patch(f"/workflows/{ids[mine]}", json={"folder": theirs})).status_code == 404
    assert (await member.patch(f"/workflows/{ids[mine]}", json={"folder": "root"})).status_code == 403
    assert (await member.patch(f"/workflows/{ids[mine]}", json={"folder": below})).status_code == 200
    assert (await member.delete(f"/workflows/{ids[below]}")).status_code == 204
    assert (await member.post(f"/workflows/{ids[below]}/undelete", json={})).status_code == 200


async def test_an_editor_of_one_folder_makes_folders_in_it(either: Api) -> None:
    admin = await either.signed_in(Role.ADMIN)
    mine, theirs = await folder(admin, "Mine"), await folder(admin, "Theirs")
    member = await granted(either, {mine: Role.EDITOR})
    inner = await folder(member, "Inner", mine)
    assert (await member.patch(f"/folders/{inner}", json={"name": "Other"})).status_code == 200
    assert (await member.post("/folders", json={"name": "Top"})).status_code == 403
    assert (await member.post("/folders", json={"name": "New", "parent": theirs})).status_code == 404
    assert (await member.patch(f"/folders/{mine}", json={"name": "Taken"})).status_code == 403
    assert (await member.patch(f"/folders/{inner}", json={"parent": "root"})).status_code == 403
    assert (await member.delete(f"/folders/{mine}")).status_code == 403
    assert (await member.delete(f"/folders/{theirs}")).status_code == 404
    assert (await member.delete(f"/folders/{inner}")).status_code == 204


async def test_a_viewer_of_one_folder_changes_nothing(api: Api) -> None:
    admin = await api.signed_in(Role.ADMIN)
    mine, other = await folder(admin, "Mine"), await folder(admin, "Other")
    id, elsewhere = await create(admin, folder=mine), await create(admin, "Elsewhere", folder=other)
    viewer = await granted(api, {mine: Role.VIEWER, other: Role.EDITOR})
    assert (await viewer.get(f"/workflows/{id}/draft")).status_code == 200
    for method, path, body in (
        ("PUT", "/draft", {"document": GREETING}), ("PATCH", "", {"name": "X"}), ("DELETE", "", None),
        ("POST", "/publish", {}), ("POST", "/archive", {}), ("POST", "/duplicate", {}),
    ):  # fmt: skip
        for workflow, allowed in ((id, False), (elsewhere, True)):
            status = (await viewer.request(method, f"/workflows/{workflow}{path}", json=body)).status_code
            if allowed:
                assert status not in (401, 403), path
            else:
                assert status == 403, path
        await admin.post(f"/workflows/{elsewhere}/unarchive", json={})
        await admin.post(f"/workflows/{elsewhere}/undelete", json={})


async def test_groups_grant_folders_and_rights_end_with_them(api: Api) -> None:
    admin = await api.signed_in(Role.ADMIN)
    mine = await folder(admin, "Mine")
    id = await create(admin, folder=mine)
    people = api.platform.people
    group = Group(name="Team", folders={mine: Role.EDITOR})
    await people.records.commit([people.groups.put(DEFAULT_WORKSPACE, "team", group)])
    member = await granted(api, {}, groups=["team"])
    assert (await member.patch(f"/workflows/{id}", json={"tags": ["x"]})).status_code == 200
    await people.records.commit([people.groups.drop(DEFAULT_WORKSPACE, "team")])
    assert (await member.get(f"/workflows/{id}")).status_code == 403


async def test_moving_a_folder_moves_what_is_granted(api: Api) -> None:
    admin = await api.signed_in(Role.ADMIN)
    mine, box = await folder(admin, "Mine"), await folder(admin, "Box")
    id = await create(admin, folder=box)
    member = await granted(api, {mine: Role.VIEWER})
    assert (await member.get(f"/workflows/{id}")).status_code == 404
    assert (await admin.patch(f"/folders/{box}", json={"parent": mine})).status_code == 200
    assert (await member.get(f"/workflows/{id}")).status_code == 200
    assert (await admin.patch(f"/folders/{box}", json={"parent": "root"})).status_code == 200
    assert (await member.get(f"/workflows/{id}")).status_code == 404


async def test_what_comes_back_from_a_folder_that_is_gone_lies_in_none(either: Api) -> None:
    editor = await either.signed_in(Role.EDITOR)
    box = await folder(editor, "Box")
    id = await create(editor, folder=box)
    await editor.delete(f"/workflows/{id}")
    assert (await editor.delete(f"/folders/{box}")).status_code == 204
    back = await editor.post(f"/workflows/{id}/undelete", json={})
    assert (back.status_code, back.json()["folder"]) == (200, None)


async def test_a_key_for_certain_workflows_changes_no_folder(api: Api) -> None:
    folders = api.platform.workflows.folders
    box = await folders.create(acting(Role.EDITOR), "Box")
    key = acting(Role.EDITOR, workflows=frozenset({"some"}))
    assert (await folders.show(key, box.id)).value.name == "Box"
    for act in (
        folders.create(key, "New"), folders.delete(key, box.id, expected=None),
        folders.change(key, box.id, name="Other", expected=None),
    ):  # fmt: skip
        with pytest.raises(AccessRefused):
            await act
    await folders.delete(acting(Role.EDITOR), box.id, expected=None)


async def test_odd_names_are_not_found(either: Api) -> None:
    editor = await either.signed_in(Role.EDITOR)
    for odd in ("%00", "%ff", "..%2f", "a%20b", "x" * 3000, "%F0%9F%92%A9"):
        for path in (f"/workflows/{odd}", f"/workflows/{odd}/draft", f"/folders/{odd}"):
            assert (await editor.get(path)).status_code == 404, path
        listed = await editor.get(f"/workflows?folder={odd}&owner={odd[:60]}&tag={odd[:50]}&q={odd[:100]}")
        assert listed.status_code in (404, 422), odd
    made = await editor.post("/workflows", json={"name": "X", "folder": "\0"})
    assert made.status_code == 404, made.text
    for name in ("a\0b", "\0", "a\nb"):
        sent = await editor.post("/workflows", json={"document": {"studio": 1, "name": name}})
        assert sent.status_code == 422, sent.text
        file = {"name": "a.json", "text": json.dumps({"studio": 1, "name": name})}
        assert (await editor.post("/workflows/import", json={"files": [file]})).status_code == 422
    assert (await editor.post("/folders", json={"name": "a\0b"})).status_code == 422
    assert (await editor.post("/workflows", json={"name": "X", "tags": ["a\0"]})).status_code == 422
    cursor = base64.urlsafe_b64encode(orjson.dumps(["\0", "\0"])).decode()
    assert (await editor.get("/workflows", params={"cursor": cursor})).status_code in (200, 422)
    assert (await editor.get("/workflows")).json()["items"] == []


async def test_nobody_moves_things_to_where_they_may_do_more_with_them(either: Api) -> None:
    admin = await either.signed_in(Role.ADMIN)
    theirs, mine, plain = [await folder(admin, name) for name in ("Theirs", "Mine", "Plain")]
    inner = await folder(admin, "Inner", theirs)
    id, top = await create(admin, "theirs", folder=theirs), await create(admin, "top")
    account = await either.account(Role.EDITOR)
    people = either.platform.people
    member = Member(workspace=DEFAULT_WORKSPACE, account=account.id, role=Role.EDITOR, folders={mine: Role.ADMIN})
    await people.records.commit([people.members.put(INSTANCE, member_id(DEFAULT_WORKSPACE, account.id), member)])
    editor = either.client(await either.token(account))
    for path in (f"/workflows/{id}", f"/workflows/{top}"):
        refused = await editor.patch(path, json={"folder": mine})
        assert (refused.status_code, refused.json()["code"]) == (403, "access.not_yours_to_give"), refused.text
        assert (await editor.patch(path, json={"folder": plain})).status_code == 200
    refused = await editor.patch(f"/folders/{inner}", json={"parent": mine})
    assert (refused.status_code, refused.json()["code"]) == (403, "access.not_yours_to_give")
    many = await editor.post("/workflows/bulk", json={"workflows": [id], "action": "move", "folder": mine})
    assert many.json()["items"][0]["code"] == "access.not_yours_to_give"
    own = await create(editor, "own", folder=mine)
    assert (await editor.patch(f"/workflows/{own}", json={"folder": plain})).status_code == 200
    assert (await editor.patch(f"/folders/{inner}", json={"parent": plain})).status_code == 200
    assert (await admin.patch(f"/workflows/{id}", json={"folder": mine})).status_code == 200
    assert (await admin.patch(f"/folders/{inner}", json={"parent": mine})).status_code == 200
