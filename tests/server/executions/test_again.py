"""Running executions again, many at once, and deleting them."""

from __future__ import annotations

from typing import Any

import pytest

from studio.domain.access import Role
from tests.server.executions.test_events import everything
from tests.server.executions.test_executions import ADD, WAITS, published, settled
from tests.server.kit import Api

STEPS = {
    "studio": 1,
    "name": "Steps",
    "inputs": {"a": {"type": "integer", "default": 1}},
    "nodes": {
        "first": {"type": "flow.set", "params": {"values": {"n": "{{ inputs.a }}"}}},
        "second": {"type": "flow.set", "params": {"values": {"n": "{{ first.values.n * 10 }}"}}},
    },
    "output": "{{ second.values.n }}",
}
CHAIN = {"a": "{{ inputs.a }}", "b": "{{ a.values.n }}", "c": "{{ b.values.n }}", "d": "{{ c.values.n }}"}
BREAKS = {
    "studio": 1,
    "name": "Breaks",
    "inputs": {"a": {"type": "integer", "default": 0}},
    "nodes": {"stop": {"type": "flow.fail", "params": {"message": "no"}}},
}


async def output(client: Any, id: str) -> Any:
    """What an execution gave."""
    return (await client.get(f"/executions/{id}/values")).json()["value"]


async def test_what_was_reused_is_told_and_can_be_looked_at(api: Api) -> None:
    client = await api.signed_in(Role.EDITOR)
    await published(client, STEPS, "steps")
    id = (await client.post("/executions", json={"workflow": "steps", "inputs": {"a": 2}})).json()["id"]
    await settled(client, id, "succeeded")
    again = (await client.post(f"/executions/{id}/replay", json={"start": "second"})).json()["id"]
    await settled(client, again, "succeeded")
    value = (await client.get(f"/executions/{again}/values?path=first")).json()["value"]
    assert value == {"values": {"n": 2}}
    accepted = (await everything(client, again))[0][2]
    (reused,) = accepted["data"]["reused"]
    assert (reused["path"], reused["bytes"] > 0) == ("first", True)
    assert reused["at"] > 0
    part = {"workflow": "steps", "until": "second", "pinned": {"first": {"values": {"n": 7}}}}
    pinned = (await client.post("/executions", json=part)).json()["id"]
    await settled(client, pinned, "succeeded")
    assert (await client.get(f"/executions/{pinned}/values?path=first")).json()["value"] == {"values": {"n": 7}}
    facts = (await everything(client, pinned))[0][2]["data"]
    assert (facts["until"], facts["only"], facts["reused"][0]["path"]) == ("second", ["first", "second"], "first")


async def test_one_node_alone_runs_on_what_was_there_before(api: Api) -> None:
    client = await api.signed_in(Role.EDITOR)
    chain = {name: {"type": "flow.set", "params": {"values": {"n": before}}} for name, before in CHAIN.items()}
    await published(client, {**STEPS, "nodes": chain, "output": "{{ default(d.values.n, 0) }}"}, "chain")
    id = (await client.post("/executions", json={"workflow": "chain"})).json()["id"]
    await settled(client, id, "succeeded")

    async def ran(body: dict[str, Any]) -> tuple[list[str], list[str]]:
        made = (await client.post(f"/executions/{id}/replay", json=body)).json()["id"]
        await settled(client, made, "succeeded")
        events = [one[2] for one in await everything(client, made)]
        reused = [one["path"] for one in events[0]["data"].get("reused", [])]
        return [one["path"] for one in events if one.get("kind") == "succeeded"], reused

    assert await ran({"start": "c", "until": "c"}) == (["c"], ["a", "b"])
    assert await ran({"start": "c", "until": "c", "again": ["b"]}) == (["b", "c"], ["a"])
    assert await ran({"start": "c"}) == (["c", "d"], ["a", "b"])


