"""Making workflows, and their drafts."""

from __future__ import annotations

from typing import Any

from studio.domain.access import Role
from tests.server.kit import Api

GREETING: dict[str, Any] = {
    "studio": 1,
    "name": "Greeting",
    "inputs": {"who": {"type": "string", "default": "world"}},
    "nodes": {"greet": {"type": "text.template", "params": {"template": "Hello {{ inputs.who }}"}}},
    "output": "{{ greet.text }}",
}


async def test_made_edited_and_published(either: Api) -> None:
    editor = await either.signed_in(Role.EDITOR)
    made = await editor.post("/workflows", json={"document": GREETING, "tags": ["demo"]})
    assert made.status_code == 201, made.text
    assert (made.json()["key"], made.json()["published"], made.json()["draft_revision"]) == ("greeting", None, 1)
    id = made.json()["id"]
    draft = await editor.get(f"/workflows/{id}/draft")
    assert draft.headers["etag"] == '"1"'
    assert draft.json()["document"] == GREETING
    changed = {**GREETING, "name": "Greeting everybody"}
    saved = await editor.put("/workflows/greeting/draft", json={"document": changed}, headers={"if-match": '"1"'})
    assert (saved.status_code, saved.headers["etag"]) == (200, '"2"')
    late = await editor.put(f"/workflows/{id}/draft", json={"document": GREETING}, headers={"if-match": '"1"'})
    assert (late.status_code, late.json()["code"]) == (412, "record.changed")
    assert (await editor.get(f"/workflows/{id}")).json()["name"] == "Greeting everybody"
    published = await editor.post(f"/workflows/{id}/publish", json={"note": "First"}, headers={"if-match": '"2"'})
    assert published.status_code == 201, published.text
    assert published.json()["version"]["number"] == 1
    again = await editor.post(f"/workflows/{id}/publish", json={})
    assert (again.status_code, again.json()["code"]) == (409, "workflow.nothing_new")
    listed = await editor.get("/workflows", params={"tag": "demo", "q": "everybody"})
    assert [one["published"] for one in listed.json()["items"]] == [1]
