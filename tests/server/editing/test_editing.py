"""Drafts changed by small operations, over the API."""

from __future__ import annotations

from typing import Any

import httpx2

from studio.domain.access import Role
from tests.server.kit import Api

WORKFLOW: dict[str, Any] = {
    "studio": 1,
    "name": "Greeting",
    "inputs": {"who": {"type": "string", "default": "world"}},
    "nodes": {
        "greet": {"type": "text.template", "params": {"template": "Hello {{ inputs.who }}"}},
        "shout": {"type": "text.template", "params": {"template": "{{ greet.text }}!"}},
    },
    "edges": ["greet -> shout"],
    "output": "{{ shout.text }}",
}


async def made(client: httpx2.AsyncClient, document: dict[str, Any] = WORKFLOW) -> str:
    """A workflow; its id."""
    answer = await client.post("/workflows", json={"document": document})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def send(
    client: httpx2.AsyncClient, workflow: str, base: int, /, *operations: dict[str, Any], **more: Any
) -> httpx2.Response:
    """Send operations."""
    body = {"base": base, "operations": operations, **more}
    return await client.post(f"/workflows/{workflow}/draft/operations", json=body)


async def draft(client: httpx2.AsyncClient, workflow: str) -> dict[str, Any]:
    """The document as others read it."""
    return (await client.get(f"/workflows/{workflow}/draft")).json()["document"]


def setting(node: str, param: str, value: Any) -> dict[str, Any]:
    """An operation that sets a param."""
    return {"op": "set", "path": ["nodes", node, "params", param], "value": value}


async def test_every_operation_and_its_undo(either: Api) -> None:
    editor = await either.signed_in(Role.EDITOR)
    id = await made(editor)
    batches: list[list[dict[str, Any]]] = [
        [setting("greet", "template", "Bye")],
        [{"op": "set", "path": ["nodes", "greet", "title"], "value": "Greets"}],
        [{"op": "set", "path": ["inputs", "when"], "value": {"type": "string"}}],
        [{"op": "remove", "path": ["inputs", "who"]}],
        [{"op": "set", "path": ["name"], "value": "Farewell"}],
        [{"op": "set", "path": ["settings", "parallel"], "value": 3}],
        [
            {"op": "add_node", "node": "end", "value": {"type": "text.template", "params": {"template": "x"}},
             "edges": ["shout -> end"], "positions": {"end": [10, 20.5]}},
            {"op": "add_edge", "edge": "greet -> end"},
        ],
        [{"op": "move", "positions": {"greet": [1, 2], "shout": [3, 4]}}],
        [{"op": "remove_edge", "edge": "greet -> shout"}],
        [{"op": "rename_node", "node": "shout", "to": "cry"}],
        [{"op": "remove_node", "node": "cry"}],
    ]  # fmt: skip
    documents = [await draft(editor, id)]
    for batch in batches:
        answer = await send(editor, id, len(documents), *batch)
        assert answer.status_code == 200, answer.text
        assert answer.json()["revision"] == len(documents) + 1
        documents.append(await draft(editor, id))
    assert documents[-2]["output"] == "{{ cry.text }}"
    assert set(documents[-1]["nodes"]) == {"greet", "end"}
    assert (await editor.get(f"/workflows/{id}")).json()["name"] == "Farewell"
    assert documents[-1]["edges"] == ["greet -> end"]
    for wanted in reversed(documents[:-1]):
        back = await editor.post(f"/workflows/{id}/draft/undo", json={})
        assert back.status_code == 200, back.text
        assert plain(await draft(editor, id)) == plain(wanted)
    for wanted in documents[1:]:
        again = await editor.post(f"/workflows/{id}/draft/redo", json={})
        assert again.status_code == 200, again.text
        assert plain(await draft(editor, id)) == plain(wanted)
    assert (await editor.post(f"/workflows/{id}/draft/redo", json={})).json()["code"] == "editing.nothing"


def plain(document: dict[str, Any]) -> dict[str, Any]:
    """A document in which the order of edges does not count."""
    return {**document, "edges": sorted(document.get("edges", []), key=str)}