async def test_the_workflow_as_it_ran_can_be_looked_at(api: Api) -> None:
    client = await api.signed_in(Role.EDITOR)
    workflow = await published(client, STEPS, "steps")
    id = (await client.post("/executions", json={"workflow": "steps"})).json()["id"]
    draft = await client.get(f"/workflows/{workflow}/draft")
    newer = {**STEPS, "output": "{{ first.values.n }}"}
    saved = await client.put(
        f"/workflows/{workflow}/draft", json={"document": newer}, headers={"If-Match": draft.headers["etag"]}
    )
    assert saved.status_code == 200, saved.text
    ran = (await client.get(f"/executions/{id}/document")).json()
    assert (set(ran["nodes"]), ran["output"]) == ({"first", "second"}, STEPS["output"])
    other = await api.signed_in(Role.EDITOR, "elsewhere")
    assert (await other.get(f"/executions/{id}/document")).status_code == 404


async def test_replays_of_then_from_a_node_and_on_other_versions(either: Api) -> None:
    client = await either.signed_in(Role.EDITOR)
    workflow = await published(client, STEPS, "steps")
    id = (await client.post("/executions", json={"workflow": "steps", "inputs": {"a": 2}, "tags": ["x"]})).json()["id"]
    await settled(client, id, "succeeded")
    again = (await client.post(f"/executions/{id}/replay", json={})).json()
    assert (again["mode"], again["workflow_id"], again["tags"]) == ("replay", workflow, ["x"])
    await settled(client, again["id"], "succeeded")
    assert await output(client, again["id"]) == 20
    with_other = (await client.post(f"/executions/{id}/replay", json={"inputs": {"a": 5}})).json()["id"]
    await settled(client, with_other, "succeeded")
    assert await output(client, with_other) == 50
    reused = (await client.post(f"/executions/{id}/replay", json={"start": "second", "inputs": {"a": 7}})).json()["id"]
    await settled(client, reused, "succeeded")
    assert await output(client, reused) == 20
    newer = {**STEPS, "output": "{{ second.values.n + 1 }}"}
    draft = await client.get(f"/workflows/{workflow}/draft")
    saved = await client.put(
        f"/workflows/{workflow}/draft", json={"document": newer}, headers={"If-Match": draft.headers["etag"]}
    )
    assert saved.status_code == 200, saved.text
    on_draft = (await client.post(f"/executions/{id}/replay", json={"on": "draft"})).json()["id"]
    await settled(client, on_draft, "succeeded")
    assert await output(client, on_draft) == 21
    unchanged = (await client.post(f"/executions/{id}/replay", json={"on": "published"})).json()["id"]
    await settled(client, unchanged, "succeeded")
    assert await output(client, unchanged) == 20
    unknown = await client.post(f"/executions/{id}/replay", json={"start": "nothing"})
    assert unknown.status_code == 404
    wrong = await client.post(f"/executions/{id}/replay", json={"inputs": {"a": "x"}})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "workflow.invalid")
    viewer = await either.signed_in(Role.VIEWER)
    assert (await viewer.post(f"/executions/{id}/replay", json={})).status_code == 403
    stranger = await either.signed_in(Role.ADMIN, "elsewhere")
    for path, body in (("replay", {}), ("retry", None), ("fork", {"until": "second"})):
        assert (await stranger.post(f"/executions/{id}/{path}", json=body)).status_code == 404


