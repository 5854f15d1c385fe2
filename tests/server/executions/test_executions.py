"""Starting executions, looking at them and acting on them."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2
import pytest

from studio.domain.access import Role
from tests.server.kit import Api

ADD = {
    "studio": 1,
    "name": "Add",
    "inputs": {"a": {"type": "integer"}, "b": {"type": "integer", "default": 1}},
    "nodes": {"total": {"type": "flow.set", "params": {"values": {"sum": "{{ inputs.a + inputs.b }}"}}}},
    "output": "{{ total.values.sum }}",
}
WAITS = {
    "studio": 1,
    "name": "Waits",
    "nodes": {
        "big": {"type": "flow.set", "params": {"values": {"list": "{{ range(5000) }}", "text": "{{ 'x' * 9000 }}"}}},
        "release": {"type": "flow.approval", "params": {"message": "Release {{ len(big.values.list) }}?"}},
    },
    "output": "{{ release.decision }}",
}


async def published(client: httpx2.AsyncClient, document: dict[str, Any], key: str) -> str:
    """A published workflow; its id."""
    made = await client.post("/workflows", json={"document": document, "key": key})
    assert made.status_code == 201, made.text
    id = made.json()["id"]
    done = await client.post(f"/workflows/{id}/publish", json={})
    assert done.status_code == 201, done.text
    return id


async def settled(client: httpx2.AsyncClient, id: str, *wanted: str) -> dict[str, Any]:
    """The execution once it has one of these statuses."""
    for _ in range(600):
        shown = (await client.get(f"/executions/{id}")).json()
        if shown["status"] in wanted:
            return shown
        await asyncio.sleep(0.05)
    raise AssertionError(shown)


async def test_an_execution_from_start_to_value(either: Api) -> None:
    client = await either.signed_in(Role.EDITOR)
    workflow = await published(client, ADD, "add")
    started = await client.post("/executions", json={"workflow": "add", "inputs": {"a": 2}})
    assert started.status_code == 202, started.text
    id = started.json()["id"]
    assert started.json()["workflow_id"] == workflow
    shown = await settled(client, id, "succeeded")
    assert shown["error"] is None
    value = (await client.get(f"/executions/{id}/values")).json()
    assert value == {"kind": "number", "size": None, "offset": 0, "value": 3}
    inputs = (await client.get(f"/executions/{id}/values", params={"path": "$inputs"})).json()
    assert inputs["value"] == {"a": 2, "b": 1}
    part = await client.get(f"/executions/{id}/values", params={"path": "total", "at": ["values", "sum"]})
    assert part.json()["value"] == 3
    for _ in range(100):
        runs = (await client.get(f"/executions/{id}/nodes")).json()["items"]
        if runs:
            break
        await asyncio.sleep(0.05)
    assert [(run["path"], run["status"]) for run in runs] == [("total", "succeeded")]
    listed = (await client.get("/executions", params={"workflow": "add", "status": "succeeded"})).json()
    assert [one["id"] for one in listed["items"]] == [id]
    assert (await client.get("/executions", params={"status": "failed"})).json()["items"] == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"workflow": "nothing"}, 404, "workflow.not_found"),
        ({"workflow": "add"}, 422, "workflow.invalid"),
        ({"workflow": "add", "inputs": {"a": "x"}}, 422, "workflow.invalid"),
        ({"workflow": "add", "inputs": {"a": 1, "c": 1}}, 422, "workflow.invalid"),
        ({"workflow": "add", "inputs": {"a": 1}, "which": 9}, 404, "record.not_found"),
        ({"workflow": "add", "inputs": {"a": 1}, "tags": ["workflow:other"]}, 422, "execution.reserved_tag"),
        ({"workflow": "add", "inputs": {"a": 1}, "more": 1}, 422, "request.invalid"),
    ],
)
async def test_starts_that_do_not_fit_are_refused(api: Api, body: dict[str, Any], status: int, code: str) -> None:
    client = await api.signed_in(Role.EDITOR)
    await published(client, ADD, "add")
    refused = await client.post("/executions", json=body)
    assert (refused.status_code, refused.json()["code"]) == (status, code), refused.text
    assert (await client.get("/executions")).json()["items"] == []


async def test_an_idempotency_key_gives_one_execution(either: Api) -> None:
    client = await either.signed_in(Role.EDITOR)
    await published(client, ADD, "add")
    key = {"Idempotency-Key": "order-7"}
    body = {"workflow": "add", "inputs": {"a": 2}}
    answers = await asyncio.gather(*(client.post("/executions", json=body, headers=key) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["id"] for answer in answers}) == 1
    other = await client.post("/executions", json={**body, "inputs": {"a": 3}}, headers=key)
    assert other.status_code in (409, 422)
    somebody = await either.signed_in(Role.EDITOR)
    theirs = await somebody.post("/executions", json=body, headers=key)
    assert theirs.json()["id"] != answers[0].json()["id"]


async def test_values_are_read_in_pieces_and_approvals_answered(api: Api) -> None:
    client = await api.signed_in(Role.EDITOR, name="Grace")
    await published(client, WAITS, "waits")
    id = (await client.post("/executions", json={"workflow": "waits"})).json()["id"]
    shown = await settled(client, id, "waiting")
    assert shown["reason"]["code"] == "wait.approval"
    assert "release" in shown["reason"]["message"]
    whole = (await client.get(f"/executions/{id}/values", params={"path": "big", "at": ["values"]})).json()
    assert whole["value"] == {
        "list": {"$more": {"kind": "list", "size": 5000}},
        "text": {"$more": {"kind": "text", "size": 9000}},
    }
    at = {"path": "big", "at": ["values", "list"], "offset": 4990, "limit": 5}
    piece = (await client.get(f"/executions/{id}/values", params=at)).json()
    assert (piece["size"], piece["offset"], piece["value"]) == (5000, 4990, [4990, 4991, 4992, 4993, 4994])
    text = await client.get(f"/executions/{id}/values", params={"path": "big", "at": ["values", "text"], "limit": 3})
    assert text.json()["value"] == "xxx"
    missing = await client.get(f"/executions/{id}/values", params={"path": "big", "at": ["nothing"]})
    assert (missing.status_code, missing.json()["code"]) == (404, "execution.no_part")
    wrong = await client.post(f"/executions/{id}/approvals", json={"path": "release", "decision": "maybe"})
    assert wrong.status_code == 422
    answered = await client.post(f"/executions/{id}/approvals", json={"path": "release", "decision": "approve"})
    assert answered.status_code == 202
    await settled(client, id, "succeeded")
    assert (await client.get(f"/executions/{id}/values")).json()["value"] == "approve"
    late = await client.post(f"/executions/{id}/cancel", json={})
    assert (late.status_code, late.json()["code"]) == (409, "execution.ended")


async def test_cancel_pause_and_resume(api: Api) -> None:
    client = await api.signed_in(Role.EDITOR)
    await published(client, WAITS, "waits")
    first, second = [(await client.post("/executions", json={"workflow": "waits"})).json()["id"] for _ in range(2)]
    await settled(client, first, "waiting")
    assert (await client.post(f"/executions/{first}/cancel", json={"reason": "enough"})).status_code == 202
    await settled(client, first, "cancelled")
    await settled(client, second, "waiting")
    assert (await client.post(f"/executions/{second}/pause")).status_code == 202
    await settled(client, second, "paused")
    assert (await client.post(f"/executions/{second}/resume")).status_code == 202
    await settled(client, second, "waiting")


async def test_other_workspaces_and_roles_see_and_do_what_they_may(api: Api) -> None:
    editor = await api.signed_in(Role.EDITOR)
    await published(editor, WAITS, "waits")
    id = (await editor.post("/executions", json={"workflow": "waits"})).json()["id"]
    await settled(editor, id, "waiting")
    viewer = await api.signed_in(Role.VIEWER)
    assert (await viewer.get(f"/executions/{id}")).status_code == 200
    assert (await viewer.post(f"/executions/{id}/cancel", json={})).status_code == 403
    stranger = await api.signed_in(Role.ADMIN, "elsewhere")
    for method, path in [
        ("GET", ""), ("GET", "/nodes"), ("GET", "/values"), ("POST", "/cancel"), ("POST", "/pause"),
        ("POST", "/resume"),
    ]:  # fmt: skip
        body = {"json": {}} if path == "/cancel" else {}
        answer = await stranger.request(method, f"/executions/{id}{path}", **body)
        assert answer.status_code == 404, (method, path)
    assert (await stranger.get("/executions")).json()["items"] == []
    assert (await editor.get(f"/executions/{id}")).json()["status"] == "waiting"
