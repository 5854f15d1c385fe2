"""Outputs that are pinned beside a draft: who sees them, what takes them, and how they follow their nodes."""

from __future__ import annotations

from typing import Any

import httpx2

from studio.domain.access import Role
from studio.services.auditing import read_entry
from studio.services.pinning.pinning import MOST_BYTES
from tests.server.executions.test_executions import settled
from tests.server.kit import Api

DOCUMENT: dict[str, Any] = {
    "studio": 1,
    "name": "Signs",
    "inputs": {"who": {"type": "string", "default": "ada", "x-personal": True}},
    "nodes": {
        "load": {"type": "flow.set", "params": {"values": {"name": "{{ inputs.who }}"}}},
        "sign": {"type": "crypto.random_token", "params": {}},
        "each": {
            "type": "flow.map",
            "params": {"items": [1, 2]},
            "body": {"nodes": {"one": {"type": "flow.set", "params": {"values": {"n": "{{ item }}"}}}}},
        },
    },
    "output": "{{ load.values.name + sign.token }}",
}


async def edit(client: httpx2.AsyncClient, id: str, base: int, **operation: Any) -> int:
    """Carry out an operation; the new revision."""
    body = {"base": base, "operations": [operation], "client": "tab"}
    answer = await client.post(f"/workflows/{id}/draft/operations", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()["revision"]


async def nodes(client: httpx2.AsyncClient, id: str) -> list[str]:
    """The nodes to which something is pinned."""
    answer = await client.get(f"/workflows/{id}/pinned")
    assert answer.status_code == 200, answer.text
    return [one["node"] for one in answer.json()["items"]]


async def test_pinned_outputs_stand_in_for_nodes_and_follow_them(either: Api) -> None:
    client = await either.signed_in(Role.EDITOR)
    id = (await client.post("/workflows", json={"document": DOCUMENT, "key": "signs"})).json()["id"]
    at = f"/workflows/{id}/pinned"
    put = await client.put(f"{at}/load", json={"value": {"values": {"name": "grace"}}})
    assert put.status_code == 200, put.text
    assert (put.json()["node"], put.json()["value"]["value"]) == ("load", {"values": {"name": "grace"}})
    assert (await client.put(f"{at}/each.body.one", json={"value": {"values": {"n": 7}}})).status_code == 200
    assert (await client.put(f"{at}/nothing", json={"value": {}})).status_code == 404
    stale = await client.put(f"{at}/load", json={"value": {}}, headers={"If-Match": '"7"'})
    assert stale.status_code == 412
    again = await client.put(f"{at}/load", json={"value": put.json()["value"]["value"]},
                             headers={"If-Match": put.headers["ETag"]})  # fmt: skip
    assert again.status_code == 200, again.text
    part = await client.get(f"{at}/load", params={"at": ["values", "name"]})
    assert part.json()["value"]["value"] == "grace"

    # Previews take it, runs of the draft where they ask for it, and others not.
    body = {"workflow": id, "node": "sign", "expressions": [{"value": "{{ load.values.name }}"}]}
    shown = (await client.post("/expressions/preview", json=body)).json()["items"][0]
    assert shown["value"]["value"] == "grace"
    ran = await client.post("/executions", json={"workflow": id, "which": "draft", "pinned": "draft"})
    assert ran.status_code == 202, ran.text
    assert (await settled(client, ran.json()["id"], "succeeded"))["error"] is None
    value = (await client.get(f"/executions/{ran.json()['id']}/values")).json()["value"]
    assert value.startswith("grace")
    plain = await client.post("/executions", json={"workflow": id, "which": "draft"})
    await settled(client, plain.json()["id"], "succeeded")
    assert not (await client.get(f"/executions/{plain.json()['id']}/values")).json()["value"].startswith("grace")
    refused = await client.post("/executions", json={"workflow": id, "pinned": "draft"})
    assert refused.status_code in (409, 422)

    # A new name takes it along; it goes with the node, comes back with an undo, and ends for good when replaced.
    revision = await edit(client, id, 1, op="rename_node", node="load", to="person")
    assert await nodes(client, id) == ["each.body.one", "person"]
    revision = await edit(client, id, revision, op="remove_node", node="each")
    assert await nodes(client, id) == ["person"]
    undone = await client.post(f"/workflows/{id}/draft/undo", json={"client": "tab"})
    assert undone.status_code == 200, undone.text
    assert await nodes(client, id) == ["each.body.one", "person"]
    kept = await either.platform.pinning.shelf.outputs.all("default", parent=id)
    assert [one.record.expires_at for one in kept] == [None, None]

    assert (await client.delete(f"{at}/person")).status_code == 204
    assert (await client.delete(f"{at}/person")).status_code == 404
    assert (await client.delete(at)).status_code == 204
    assert await nodes(client, id) == []
    log = [read_entry(one.value) for one in await either.platform.ports.records.audit("default", limit=100)]
    assert [one.action for one in log if "pinned" in one.action] == ["workflow.unpinned"] * 2 + ["workflow.pinned"] * 3
    assert "grace" not in str(log)


async def test_pinned_outputs_are_masked_like_those_of_executions(api: Api) -> None:
    client = await api.signed_in(Role.ADMIN)
    id = (await client.post("/workflows", json={"document": DOCUMENT, "key": "signs"})).json()["id"]
    at = f"/workflows/{id}/pinned"
    hidden = await client.put("/variables/SIGN", json={"value": "planted-token-9", "secret": True})
    assert hidden.status_code < 300, hidden.text
    await client.put(f"{at}/sign", json={"value": {"token": "planted-token-9"}})
    shown = await client.get(f"{at}/sign")
    assert shown.json()["value"]["value"] == {"token": "•••"}
    body = {"workflow": id, "expressions": [{"value": "{{ sign.token[::-1] }}"}]}
    assert "9-nekot" not in (await client.post("/expressions/preview", json=body)).text
    # What was shown masked and comes back stays what it was.
    await client.put(f"{at}/sign", json={"value": {"token": "•••", "more": 1}})
    kept = await api.platform.pinning.shelf.outputs.all("default", parent=id)
    assert kept[0].value.value == b'{"token":"planted-token-9","more":1}'

    # From an execution it is taken as that is shown.
    ran = await client.post("/executions", json={"workflow": id, "which": "draft", "inputs": {"who": "planted-person"}})
    await settled(client, ran.json()["id"], "succeeded")
    taken = await client.put(f"{at}/load", json={"execution": ran.json()["id"]})
    assert taken.json()["value"]["value"] == {"values": {"name": "•••"}}
    assert taken.json()["execution"] == ran.json()["id"]
    kept = await api.platform.pinning.shelf.outputs.all("default", parent=id)
    assert b"planted-person" not in b"".join(one.value.value for one in kept)


async def test_what_may_not_be_pinned(api: Api) -> None:
    client, viewer = await api.signed_in(Role.EDITOR), await api.signed_in(Role.VIEWER)
    id = (await client.post("/workflows", json={"document": DOCUMENT, "key": "signs"})).json()["id"]
    at = f"/workflows/{id}/pinned"
    large = await client.put(f"{at}/load", json={"value": ["x" * 900_000, "y" * (MOST_BYTES - 900_000)]})
    assert large.json()["code"] == "pinned.too_large"
    assert (await client.put(f"{at}/load", json={"value": ["x" * 900_000]})).status_code == 200
    assert (await viewer.put(f"{at}/load", json={"value": 1})).status_code == 403
    assert (await viewer.get(at)).status_code == 200
    await api.workspace("other")
    stranger = await api.signed_in(Role.ADMIN, "other")
    for answer in (await stranger.get(at), await stranger.put(f"{at}/load", json={"value": 1}),
                   await stranger.delete(at)):  # fmt: skip
        assert answer.status_code == 404
    both = await client.put(f"{at}/load", json={"value": 1, "execution": "01m8h9rts8w6yk3d1g5v0qeb2n"})
    assert both.json()["code"] == "pinned.value_or_execution"
