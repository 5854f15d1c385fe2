"""Breakpoints by the API: stopping, looking, changing, going on; also over a process that is killed at each point."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx2
import pytest

from studio.domain.access import Role
from studio.services.auditing import read_entry
from tests.server.executions.test_crash import server
from tests.server.executions.test_executions import published, settled
from tests.server.kit import Api

SECRET = "planted-key-4711"
SIGNS: dict[str, Any] = {
    "studio": 1,
    "name": "Signs",
    "inputs": {"key": {"type": "string", "default": SECRET, "x-secret": True}},
    "nodes": {
        "load": {"type": "flow.set", "params": {"values": {"n": 1}}},
        "rows": {
            "type": "flow.map",
            "params": {"items": [1, 2, 3]},
            "body": {
                "nodes": {"one": {"type": "flow.set", "params": {"values": {"n": "{{ item * load.values.n }}"}}}},
                "output": "{{ one.values.n }}",
            },
        },
        "sign": {"type": "crypto.hmac", "params": {"text": "{{ str(sum(rows.results)) }}", "key": "{{ inputs.key }}"}},
    },
    "output": "{{ sum(rows.results) }}",
}


async def stopped(client: httpx2.AsyncClient, id: str, *paths: str) -> dict[str, Any]:
    """What is told of breakpoints, once exactly these node runs wait there and nothing else runs."""
    shown: dict[str, Any] = {}
    found: dict[str, Any] = {}
    for _ in range(600):
        shown = (await client.get(f"/executions/{id}")).json()
        found = (await client.get(f"/executions/{id}/breakpoints")).json()
        if [one["path"] for one in found["stopped"]] == sorted(paths) and shown["status"] == "waiting":
            assert shown["reason"]["code"] == "wait.breakpoint"
            return found
        await asyncio.sleep(0.03)
    raise AssertionError((shown, found))


async def begin(client: httpx2.AsyncClient, workflow: str, *points: dict[str, Any], **more: Any) -> str:
    """A run of the draft with breakpoints."""
    body = {"workflow": workflow, "which": "draft", "breakpoints": list(points), **more}
    answer = await client.post("/executions", json=body)
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


async def act(client: httpx2.AsyncClient, id: str, what: str, **body: Any) -> None:
    """Do something that must be accepted."""
    method = "PUT" if what == "breakpoints" else "POST"
    answer = await client.request(method, f"/executions/{id}/{what}", json=body)
    assert answer.status_code == 202, answer.text


async def test_a_trial_is_stopped_looked_into_changed_and_goes_on(either: Api) -> None:
    client = await either.signed_in(Role.EDITOR)
    workflow = (await client.post("/workflows", json={"document": SIGNS, "key": "signs"})).json()["id"]
    id = await begin(client, workflow, {"node": "rows.body.one", "condition": "item == 2"}, {"node": "sign"})
    found = await stopped(client, id, "rows[1]/one")
    assert found["test"] is True
    assert found["stopped"][0]["node"] == "rows.body.one"
    assert {one["node"]: one["condition"] for one in found["items"]} == {"rows.body.one": "item == 2", "sign": None}

    async def value(path: str, **more: Any) -> Any:
        answer = await client.get(f"/executions/{id}/values", params={"path": path, **more})
        return answer.json().get("value", answer.json().get("code"))

    assert await value("rows[1]/one", part="input") == {"values": {"n": 2}}
    assert await value("load", part="input") == "execution.no_input"
    await act(client, id, "edits", path="rows[1]/one", params={"values": {"n": 70}})
    await act(client, id, "step")
    await stopped(client, id, "sign")
    resolved = await value("sign", part="input")
    assert (resolved["text"], resolved["key"]) == ("74", "•••")
    await act(client, id, "edits", path="rows", output={"results": [5], "errors": []})
    while await value("rows", at=["results"]) != [5]:
        await asyncio.sleep(0.02)  # it is taken in when whoever drives it looks
    await act(client, id, "breakpoints", items=[])
    await act(client, id, "continue")
    await settled(client, id, "succeeded")
    assert await value("$output") == 5
    assert SECRET not in str([await value("sign", part="input"), await value("sign")])

    events = (await client.get(f"/executions/{id}/export")).json()
    kinds = [one["kind"] for one in events["events"]]
    assert [kinds.count(kind) for kind in ("held", "released", "edited")] == [2, 2, 2]
    log = [read_entry(one.value) for one in await either.platform.ports.records.audit("default", limit=100)]
    assert {"execution.step", "execution.continue", "execution.edited", "execution.breakpoints"} <= {
        one.action for one in log
    }
    late = await client.post(f"/executions/{id}/continue", json={})
    assert (late.status_code, late.json()["code"]) == (409, "execution.not_stopped")


async def test_what_may_not_be_debugged(api: Api) -> None:
    client, viewer = await api.signed_in(Role.EDITOR), await api.signed_in(Role.VIEWER)
    workflow = await published(client, SIGNS, "signs")
    refused = await client.post("/executions", json={"workflow": workflow, "breakpoints": [{"node": "load"}]})
    assert (refused.status_code, refused.json()["code"]) == (409, "execution.not_a_test")
    ran = (await client.post("/executions", json={"workflow": workflow})).json()["id"]
    await settled(client, ran, "succeeded")
    assert (await client.put(f"/executions/{ran}/breakpoints", json={"items": []})).status_code == 409
    draft: dict[str, Any] = {"workflow": workflow, "which": "draft"}
    for point, status in (({"node": "none"}, 404), ({"node": "load", "condition": "1 +"}, 422)):
        assert (await client.post("/executions", json={**draft, "breakpoints": [point]})).status_code == status
    id = await begin(client, workflow, {"node": "load"})
    await stopped(client, id, "load")
    tries: list[tuple[str, dict[str, Any]]] = [
        ("continue", {}),
        ("step", {}),
        ("edits", {"path": "load", "params": {}}),
    ]
    for path, body in tries:
        assert (await viewer.post(f"/executions/{id}/{path}", json=body)).status_code == 403
    await api.workspace("other")
    stranger = await api.signed_in(Role.ADMIN, "other")
    assert (await stranger.get(f"/executions/{id}/breakpoints")).status_code == 404
    assert (await stranger.post(f"/executions/{id}/continue", json={})).status_code == 404
    assert (await client.post(f"/executions/{id}/edits", json={"path": "sign", "output": 1})).status_code == 404
    assert (await client.post(f"/executions/{id}/edits", json={"path": "load"})).status_code == 422
    await act(client, id, "cancel", reason="enough")
    await settled(client, id, "cancelled")


async def test_a_replay_on_the_draft_stops_too(api: Api) -> None:
    client = await api.signed_in(Role.EDITOR)
    workflow = await published(client, SIGNS, "signs")
    ran = (await client.post("/executions", json={"workflow": workflow})).json()["id"]
    await settled(client, ran, "succeeded")
    body = {"on": "draft", "start": "sign", "breakpoints": [{"node": "sign"}]}
    again = await client.post(f"/executions/{ran}/replay", json=body)
    assert again.status_code == 202, again.text
    await stopped(client, again.json()["id"], "sign")
    refused = await client.post(f"/executions/{ran}/replay", json={**body, "on": "same"})
    assert refused.json()["code"] == "execution.not_a_test"


@pytest.mark.parametrize("db", ["sqlite", "postgres"])
async def test_a_breakpoint_outlives_every_kill(db: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """The process is killed after each thing that it has acknowledged."""
    url = request.getfixturevalue("postgres_url") if db == "postgres" else None
    with server(tmp_path / "data", url) as one:
        async with one.client() as client:
            workflow = (await client.post("/workflows", json={"document": SIGNS, "key": "signs"})).json()["id"]
            id = await begin(client, workflow, {"node": "load"}, {"node": "sign"})
        acts: list[tuple[str, dict[str, Any], str]] = [
            ("step", {}, "rows"),
            ("edits", {"path": "load", "output": {"values": {"n": 10}}}, "rows"),
            ("continue", {"path": "rows"}, "sign"),
        ]
        async with one.client() as client:
            await stopped(client, id, "load")
        for what, body, path in acts:
            async with one.client() as client:
                await act(client, id, what, **body)
            one.kill()
            one.start()
            async with one.client() as client:
                await stopped(client, id, path)
        async with one.client() as client:
            await act(client, id, "continue")
            await settled(client, id, "succeeded")
            assert (await client.get(f"/executions/{id}/values")).json()["value"] == 60