async def test_params_merge_and_conflicts_are_told(either: Api) -> None:
    ada, bob = await either.signed_in(Role.EDITOR, name="Ada"), await either.signed_in(Role.EDITOR, name="Bob")
    id = await made(ada)
    assert (await send(ada, id, 1, setting("greet", "template", "A"))).status_code == 200
    merged = await send(bob, id, 1, setting("greet", "trim", True), setting("shout", "template", "B"))
    assert merged.status_code == 200, merged.text
    assert [one["revision"] for one in merged.json()["missed"]] == [2]
    conflict = await send(bob, id, 1, setting("shout", "other", 1), setting("greet", "template", "C"))
    assert (conflict.status_code, conflict.json()["code"]) == (409, "editing.conflict")
    (problem,) = conflict.json()["problems"]
    assert (problem["operation"], problem["value"], problem["name"], problem["revision"]) == (1, "A", "Ada", 2)
    document = await draft(ada, id)
    assert document["nodes"]["greet"]["params"] == {"template": "A", "trim": True}
    assert document["nodes"]["shout"]["params"] == {"template": "B"}
    # What is the same already is no conflict, and with the newest revision there is none.
    assert (await send(bob, id, 1, setting("greet", "template", "A"))).status_code == 200
    assert (await send(bob, id, 4, setting("greet", "template", "C"))).status_code == 200


async def test_each_person_takes_back_their_own(either: Api) -> None:
    ada, bob = await either.signed_in(Role.EDITOR, name="Ada"), await either.signed_in(Role.EDITOR, name="Bob")
    id = await made(ada)
    await send(ada, id, 1, setting("greet", "template", "A"))
    await send(ada, id, 2, setting("shout", "template", "A"))
    await send(bob, id, 3, setting("greet", "other", "B"))
    await send(bob, id, 4, setting("shout", "template", "B"))
    refused = await ada.post(f"/workflows/{id}/draft/undo", json={})
    assert (refused.status_code, refused.json()["problems"][0]["name"]) == (409, "Bob")
    skipped = await ada.post(f"/workflows/{id}/draft/undo", json={"skip": True})
    assert skipped.status_code == 200, skipped.text
    document = await draft(ada, id)
    assert document["nodes"]["greet"]["params"] == {"template": "Hello {{ inputs.who }}", "other": "B"}
    assert document["nodes"]["shout"]["params"] == {"template": "B"}
    assert (await ada.get(f"/workflows/{id}/draft/steps")).json() == {"undo": 0, "redo": 1}
    either.platform.editing.open("default", id).forget()
    assert (await ada.post(f"/workflows/{id}/draft/redo", json={})).json()["operation"]["how"] == "redo"
    assert (await draft(bob, id))["nodes"]["greet"]["params"] == {"template": "A", "other": "B"}


async def test_deleting_and_renaming_beside_others(either: Api) -> None:
    ada, bob = await either.signed_in(Role.EDITOR, name="Ada"), await either.signed_in(Role.EDITOR, name="Bob")
    id = await made(ada)
    await send(ada, id, 1, setting("greet", "template", "A"))
    deleted = await send(bob, id, 1, {"op": "remove_node", "node": "greet"})
    assert (deleted.status_code, deleted.json()["problems"][0]["code"]) == (409, "editing.changed")
    await send(ada, id, 2, {"op": "rename_node", "node": "greet", "to": "hello"})
    followed = await send(bob, id, 2, setting("greet", "other", 1), {"op": "remove_edge", "edge": "greet -> shout"})
    assert followed.status_code == 200, followed.text
    document = await draft(ada, id)
    assert document["nodes"]["hello"]["params"] == {"template": "A", "other": 1}
    assert "edges" not in document or document["edges"] == []
    both = await send(bob, id, 2, {"op": "rename_node", "node": "greet", "to": "hi"})
    assert both.json()["problems"][0]["code"] == "editing.renamed"
    reads = await send(bob, id, 2, setting("shout", "more", "{{ greet.text }}"))
    assert reads.json()["problems"][0]["code"] == "editing.renamed"
    edge = await send(ada, id, 4, {"op": "add_edge", "edge": "hello -> shout"})
    assert edge.status_code == 200, edge.text
    held = await send(bob, id, 4, {"op": "remove_node", "node": "shout"})
    assert held.json()["problems"][0]["code"] == "editing.changed"
    await send(ada, id, 5, {"op": "remove_node", "node": "shout"})
    gone = await send(bob, id, 5, setting("shout", "template", "B"), {"op": "add_edge", "edge": "shout -> hello"})
    assert [one["code"] for one in gone.json()["problems"]] == ["editing.no_node", "editing.no_node"]


