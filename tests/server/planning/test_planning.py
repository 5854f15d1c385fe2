"""What a trial would run, take over and do to the world, and that the trial does just that."""

from __future__ import annotations

from typing import Any

import httpx2

from studio.domain.access import Role
from tests.server.executions.test_executions import published, settled
from tests.server.kit import Api

CALLED = {
    "studio": 1,
    "name": "Sends",
    "nodes": {"post": {"type": "http.request", "params": {"url": "http://127.0.0.1:1/x", "method": "POST"}}},
}
LINE: dict[str, Any] = {
    "studio": 1,
    "name": "Line",
    "inputs": {"n": {"type": "integer", "default": 2}},
    "nodes": {
        "a": {"type": "flow.set", "params": {"values": {"n": "{{ inputs.n }}"}}},
        "b": {"type": "flow.set", "params": {"values": {"n": "{{ a.values.n + 1 }}"}}},
        "c": {"type": "flow.set", "params": {"values": {"n": "{{ b.values.n * 10 }}"}}},
        "side": {"type": "flow.set", "params": {"values": {"n": "{{ a.values.n }}"}}},
        "send": {
            "type": "flow.map",
            "params": {"items": "{{ [] if c.values.n else [] }}"},
            "body": {
                "nodes": {
                    "call": {"type": "flow.call", "params": {"workflow": "sends"}},
                    "look": {"type": "http.request", "params": {"url": "http://127.0.0.1:1/x"}},
                    "put": {"type": "http.request", "params": {"url": "http://127.0.0.1:1/x", "method": "PUT"}},
                },
            },
        },
    },
    "output": "{{ c.values.n }}",
}


async def planned(client: httpx2.AsyncClient, id: str, **body: Any) -> dict[str, Any]:
    """The plan of a trial."""
    answer = await client.post(f"/workflows/{id}/plan", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_plan_tells_what_a_trial_does(either: Api) -> None:
    client = await either.signed_in(Role.EDITOR)
    await published(client, CALLED, "sends")
    id = (await client.post("/workflows", json={"document": LINE, "key": "line"})).json()["id"]
    nothing = await client.post(f"/workflows/{id}/plan", json={"kind": "from", "node": "b"})
    assert (nothing.status_code, nothing.json()["code"]) == (404, "plan.nothing_ran")

    whole = await planned(client, id)
    assert whole["runs"] == ["a", "b", "side", "c", "send"] or sorted(whole["runs"]) == ["a", "b", "c", "send", "side"]
    effects = {one["node"]: (one["effect"], one["workflow"]) for one in whole["effects"]}
    assert effects["send.body.put"] == ("idempotent", None)
    assert effects["send.body.call"][1] == "sends"
    assert effects["send.body.call"][0] in ("keyed", "irreversible")
    assert "send.body.look" not in effects
    assert sorted((await planned(client, id, kind="until", node="b"))["runs"]) == ["a", "b"]

    first = (await client.post("/executions", json={"workflow": id, "which": "draft"})).json()["id"]
    await settled(client, first, "succeeded")
    plan = await planned(client, id, kind="from", node="c")
    assert plan["execution"] == first
    assert [(one["node"], one["stale"]) for one in plan["reused"]] == [("a", False), ("b", False), ("side", False)]
    assert (sorted(plan["runs"]), plan["again"], plan["missing"]) == (["c", "send"], [], [])

    # Another b: from c on it runs again by itself; c alone takes the old one, and is told so.
    operation = {"op": "set", "path": ["nodes", "b", "params", "values"], "value": {"n": "{{ a.values.n + 100 }}"}}
    edit = {"base": 1, "operations": [operation]}
    assert (await client.post(f"/workflows/{id}/draft/operations", json=edit)).status_code == 200
    plan = await planned(client, id, kind="from", node="c")
    assert (sorted(plan["runs"]), plan["again"]) == (["b", "c", "send"], ["b"])
    assert [one["node"] for one in plan["reused"]] == ["a", "side"]
    body = {"on": "draft", "start": "c", "again": plan["again"]}
    second = (await client.post(f"/executions/{first}/replay", json=body)).json()["id"]
    await settled(client, second, "succeeded")
    assert (await client.get(f"/executions/{second}/values")).json()["value"] == 1020

    alone = await planned(client, id, kind="node", node="c", execution=first)
    assert ([(one["node"], one["stale"]) for one in alone["reused"]], alone["runs"]) == ([("b", True)], ["c"])
    body = {"on": "draft", "start": "c", "until": "c"}
    third = (await client.post(f"/executions/{first}/replay", json=body)).json()["id"]
    await settled(client, third, "succeeded")
    values = (await client.get(f"/executions/{third}/values", params={"path": "c"})).json()["value"]
    assert values == {"values": {"n": 30}}
    runs = (await client.get(f"/executions/{third}/export")).json()["outputs"]
    assert set(runs) == {"c"}

    await client.put(f"/workflows/{id}/pinned/b", json={"value": {"values": {"n": 1}}})
    alone = await planned(client, id, kind="node", node="c")
    assert [(one["node"], one["pinned"]) for one in alone["reused"]] == [("b", True)]
    fourth = await client.post(f"/executions/{first}/replay", json={**body, "pinned": "draft"})
    await settled(client, fourth.json()["id"], "succeeded")
    at = {"path": "c", "at": ["values", "n"]}
    assert (await client.get(f"/executions/{fourth.json()['id']}/values", params=at)).json()["value"] == 10


async def test_what_is_not_planned(api: Api) -> None:
    client, viewer = await api.signed_in(Role.EDITOR), await api.signed_in(Role.VIEWER)
    id = (await client.post("/workflows", json={"document": LINE, "key": "line"})).json()["id"]
    for body, status in (({"kind": "until"}, 422), ({"kind": "until", "node": "none"}, 404)):
        assert (await client.post(f"/workflows/{id}/plan", json=body)).status_code == status
    assert (await viewer.post(f"/workflows/{id}/plan", json={})).status_code == 403
    await api.workspace("other")
    stranger = await api.signed_in(Role.ADMIN, "other")
    assert (await stranger.post(f"/workflows/{id}/plan", json={})).status_code == 404