async def test_forks_and_retries(api: Api) -> None:
    client = await api.signed_in(Role.EDITOR)
    await published(client, STEPS, "steps")
    await published(client, BREAKS, "breaks")
    await published(client, WAITS, "waits")
    id = (await client.post("/executions", json={"workflow": "steps", "inputs": {"a": 3}})).json()["id"]
    await settled(client, id, "succeeded")
    fork = (await client.post(f"/executions/{id}/fork", json={"until": "first"})).json()
    assert fork["mode"] == "fork"
    await settled(client, fork["id"], "succeeded")
    assert await output(client, fork["id"]) == 30
    broken = (await client.post("/executions", json={"workflow": "breaks"})).json()["id"]
    shown = await settled(client, broken, "failed")
    retried = (await client.post(f"/executions/{broken}/retry")).json()
    assert retried["origin"] == broken
    await settled(client, retried["id"], "failed")
    attempts = (await client.get(f"/executions/{broken}/attempts", params={"path": "stop"})).json()
    assert attempts["error"]["code"] == shown["error"]["code"]
    waits = (await client.post("/executions", json={"workflow": "waits"})).json()["id"]
    await settled(client, waits, "waiting")
    early = await client.post(f"/executions/{waits}/retry")
    assert (early.status_code, early.json()["code"]) == (409, "execution.goes_on")


async def test_partial_runs_take_what_is_pinned(api: Api) -> None:
    client = await api.signed_in(Role.EDITOR)
    await published(client, STEPS, "steps")
    body = {"workflow": "steps", "until": "second", "pinned": {"first": {"values": {"n": 4}}}}
    id = (await client.post("/executions", json=body)).json()["id"]
    await settled(client, id, "succeeded")
    value = await client.get(f"/executions/{id}/values", params={"path": "second", "at": ["values", "n"]})
    assert value.json()["value"] == 40


async def test_many_at_once(either: Api) -> None:
    client = await either.signed_in(Role.ADMIN)
    workflow = await published(client, STEPS, "steps")
    ids = [(await client.post("/executions", json={"workflow": "steps"})).json()["id"] for _ in range(5)]
    for id in ids:
        await settled(client, id, "succeeded")
    body = {"action": "replay", "filter": {"workflow": "steps", "status": ["succeeded"]}}
    dry = (await client.post("/executions/bulk", json={**body, "dry": True})).json()
    assert dry == {"count": 5, "more": False, "outcomes": []}
    few = (await client.post("/executions/bulk", json={**body, "dry": True, "most": 2})).json()
    assert (few["count"], few["more"]) == (2, True)
    done = (await client.post("/executions/bulk", json={**body, "most": 2})).json()
    assert [one["id"] for one in done["outcomes"]] == ids[:2:-1]
    for one in done["outcomes"]:
        assert (await settled(client, one["execution"], "succeeded"))["workflow_id"] == workflow
    mixed = await client.post("/executions/bulk", json={"action": "cancel", "ids": [ids[0], "nothing", ids[0]]})
    assert [one["code"] for one in mixed.json()["outcomes"]] == ["execution.ended", "execution.not_found"]
    neither = await client.post("/executions/bulk", json={"action": "cancel"})
    assert (neither.status_code, neither.json()["code"]) == (422, "execution.bulk_which")


async def test_deleting(either: Api) -> None:
    admin, editor = await either.signed_in(Role.ADMIN), await either.signed_in(Role.EDITOR)
    await published(admin, STEPS, "steps")
    await published(admin, WAITS, "waits")
    ids = [(await admin.post("/executions", json={"workflow": "steps"})).json()["id"] for _ in range(3)]
    waits = (await admin.post("/executions", json={"workflow": "waits"})).json()["id"]
    for id in ids:
        await settled(admin, id, "succeeded")
    await settled(admin, waits, "waiting")
    assert (await editor.delete(f"/executions/{ids[0]}")).status_code == 403
    body = {"action": "delete", "ids": ids[:1]}
    refused = (await editor.post("/executions/bulk", json=body)).json()["outcomes"]
    assert [one["code"] for one in refused] == ["access.missing_permission"]
    stranger = await either.signed_in(Role.ADMIN, "elsewhere")
    assert (await stranger.delete(f"/executions/{ids[0]}")).status_code == 404
    assert (await admin.get(f"/executions/{ids[0]}")).status_code == 200
    assert (await admin.delete(f"/executions/{ids[0]}")).status_code == 204
    assert (await admin.get(f"/executions/{ids[0]}")).status_code == 404
    assert (await admin.delete(f"/executions/{ids[0]}")).status_code == 404
    early = await admin.delete(f"/executions/{waits}")
    assert (early.status_code, early.json()["code"]) == (409, "execution.not_ended")
    rest = (await admin.post("/executions/bulk", json={"action": "delete", "ids": [*ids, waits]})).json()["outcomes"]
    assert [one["code"] for one in rest] == ["execution.not_found", None, None, "execution.not_ended"]
    listed = (await admin.get("/executions")).json()["items"]
    assert [one["id"] for one in listed] == [waits]
    log = await either.platform.ports.records.audit("default", limit=50)
    from studio.services.auditing import read_entry

    told = [read_entry(one.value) for one in log]
    assert {one.target_id for one in told if one.action == "execution.deleted"} == set(ids)