async def test_what_is_refused_changes_nothing(either: Api) -> None:
    editor = await either.signed_in(Role.EDITOR)
    id = await made(editor)
    before = await draft(editor, id)
    refused: list[tuple[dict[str, Any], str]] = [
        ({"op": "set", "path": ["studio"], "value": 2}, "editing.unsettable"),
        ({"op": "set", "path": ["nodes", "greet"], "value": {}}, "editing.unsettable"),
        ({"op": "set", "path": ["edges", "a -> b"], "value": 1}, "editing.unsettable"),
        ({"op": "set", "path": ["canvas", "positions", "greet"], "value": [1, 2]}, "editing.unsettable"),
        ({"op": "set", "path": ["nodes", "greet", "colour"], "value": "red"}, "editing.not_valid"),
        ({"op": "set", "path": ["nodes", "greet", "params", "template", "x"], "value": 1}, "editing.no_mapping"),
        ({"op": "set", "path": ["nodes", "greet", "params", "n"], "value": 1 << 70}, "request.invalid"),
        ({"op": "set", "path": ["settings", "parallel"], "value": -1}, "editing.not_valid"),
        ({"op": "set", "path": ["name"], "value": ""}, "editing.not_valid"),
        ({"op": "remove", "path": ["nodes", "greet", "type"]}, "editing.not_valid"),
        ({"op": "add_node", "node": "New", "value": {"type": "text.template"}}, "editing.node_id"),
        ({"op": "add_node", "node": "a.b.c", "value": {"type": "text.template"}}, "editing.node_path"),
        ({"op": "add_edge", "edge": "greet shout"}, "editing.bad_edge"),
        ({"op": "add_node", "node": "greet", "value": {"type": "text.template"}}, "editing.conflict"),
        ({"op": "rename_node", "node": "greet", "to": "shout"}, "editing.conflict"),
        ({"op": "add_edge", "edge": "greet -> none"}, "editing.conflict"),
    ]
    for operation, code in refused:
        answer = await send(editor, id, 1, setting("shout", "more", 1), operation)
        assert (answer.status_code, answer.json()["code"]) == (409 if code == "editing.conflict" else 422, code)
        assert await draft(editor, id) == before
    assert (await send(editor, id, 1, setting("shout", "more", 1))).status_code == 200
    assert (await send(editor, id, 9, setting("shout", "more", 1))).json()["code"] == "editing.base"


async def test_who_may_edit(either: Api) -> None:
    editor = await either.signed_in(Role.EDITOR)
    id = await made(editor)
    viewer, stranger = await either.signed_in(Role.VIEWER), await either.signed_in(Role.ADMIN, "other")
    operation = setting("greet", "template", "x")
    assert (await send(viewer, id, 1, operation)).status_code == 403
    assert (await send(stranger, id, 1, operation)).status_code == 404
    assert (await send(editor, id, 1, operation)).status_code == 200
    for path, status in ((f"/workflows/{id}/draft/undo", 403), (f"/workflows/{id}/draft/redo", 403)):
        assert (await viewer.post(path, json={})).status_code == status
        assert (await stranger.post(path, json={})).status_code == 404
    since = f"/workflows/{id}/draft/operations"
    assert (await viewer.get(since, params={"after": 1})).json()["revision"] == 2
    assert (await stranger.get(since, params={"after": 1})).status_code == 404
    assert (await stranger.get(f"/workflows/{id}/presence")).status_code == 404
    await editor.post(f"/workflows/{id}/archive", json={})
    assert (await send(editor, id, 2, operation)).status_code == 409
