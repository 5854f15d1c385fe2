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
    client: httpx2.AsyncClient, workflow: str, base: int, *operations: dict[str, Any], **more: Any
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
