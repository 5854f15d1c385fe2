"""Checking, versions, differences."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from studio.domain.access import Role
from studio.services.auditing import read_entry
from tests.server.kit import Api
from tests.server.workflows.test_drafts import GREETING

WRONG = """studio: 1
name: Wrong
nodes:
  greet:
    type: text.template
    params: {template: "Hello {{ inputs.whom }}"}
  fetch: {type: text.templat}
output: "{{ greet.txt }}"
"""


async def audited(api: Api, workspace: str = "default") -> list[Any]:
    """The entries of the audit log, oldest first."""
    entries = await api.platform.ports.records.audit(workspace, after=0, limit=1000)
    return [read_entry(one.value) for one in entries]


async def test_every_problem_is_told_with_its_place_and_in_the_language(api: Api) -> None:
    viewer = await api.signed_in(Role.VIEWER)
    found = await viewer.post("/workflows/validate", json={"text": WRONG})
    assert found.status_code == 200, found.text
    problems = found.json()["problems"]
    assert found.json()["valid"] is False
    places = {(one["code"], one["node"], one["param"], one["line"]) for one in problems}
    assert ("workflow.unknown_type", "fetch", "type", 7) in places
    assert any(line == 6 and node == "greet" for _, node, _, line in places)
    assert any(line == 8 for _, _, _, line in places)
    assert all(one["column"] for one in problems)
    assert next(one for one in problems if one["node"] == "fetch")["suggestion"] == "text.template"
    spoken = [
        [one["message"] for one in (await viewer.post(
            "/workflows/validate", json={"text": WRONG}, headers={"accept-language": lang}
        )).json()["problems"]]
        for lang in ("en", "fr", "ar")
    ]  # fmt: skip
    assert all(len({texts[at] for texts in spoken}) == 3 for at in range(len(problems)))
    good = await viewer.post("/workflows/validate", json={"document": GREETING})
    assert good.json() == {"valid": True, "problems": []}


async def test_what_is_no_workflow_is_refused_with_every_problem(api: Api) -> None:
    editor = await api.signed_in(Role.EDITOR)
    text = "studio: 1\nname: X\nnode: {}\nsettings: {timeout: soon}\n"
    refused = await editor.post("/workflows", json={"text": text})
    assert (refused.status_code, refused.json()["code"]) == (422, "workflow.invalid")
    assert {one["line"] for one in refused.json()["problems"]} == {3, 4}
    bodies = [
        {"document": {}}, {"document": {"studio": 1, "name": "N", "nodes": 5}}, {"text": "{{"}, {"text": ""}, {},
        {"document": GREETING, "text": WRONG}, {"document": {"studio": 1, "name": "\ud800"}},
        {"document": {"studio": 1, "name": "N", "output": float("nan")}},
        {"document": {"studio": 1, "name": "N", "output": 2**80}}, {"name": "\ud800"}, {"name": ""},
        {"document": {"studio": 1, "name": "N", "nodes": {"a": {"type": "text.template", "parms": {}}}}},
    ]  # fmt: skip
    for body in bodies:
        sent = await editor.post("/workflows", content=json.dumps(body), headers={"content-type": "application/json"})
        assert sent.status_code in (400, 422), (body, sent.text)
        assert sent.json()["code"] != "request.failed"
    assert (await editor.get("/workflows")).json()["items"] == []
    assert (await editor.post("/workflows", json={"name": "Empty"})).status_code == 201


async def test_errors_keep_a_draft_from_being_published(either: Api) -> None:
    editor = await either.signed_in(Role.EDITOR)
    id = (await editor.post("/workflows", json={"text": WRONG})).json()["id"]
    told = (await editor.post(f"/workflows/{id}/validate", json={})).json()
    assert told["valid"] is False
    refused = await editor.post(f"/workflows/{id}/publish", json={})
    assert refused.status_code == 422
    assert len(refused.json()["problems"]) == len(told["problems"])
    as_draft = await editor.post(f"/workflows/{id}/validate", json={"document": GREETING})
    assert as_draft.json()["valid"] is True
    assert (await editor.get(f"/workflows/{id}")).json()["published"] is None


async def test_versions_are_listed_compared_and_restored(either: Api) -> None:
    editor = await either.signed_in(Role.EDITOR)
    first = {**GREETING, "canvas": {"positions": {"greet": [10.0, 20.0]}}}
    id = (await editor.post("/workflows", json={"document": first})).json()["id"]
    await editor.post(f"/workflows/{id}/publish", json={"note": "First"})
    second = {**GREETING, "output": "{{ upper(greet.text) }}"}
    await editor.put(f"/workflows/{id}/draft", json={"document": second})
    done = await editor.post(f"/workflows/{id}/publish", json={"note": "Louder"})
    assert done.status_code == 201, done.text
    listed = (await editor.get(f"/workflows/{id}/versions")).json()["items"]
    assert [(one["number"], one["note"]) for one in listed] == [(2, "Louder"), (1, "First")]
    page = await editor.get(f"/workflows/{id}/versions", params={"limit": 1})
    rest = await editor.get(f"/workflows/{id}/versions", params={"limit": 1, "cursor": page.json()["next"]})
    assert [one["number"] for one in (*page.json()["items"], *rest.json()["items"])] == [2, 1]
    assert rest.json()["next"] is None
    compared = (await editor.get(f"/workflows/{id}/diff", params={"old": 1, "new": 2})).json()
    assert [(one["kind"], one["path"], one["new"]) for one in compared["changes"]] == [
        ("changed", "output", "{{ upper(greet.text) }}")
    ]
    assert compared["text"].startswith("~ output")
    assert (await editor.get(f"/workflows/{id}/diff", params={"old": 2})).json() == {"changes": [], "text": ""}
    draft = await editor.get(f"/workflows/{id}/draft")
    stale = await editor.post(f"/workflows/{id}/versions/1/restore", headers={"if-match": '"1"'})
    assert stale.status_code == 412
    restored = await editor.post(f"/workflows/{id}/versions/1/restore", headers={"if-match": draft.headers["etag"]})
    assert restored.json()["document"] == first
    assert (await editor.get(f"/workflows/{id}")).json()["published"] == 2
    assert (await editor.get(f"/workflows/{id}/versions/1")).json()["document"] == first
    assert (await editor.get(f"/workflows/{id}/versions/3")).status_code == 404
    entries = [one for one in await audited(either) if one.target_id == id]
    assert [one.action for one in entries] == [
        "workflow.created", "workflow.published", "workflow.draft_replaced", "workflow.published",
        "workflow.version_restored",
    ]  # fmt: skip
    assert entries[3].after["note"] == "Louder"


async def test_of_two_who_publish_at_once_one_is_told(api: Api) -> None:
    editor = await api.signed_in(Role.EDITOR)
    id = (await editor.post("/workflows", json={"document": GREETING})).json()["id"]
    late = await editor.post(f"/workflows/{id}/publish", json={}, headers={"if-match": '"7"'})
    assert late.status_code == 412
    answers = await asyncio.gather(*(editor.post(f"/workflows/{id}/publish", json={}) for _ in range(4)))
    assert [one.status_code for one in answers].count(201) == 1
    assert all(one.status_code in (201, 409, 412) for one in answers)
    assert len((await editor.get(f"/workflows/{id}/versions")).json()["items"]) == 1


async def test_another_workspace_sees_nothing(either: Api) -> None:
    editor = await either.signed_in(Role.EDITOR)
    other = await either.signed_in(Role.ADMIN, "other")
    id = (await editor.post("/workflows", json={"document": GREETING})).json()["id"]
    await editor.post(f"/workflows/{id}/publish", json={})
    folder = (await editor.post("/folders", json={"name": "Here"})).json()["id"]
    for client, status in ((editor, 200), (other, 404)):
        for path in ("", "/draft", "/versions", "/versions/1", "/diff?old=1", "/export"):
            assert (await client.get(f"/workflows/{id}{path}")).status_code == status, path
        assert (await client.post(f"/workflows/{id}/validate", json={})).status_code == status
        assert (await client.get(f"/folders/{folder}")).status_code == status
    body: dict[str, Any] = {"document": GREETING}
    for method, path, given in (
        ("PUT", "/draft", body), ("PATCH", "", {"name": "Mine"}), ("POST", "/publish", {}), ("POST", "/archive", {}),
        ("POST", "/versions/1/restore", {}), ("POST", "/duplicate", {}), ("DELETE", "", None),
    ):  # fmt: skip
        answer = await other.request(method, f"/workflows/{id}{path}", json=given)
        assert answer.status_code == 404, path
    assert (await other.get("/workflows")).json()["items"] == []
    assert (await other.post("/workflows", json={**body, "folder": folder})).status_code == 404
    assert (await editor.get(f"/workflows/{id}")).json()["name"] == "Greeting"
