"""What workflows may use: asked when they are published and when they start; aliases; where credentials are used."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import msgspec

from studio.domain.access import Role
from studio.domain.ids import INSTANCE
from studio.services.people.model import member_id
from tests.server.kit import Api

TOKEN = "token-3a2b1c0d"


@asynccontextmanager
async def echo() -> AsyncGenerator[tuple[str, list[str]]]:
    """A server that notes the authorization of each request."""
    seen: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        seen.extend(line.partition(": ")[2] for line in head.split("\r\n") if line.lower().startswith("authorization"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", seen
    finally:
        server.close()
        await server.wait_closed()


async def credential(client: httpx2.AsyncClient, name: str, token: str = TOKEN, **fields: Any) -> str:
    """A bearer token for this machine."""
    fields = {"token": token, "hosts": ["127.0.0.1"], **fields}
    answer = await client.post("/credentials", json={"name": name, "type": "http.bearer", "fields": fields})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def workflow(client: httpx2.AsyncClient, url: str, alias: Any, key: str = "caller") -> str:
    """A workflow that sends a request with a credential."""
    document = {
        "studio": 1, "name": key.title(),
        "nodes": {"call": {"type": "http.request", "params": {"url": url, "method": "GET"}, "credential": alias}},
    }  # fmt: skip
    answer = await client.post("/workflows", json={"document": document, "key": key})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def run(client: httpx2.AsyncClient, api: Api, id: str, which: str = "published") -> httpx2.Response:
    """Start it and wait for its end; the answer to the start where it was refused."""
    answer = await client.post("/executions", json={"workflow": id, "which": which})
    if answer.is_success:
        await api.studio.engine.wait(answer.json()["id"], timeout=30)
    return answer


async def test_only_who_may_use_a_credential_publishes_and_runs_drafts_with_it(either: Api) -> None:
    owner, other = await either.signed_in(Role.EDITOR), await either.signed_in(Role.EDITOR)
    me = (await other.get("/session")).json()["account"]["id"]
    async with echo() as (url, seen):
        id = await credential(owner, "mail")
        made = await workflow(other, url, "mail")
        for refused in (
            await other.post(f"/workflows/{made}/publish", json={}),
            await run(other, either, made, "draft"),
        ):
            assert (refused.status_code, refused.json()["code"]) == (403, "credential.not_yours_to_use"), refused.text
        assert (await owner.put(f"/credentials/{id}/sharing", json={"members": {me: "use"}})).is_success
        assert (await other.post(f"/workflows/{made}/publish", json={})).is_success
        assert (await run(other, either, made)).is_success
        assert seen == [f"Bearer {TOKEN}"]
        runner = await either.signed_in(Role.SERVICE)
        assert (await run(runner, either, made)).is_success
        assert (await owner.put(f"/credentials/{id}/sharing", json={})).is_success
        stopped = await run(runner, either, made)
        assert (stopped.status_code, stopped.json()["code"]) == (403, "credential.publisher_lost")
        assert len(seen) == 2
        shown = (await owner.get(f"/credentials/{id}")).json()
        assert shown["used_at"] is not None


async def test_when_the_publisher_has_left_the_owner_of_the_workflow_counts(api: Api) -> None:
    account = await api.account(Role.EDITOR)
    leaver, owner = api.client(await api.token(account)), await api.signed_in(Role.EDITOR)
    me = (await owner.get("/session")).json()["account"]["id"]
    async with echo() as (url, seen):
        id = await credential(owner, "mail")
        assert (await owner.put(f"/credentials/{id}/sharing", json={"members": {account.id: "use"}})).is_success
        made = await workflow(leaver, url, "mail")
        assert (await leaver.post(f"/workflows/{made}/publish", json={})).is_success
        people, shelf = api.platform.people, api.platform.workflows.shelf
        await people.records.commit([people.members.drop(INSTANCE, member_id("default", account.id))])
        gone = await run(owner, api, made)
        assert gone.json()["code"] == "credential.no_publisher"
        head = await shelf.workflows.need("default", made)
        await people.records.commit(
            [shelf.workflows.put("default", made, msgspec.structs.replace(head.value, owner=me))]
        )
        assert (await run(owner, api, made)).is_success
        assert seen == [f"Bearer {TOKEN}"]


async def test_an_alias_leads_to_a_credential_and_only_its_manager_leads_it_elsewhere(api: Api) -> None:
    owner, other = await api.signed_in(Role.EDITOR), await api.signed_in(Role.EDITOR)
    me = (await other.get("/session")).json()["account"]["id"]
    async with echo() as (url, seen):
        good, evil = await credential(owner, "good"), await credential(other, "evil", "evil")
        path = "/credential-aliases/mail"
        assert (await other.put(path, json={"targets": {"default": good}})).status_code == 404
        assert (await owner.put(path, json={"targets": {"default": good}})).is_success
        assert (await owner.put(f"/credentials/{good}/sharing", json={"members": {me: "use"}})).is_success
        hijack = await other.put(path, json={"targets": {"default": evil}})
        assert (hijack.status_code, hijack.json()["code"]) == (403, "credential.not_yours_to_manage")
        assert (await other.delete(path)).status_code == 403
        unknown = await owner.put(path, json={"targets": {"production": good}})
        assert unknown.json()["code"] == "credential.environment_unknown"
        made = await workflow(owner, url, {"default": "mail"})
        assert (await owner.post(f"/workflows/{made}/publish", json={})).is_success
        assert (await run(owner, api, made)).is_success
        second = await credential(owner, "second", "second")
        assert (await owner.put(path, json={"targets": {"default": second}})).is_success
        assert (await run(owner, api, made)).is_success
        assert seen == [f"Bearer {TOKEN}", "Bearer second"]


async def test_where_used_and_deleting_what_is_used(either: Api) -> None:
    owner = await either.signed_in(Role.EDITOR)
    id = await credential(owner, "mail")
    assert (await owner.put("/credential-aliases/post", json={"targets": {"default": id}})).is_success
    first = await workflow(owner, "https://example.org", "mail", "first")
    second = await workflow(owner, "https://example.org", "post", "second")
    await workflow(owner, "https://example.org", "other", "third")
    assert (await owner.post(f"/workflows/{first}/publish", json={})).is_success
    usage = (await owner.get(f"/credentials/{id}/usage")).json()
    found = {one["workflow"]: (one["draft"], one["version"], one["names"]) for one in usage["items"]}
    assert found == {first: (True, 1, ["mail"]), second: (True, None, ["post"])}
    refused = await owner.delete(f"/credentials/{id}")
    assert (refused.status_code, refused.json()["code"]) == (409, "credential.in_use")
    assert "First" in refused.json()["detail"]
    stale = await owner.delete(f"/credentials/{id}?force=true", headers={"if-match": '"7"'})
    assert stale.status_code == 412
    assert (await owner.delete(f"/credentials/{id}?force=true")).status_code == 204
    assert (await owner.get("/credential-aliases")).json()["items"] == []


async def test_a_test_call_goes_to_the_hosts_of_the_credential(api: Api) -> None:
    from studio.contracts.http import HttpRequest
    from studio.sdk import GENERIC_CREDENTIALS

    owner = await api.signed_in(Role.EDITOR)
    async with echo() as (url, seen):
        id = await credential(owner, "mail")
        none = await owner.post(f"/credentials/{id}/test")
        assert none.json()["code"] == "credential.no_test"
        bearer = GENERIC_CREDENTIALS["http.bearer"]
        object.__setattr__(bearer, "test", HttpRequest(method="GET", url=url))
        try:
            tested = await owner.post(f"/credentials/{id}/test")
            assert (tested.json()["ok"], tested.json()["status"], seen) == (True, 200, [f"Bearer {TOKEN}"])
            elsewhere = await credential(owner, "elsewhere", hosts=["api.example.org"])
            failed = (await owner.post(f"/credentials/{elsewhere}/test")).json()
            assert (failed["ok"], failed["code"]) == (False, "net.credential_host")
            assert (await owner.get(f"/credentials/{elsewhere}")).json()["tested"]["ok"] is False
            assert len(seen) == 1
        finally:
            object.__setattr__(bearer, "test", None)


async def again(client: httpx2.AsyncClient, api: Api, id: str, path: str, body: dict[str, Any]) -> httpx2.Response:
    """Run an execution again and wait for its end."""
    answer = await client.post(f"/executions/{id}/{path}", json=body)
    if answer.is_success:
        await api.studio.engine.wait(answer.json()["id"], timeout=30)
    return answer


AGAIN: list[tuple[str, dict[str, Any]]] = [("replay", {}), ("retry", {}), ("fork", {"until": "call"})]


async def test_what_runs_again_asks_again_who_may_use_its_credentials(api: Api) -> None:
    owner, other = await api.signed_in(Role.EDITOR), await api.signed_in(Role.EDITOR)
    me = (await other.get("/session")).json()["account"]["id"]
    async with echo() as (url, seen):
        id = await credential(owner, "mail")
        made = await workflow(owner, url, "mail")
        drafted = (await run(owner, api, made, "draft")).json()["id"]
        for path, body in AGAIN:
            refused = await again(other, api, drafted, path, body)
            assert (refused.status_code, refused.json()["code"]) == (403, "credential.not_yours_to_use"), path
        many = await other.post("/executions/bulk", json={"action": "replay", "ids": [drafted]})
        assert many.json()["outcomes"][0]["code"] == "credential.not_yours_to_use"
        assert len(seen) == 1
        assert (await again(owner, api, drafted, "replay", {})).is_success
        # What was published is its publisher's to answer for, whoever runs it again.
        assert (await owner.post(f"/workflows/{made}/publish", json={})).is_success
        ran = (await run(other, api, made)).json()["id"]
        assert (await again(other, api, ran, "replay", {})).is_success
        assert len(seen) == 4
        assert (await owner.put(f"/credentials/{id}/sharing", json={"members": {me: "use"}})).is_success
        theirs = await workflow(other, url, "mail", "theirs")
        assert (await other.post(f"/workflows/{theirs}/publish", json={})).is_success
        called = {
            "studio": 1, "name": "Outer", "nodes": {"call": {"type": "flow.call", "params": {"workflow": "theirs"}}},
        }  # fmt: skip
        outer = (await owner.post("/workflows", json={"document": called, "key": "outer"})).json()["id"]
        first, nested = (
            (await run(owner, api, theirs)).json()["id"],
            (await run(owner, api, outer, "draft")).json()["id"],
        )
        assert len(seen) == 6
        assert (await owner.put(f"/credentials/{id}/sharing", json={})).is_success
        for answer in (
            await again(owner, api, first, "replay", {}), await again(owner, api, nested, "replay", {}),
            await run(owner, api, outer, "draft"),
        ):  # fmt: skip
            assert (answer.status_code, answer.json()["code"]) == (403, "credential.publisher_lost"), answer.text
        assert (await owner.post(f"/workflows/{made}/archive")).is_success
        archived = await again(owner, api, ran, "replay", {})
        assert (archived.status_code, archived.json()["code"]) == (409, "workflow.archived")
        assert len(seen) == 6


async def test_who_decides_what_nodes_give_needs_their_own_rights(api: Api) -> None:
    owner, other, runner = [await api.signed_in(role) for role in (Role.EDITOR, Role.EDITOR, Role.SERVICE)]
    async with echo() as (url, seen):
        await credential(owner, "mail")
        document = {
            "studio": 1, "name": "Pay", "inputs": {"amount": {"type": "integer", "default": 1}},
            "nodes": {
                "asked": {"type": "flow.set", "params": {"values": {"decision": "reject"}}},
                "pay": {
                    "type": "http.request", "credential": "mail",
                    "params": {"url": url + "?{{ asked.values.decision }}={{ inputs.amount }}", "method": "GET"},
                },
            },
            "edges": ["asked -> pay"],
        }  # fmt: skip
        made = (await owner.post("/workflows", json={"document": document, "key": "pay"})).json()["id"]
        assert (await owner.post(f"/workflows/{made}/publish", json={})).is_success
        ran = (await run(runner, api, made)).json()["id"]
        pinned = {"workflow": "pay", "pinned": {"asked": {"values": {"decision": "approve"}}}}
        cases = [(runner, "access.missing_permission"), (other, "credential.not_yours_to_use")]
        for client, code in cases:
            for path, body in (
                ("/executions", pinned), (f"/executions/{ran}/replay", {"start": "pay", "inputs": {"amount": 9}}),
            ):  # fmt: skip
                refused = await client.post(path, json=body)
                assert (refused.status_code, refused.json()["code"]) == (403, code), refused.text
        assert len(seen) == 1
        assert (await again(runner, api, ran, "replay", {"start": "pay"})).is_success
        assert (await again(runner, api, ran, "replay", {"inputs": {"amount": 9}})).is_success
        assert (await again(owner, api, ran, "replay", {"start": "pay", "inputs": {"amount": 9}})).is_success
        whole = await owner.post("/executions", json=pinned)
        assert whole.is_success
        await api.studio.engine.wait(whole.json()["id"], timeout=30)
        assert len(seen) == 5