@pytest.mark.parametrize("action", ["pause", "resume"])
async def test_pausing_many(api: Api, action: str) -> None:
    client = await api.signed_in(Role.EDITOR)
    await published(client, WAITS, "waits")
    id = (await client.post("/executions", json={"workflow": "waits"})).json()["id"]
    await settled(client, id, "waiting")
    if action == "resume":
        await client.post(f"/executions/{id}/pause")
        await settled(client, id, "paused")
    done = await client.post("/executions/bulk", json={"action": action, "filter": {"workflow": "waits"}})
    assert done.json()["outcomes"] == [{"id": id, "execution": None, "code": None, "message": None}]
    await settled(client, id, "paused" if action == "pause" else "waiting")


async def test_why_it_is_queued(api: Api) -> None:
    client = await api.signed_in(Role.EDITOR)
    await published(client, {**WAITS, "settings": {"concurrency": {"limit": 1, "hold_while_waiting": True}}}, "one")
    first = (await client.post("/executions", json={"workflow": "one"})).json()["id"]
    await settled(client, first, "waiting")
    second = (await client.post("/executions", json={"workflow": "one"})).json()["id"]
    assert (await settled(client, second, "queued"))["reason"]["code"] == "wait.slot"
    await api.studio.engine.stop()
    await published(client, ADD, "add")
    third = (await client.post("/executions", json={"workflow": "add", "inputs": {"a": 1}})).json()["id"]
    shown = await settled(client, third, "queued")
    assert shown["reason"]["code"] == "wait.nobody"


async def test_what_stands_still_goes_on_only_while_its_credentials_may_be_used(api: Api) -> None:
    owner, other = await api.signed_in(Role.EDITOR), await api.signed_in(Role.EDITOR)
    me = (await other.get("/session")).json()["account"]["id"]
    body = {"name": "mail", "type": "http.bearer", "fields": {"token": "token-3a2b1c0d", "hosts": ["127.0.0.1"]}}
    credential = (await owner.post("/credentials", json=body)).json()["id"]
    sharing = f"/credentials/{credential}/sharing"
    assert (await owner.put(sharing, json={"members": {me: "use"}})).is_success
    send = {"type": "http.request", "params": {"url": "http://127.0.0.1:9/"}, "credential": "mail"}
    document = {
        "studio": 1, "name": "Sends",
        "nodes": {"release": {"type": "flow.approval", "params": {"message": "Go?"}}, "send": send},
        "edges": ["release -> send"],
    }  # fmt: skip
    await published(other, document, "sends")
    id = (await other.post("/executions", json={"workflow": "sends"})).json()["id"]
    await settled(other, id, "waiting")
    assert (await other.post(f"/executions/{id}/pause")).status_code == 202
    await settled(other, id, "paused")
    assert (await owner.put(sharing, json={})).is_success
    refused = await other.post(f"/executions/{id}/resume")
    assert (refused.status_code, refused.json()["code"]) == (403, "credential.publisher_lost")
    assert (await owner.put(sharing, json={"members": {me: "use"}})).is_success
    assert (await other.post(f"/executions/{id}/resume")).status_code == 202
    await settled(other, id, "waiting")
