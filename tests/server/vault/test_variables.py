"""Variables: what is shown, what executions see, and changes at the same time."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2
import msgspec

from studio.domain.access import Role
from studio.services.vault.model import Variable
from tests.server.kit import Api


async def say(client: httpx2.AsyncClient, api: Api) -> Any:
    """What a new execution sees of a variable."""
    answer = await client.post("/executions", json={"workflow": "sayer"})
    assert answer.is_success, answer.text
    return (await api.studio.engine.wait(answer.json()["id"], timeout=30)).output


async def prepare(client: httpx2.AsyncClient) -> None:
    """A workflow that gives a variable back."""
    document: dict[str, Any] = {"studio": 1, "name": "Sayer", "nodes": {}, "output": "{{ vars.get('region') }}"}
    answer = await client.post("/workflows", json={"document": document, "key": "sayer"})
    assert answer.is_success, answer.text
    published = await client.post(f"/workflows/{answer.json()['id']}/publish", json={})
    assert published.is_success, published.text


async def test_executions_see_a_change_at_once(either: Api) -> None:
    client = await either.signed_in(Role.EDITOR)
    await prepare(client)
    for value in ("eu", "us", 3, None, ["a", {"b": 1}]):
        answer = await client.put("/variables/region", json={"value": value})
        assert answer.json()["value"] == value
        assert await say(client, either) == value
    assert (await client.delete("/variables/region")).status_code == 204
    assert await say(client, either) is None
    assert (await client.get("/variables")).json()["items"] == []


async def test_a_secret_one_is_never_shown(api: Api) -> None:
    client, viewer = await api.signed_in(Role.EDITOR), await api.signed_in(Role.VIEWER)
    answers = [
        await client.put("/variables/region", json={"value": "planted-1234", "secret": True}),
        await client.get("/variables/region"),
        await viewer.get("/variables"),
        await client.put("/variables/region", json={"secret": True, "description": "new"}),
        await client.put("/variables/region", json={"secret": False}),
    ]
    assert [one.status_code for one in answers] == [200, 200, 200, 200, 422]
    assert all("planted-1234" not in one.text for one in answers)
    assert await api.platform.ports.store.variables("default") == {"region": msgspec.msgpack.encode("planted-1234")}


async def test_names_and_revisions(api: Api) -> None:
    client = await api.signed_in(Role.EDITOR)
    for name in ("1a", "a-b", "a" * 65, "é"):
        assert (await client.put(f"/variables/{name}", json={"value": 1})).json()["code"] == "variable.name"
    made = await client.put("/variables/a", json={"value": 1})
    etag = made.headers["etag"]
    assert (await client.put("/variables/a", json={"value": 2}, headers={"if-match": etag})).is_success
    late = await client.put("/variables/a", json={"value": 3}, headers={"if-match": etag})
    assert late.status_code == 412
    assert (await client.delete("/variables/a", headers={"if-match": etag})).status_code == 412
    huge = await client.put("/variables/a", json={"value": 2**70})
    assert (huge.status_code, huge.json()["code"]) == (422, "request.invalid")


async def test_changes_at_the_same_time_end_in_one_state(either: Api) -> None:
    client = await either.signed_in(Role.EDITOR)
    await asyncio.gather(*(client.put("/variables/a", json={"value": number}) for number in range(20)))
    shown = (await client.get("/variables/a")).json()["value"]
    kept = await either.platform.ports.store.variables("default")
    assert msgspec.msgpack.decode(kept["a"]) == shown


async def test_what_a_crash_left_half_done_is_settled(api: Api) -> None:
    client = await api.signed_in(Role.EDITOR)
    vault = api.platform.ports.lookup.vault
    left = Variable(name="a", value="late", pending=True)
    await vault.records.commit([vault.variables.put("default", "a", left)])
    assert await api.platform.ports.store.variables("default") == {}
    assert (await client.get("/variables")).json()["items"][0]["value"] == "late"
    assert await api.platform.ports.store.variables("default") == {"a": msgspec.msgpack.encode("late")}
    await vault.records.commit([vault.variables.put("default", "b", Variable(name="b", value=2, pending=True))])
    shown = await client.get("/variables/b")
    assert (shown.json()["value"], shown.headers["etag"]) == (2, '"2"')
    # A server that starts, and goes on, settles what nobody asks for: one that was to be deleted, say.
    await vault.records.commit(
        [vault.variables.put("default", "b", Variable(name="b", pending=True, deleted=True), expected=2)]
    )
    assert set(await api.platform.ports.store.variables("default")) == {"a", "b"}
    await api.platform.tidy()
    assert set(await api.platform.ports.store.variables("default")) == {"a"}
    assert await vault.variables.get("default", "b") is None
