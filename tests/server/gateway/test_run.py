"""Running workflows from outside."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2
import pytest

from studio.domain.access import Role
from studio.services.auditing import read_entry
from tests.server.executions.test_executions import ADD, WAITS, published
from tests.server.gateway.test_keys import make
from tests.server.kit import Api

HELLO = {
    "studio": 1,
    "name": "Hello",
    "nodes": {"greet": {"type": "text.template", "params": {"template": "Hello"}}},
    "output": "{{ greet.text }}",
}
STOPS = {
    "studio": 1,
    "name": "Stops",
    "inputs": {"url": {"type": "string"}},
    "nodes": {"get": {"type": "http.request", "params": {"url": "{{ inputs.url }}"}, "retry": {"max_attempts": 1}}},
    "output": "{{ get.body }}",
}


async def caller(api: Api, role: str = Role.EDITOR, **more: Any) -> tuple[httpx2.AsyncClient, httpx2.AsyncClient, Any]:
    """Somebody with a role, a client with a key of theirs, and the key."""
    person = await api.signed_in(role)
    made = await make(person, **{"permissions": ["workflow.execute"], **more})
    return person, api.client(made["secret"]), made


async def test_the_output_is_the_answer(either: Api) -> None:
    person, client, made = await caller(either)
    workflow = await published(person, ADD, "add")
    ran = await client.post("/run/add", json={"a": 2})
    assert (ran.status_code, ran.json()) == (200, 3), ran.text
    id = ran.headers["studio-execution"]
    assert ran.headers["location"] == f"/api/v1/executions/{id}"
    shown = (await person.get(f"/executions/{id}")).json()
    assert (shown["trigger"], shown["workflow_id"], shown["status"]) == ("gateway", workflow, "succeeded")
    assert (await client.post(f"/run/{workflow}", json={"a": 2, "b": 5})).json() == 7
    # It may start and be answered, and nothing else.
    assert (await client.get(f"/executions/{id}")).status_code == 403
    await either.platform.gateway.counting.write()
    usage = (await person.get(f"/keys/{made['id']}/usage")).json()["items"]
    assert (usage[0]["requests"], usage[0]["executions"]) == (3, {workflow: 2})


async def test_what_takes_longer_goes_on(either: Api) -> None:
    person, client, _ = await caller(either)
    await published(person, WAITS, "waits")
    at_once = await client.post("/run/waits", params={"wait": 0})
    assert (at_once.status_code, at_once.json()["status"]) == (202, "queued")
    assert at_once.headers["location"].endswith(at_once.json()["execution"])
    key = {"idempotency-key": "one"}
    first = await client.post("/run/waits", params={"wait": 0.2}, headers=key)
    assert (first.status_code, first.json()["status"]) == (202, "running")
    id = first.json()["execution"]
    approve = asyncio.create_task(client.post("/run/waits", params={"wait": 30}, headers=key))
    for _ in range(200):
        answer = await person.post(f"/executions/{id}/approvals", json={"path": "release", "decision": "approve"})
        if answer.status_code == 202:
            break
        await asyncio.sleep(0.05)
    second = await approve
    assert (second.status_code, second.json(), second.headers["studio-execution"]) == (200, "approve", id)


async def test_the_same_idempotency_key_gives_the_same_execution(either: Api) -> None:
    person, client, _ = await caller(either)
    await published(person, ADD, "add")
    headers = {"idempotency-key": "order 17"}
    ran = await asyncio.gather(*(client.post("/run/add", json={"a": 1}, headers=headers) for _ in range(5)))
    assert {one.json() for one in ran} == {2}
    assert len({one.headers["studio-execution"] for one in ran}) == 1
    other = await client.post("/run/add", json={"a": 2}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "storage.idempotency_conflict")
    _, second, _ = await caller(either)
    theirs = await second.post("/run/add", json={"a": 2}, headers=headers)
    assert (theirs.status_code, theirs.json()) == (200, 3)


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"[1]", "gateway.not_object"), (b"{", "gateway.not_json"), (b'{"a": NaN}', "gateway.not_json"),
     (b"[" * 5000, "gateway.not_json"), (b'{"a": "x"}', "workflow.invalid"), (b"", "workflow.invalid"),
     (b'{"a": 1, "nope": 2}', "workflow.invalid")],
)  # fmt: skip
async def test_inputs_that_do_not_fit_start_nothing(api: Api, body: bytes, code: str) -> None:
    person, client, _ = await caller(api)
    await published(person, ADD, "add")
    refused = await client.post("/run/add", content=body, headers={"content-type": "application/json"})
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert (await person.get("/executions")).json()["items"] == []
    assert (await client.post("/run/add", json={"a": 1})).status_code == 200


async def test_failures_say_who_was_to_blame_and_name_the_execution(api: Api) -> None:
    person, client, _ = await caller(api)
    await published(person, STOPS, "stops")
    refused = await client.post("/run/stops", json={"url": "http://127.0.0.1:9/"})
    problem = refused.json()
    assert refused.status_code == 502, problem
    assert refused.headers["content-type"] == "application/problem+json"
    assert int(refused.headers["retry-after"]) >= 1
    shown = (await person.get(f"/executions/{problem['execution']}")).json()
    assert (shown["status"], shown["error_code"]) == ("failed", problem["code"])
    bad = await client.post("/run/stops", json={"url": "nonsense"})
    assert bad.status_code == 422, bad.text
    assert bad.json()["execution"]
    french = await client.post(
        "/run/stops", json={"url": "http://127.0.0.1:9/"}, headers={"accept-language": "fr"}
    )  # fmt: skip
    assert french.json()["code"] == problem["code"]
    assert french.json()["detail"] != problem["detail"]


async def test_cancelled_while_somebody_waits(api: Api) -> None:
    person, client, _ = await caller(api)
    await published(person, WAITS, "waits")
    waiting = asyncio.create_task(client.post("/run/waits", params={"wait": 30}))
    for _ in range(200):
        found = (await person.get("/executions")).json()["items"]
        if found:
            await person.post(f"/executions/{found[0]['id']}/cancel", json={"reason": "enough"})
            break
        await asyncio.sleep(0.05)
    answer = await waiting
    assert (answer.status_code, answer.json()["code"]) == (409, "gateway.cancelled")


async def test_scopes_keep_a_key_to_its_workflows(either: Api) -> None:
    person = await either.signed_in(Role.EDITOR)
    add = await published(person, ADD, "add")
    hello = await published(person, HELLO, "hello")
    made = await make(person, workflows=["add"], permissions=["workflow.execute", "execution.view", "workflow.edit"])
    assert made["workflows"] == [add]
    client = either.client(made["secret"])
    assert (await client.post("/run/add", json={"a": 1})).status_code == 200
    for other in ("hello", hello):
        refused = await client.post(f"/run/{other}")
        assert (refused.status_code, refused.json()["code"]) == (403, "access.key_scope")
        assert (await client.post("/executions", json={"workflow": other})).status_code == 403
    assert (await client.post("/workflows", json={"name": "New"})).status_code == 403
    assert (await person.post("/run/hello")).json() == "Hello"
    listed = (await client.get("/executions")).json()["items"]
    assert {one["workflow_id"] for one in listed} == {add}
    unknown = await person.post("/keys", json={"name": "X", "workflows": ["nope"]})
    assert unknown.status_code == 404
    viewer_key = await make(await either.signed_in(Role.VIEWER))
    assert (await either.client(viewer_key["secret"]).post("/run/hello")).status_code == 403


async def test_another_workspace_has_no_such_workflow(either: Api) -> None:
    person = await either.signed_in(Role.EDITOR)
    add = await published(person, ADD, "add")
    stranger = await either.signed_in(Role.ADMIN, "other")
    client = either.client((await make(stranger))["secret"])
    for reference in (add, "add"):
        assert (await client.post(f"/run/{reference}", json={"a": 1})).status_code == 404
        assert (await client.get(f"/run/{reference}")).status_code == 404
    await published(stranger, ADD, "add")
    assert (await client.post("/run/add", json={"a": 1})).json() == 2


async def test_get_only_where_the_key_allows_it(api: Api) -> None:
    person, client, made = await caller(api)
    await published(person, HELLO, "hello")
    await published(person, ADD, "add")
    for one in (client, person):
        refused = await one.get("/run/hello")
        assert (refused.status_code, refused.json()["code"]) == (403, "gateway.get")
    assert (await person.get("/executions")).json()["items"] == []
    assert (await person.patch(f"/keys/{made['id']}", json={"allow_get": True})).status_code == 200
    assert (await client.get("/run/hello")).json() == "Hello"
    assert (await client.get("/run/add")).status_code == 422


async def test_executions_a_day(either: Api) -> None:
    person, client, _ = await caller(either, executions_per_day=3)
    await published(person, HELLO, "hello")
    ran = await asyncio.gather(*(client.post("/run/hello") for _ in range(8)))
    assert sorted(one.status_code for one in ran) == [200] * 3 + [429] * 5
    refused = next(one for one in ran if one.status_code == 429)
    assert refused.json()["code"] == "key.executions_per_day"
    assert int(refused.headers["retry-after"]) > 0
    assert len((await person.get("/executions")).json()["items"]) == 3
    also = await client.post("/executions", json={"workflow": "hello"})
    assert also.status_code == 429
    assert (await person.post("/run/hello")).status_code == 200


async def test_what_is_refused_does_not_use_up_a_quota(api: Api) -> None:
    person, client, _ = await caller(api, executions_per_day=1)
    await published(person, ADD, "add")
    assert (await client.post("/run/add", json={"a": "x"})).status_code == 422
    assert (await client.post("/run/add", json={"a": 1})).status_code == 200


async def test_runs_stand_in_the_log(either: Api) -> None:
    person, client, made = await caller(either)
    await published(person, ADD, "add")
    ran = await client.post("/run/add", json={"a": 1234567})
    log = [read_entry(one.value) for one in await either.platform.ports.records.audit("default", after=0)]
    found = [one for one in log if one.action == "execution.started"]
    assert [(one.target_id, one.key, one.actor_kind) for one in found] == [
        (ran.headers["studio-execution"], made["id"], "key")
    ]
    assert "1234567" not in str(found)


async def test_files_and_texts_come_as_they_are(api: Api) -> None:
    person, client, _ = await caller(api)
    page = {
        "studio": 1,
        "name": "Page",
        "nodes": {"write": {"type": "csv.to_file", "params": {"items": [{"a": 1, "b": "x"}], "name": 'a"b é.csv'}}},
        "output": "{{ write.file }}",
    }
    await published(person, page, "page")
    await published(person, HELLO, "hello")
    file = await client.post("/run/page")
    assert file.status_code == 200, file.text
    assert file.headers["content-type"].startswith("text/csv")
    assert file.headers["content-disposition"].startswith("attachment; filename*=UTF-8''a%22b")
    assert file.headers["x-content-type-options"] == "nosniff"
    assert b"x" in file.content
    text = await client.post("/run/hello", headers={"accept": "text/plain"})
    assert (text.text, text.headers["content-type"]) == ("Hello", "text/plain; charset=utf-8")
    assert text.headers["content-disposition"].startswith("attachment")
    assert (await client.post("/run/hello")).json() == "Hello"
