"""The Python client against a running server: errors, repetition over lost connections, pages, values, live events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from studio.client import (
    Changed,
    Client,
    Conflicting,
    Invalid,
    Missing,
    NotAllowed,
    NotSignedIn,
    TooMany,
    Unreachable,
)
from studio.client.errors import api_error
from studio.domain.access import Role
from studio.domain.settings import ServerSettings
from tests.client.proxy import cutting_proxy
from tests.server.kit import Api, running_api

SLOW = {
    "studio": 1, "name": "Slow",
    "nodes": {f"n{place}": {"type": "flow.wait", "params": {"seconds": 0.05}} for place in range(4)},
    "edges": [f"n{place} -> n{place + 1}" for place in range(3)],
}  # fmt: skip
GREETING = {
    "studio": 1, "name": "Greeting", "inputs": {"who": {"type": "string", "default": "world"}},
    "nodes": {"greet": {"type": "text.template", "params": {"template": "Hello {{ inputs.who }}"}}},
    "output": "{{ greet.text }}",
}  # fmt: skip


@pytest.fixture
async def editor(api: Api) -> AsyncIterator[Client]:
    """A client of an Editor."""
    async with Client(api.url, await api.token(await api.account(Role.EDITOR))) as client:
        yield client


async def test_a_refusal_is_an_error_of_its_kind(api: Api, editor: Client) -> None:
    with pytest.raises(Missing) as missing:
        await editor.show_workflow("gone")
    assert (missing.value.status, missing.value.code) == (404, "workflow.not_found")
    assert missing.value.detail in str(missing.value)
    assert missing.value.request_id
    made = await editor.create_workflow({"document": GREETING})
    with pytest.raises(Changed):
        await editor.replace_draft(made["id"], {"document": GREETING}, if_match='"7"')
    with pytest.raises(Conflicting):
        await editor.import_workflows({"files": [{"name": "greeting.yaml", "text": "studio: 1\nname: X\nnodes: {}\n"}]})
    broken: dict[str, Any] = {**GREETING, "nodes": {"greet": {"type": "text.slugfy", "params": {}}}}
    with pytest.raises(Invalid) as invalid:
        await editor.replace_draft(made["id"], {"document": broken})
        await editor.publish_workflow(made["id"], {})
    assert {one["node"] for one in invalid.value.problems} == {"greet"}
    async with Client(api.url, "nonsense", lang="fr") as nobody:
        with pytest.raises(NotSignedIn) as refused:
            await nobody.list_workflows()
    assert refused.value.detail != missing.value.detail
    async with Client(api.url, await api.token(await api.account(Role.VIEWER))) as viewer:
        with pytest.raises(NotAllowed):
            await viewer.create_workflow({"name": "Mine"})


async def test_lists_are_gone_through_page_by_page(editor: Client) -> None:
    names = [f"W{number}" for number in range(5)]
    for name in names:
        await editor.create_workflow({"name": name})
    assert [one["name"] async for one in editor.iter_workflows(limit=2)] == names
    types = [one["type"] async for one in editor.iter_nodes(limit=50)]
    assert len(types) == len(set(types)) > 100
    assert (await anext(editor.iter_nodes(q="slug", limit=1)))["type"] == "text.slugify"


async def test_what_was_lost_on_the_way_is_done_once(api: Api, editor: Client) -> None:
    token = await api.token(await api.account(Role.EDITOR))
    async with cutting_proxy(api.url) as proxy, Client(proxy.url, token) as client:
        await client.list_nodes(q="slug")
        await client.close()
        proxy.cuts = [0, 30]
        made = await client.create_workflow({"document": GREETING})
        assert made["key"] == "greeting"
        keys = {one.partition("dempotency-")[2][4:40] for one in proxy.heads if "dempotency-" in one}
        assert len(keys) == 1
        assert [one["key"] async for one in client.iter_workflows()] == ["greeting"]
        await client.close()
        proxy.cuts = [0]
        with pytest.raises(Unreachable):
            # Without a key nobody knows whether it was done.
            await client.archive_workflow("greeting")
        assert (await client.show_workflow("greeting"))["state"] in ("active", "archived")


async def test_nobody_there(unused_tcp_port: int) -> None:
    async with Client(f"http://127.0.0.1:{unused_tcp_port}", "x") as client:
        with pytest.raises(Unreachable):
            await client.list_workflows()


async def test_live_events_go_on_over_lost_connections(api: Api, editor: Client) -> None:
    await editor.create_workflow({"document": SLOW})
    await editor.publish_workflow("slow", {})
    token = await api.token(await api.account(Role.EDITOR))
    async with cutting_proxy(api.url) as proxy, Client(proxy.url, token) as client:
        execution = (await client.start_execution({"workflow": "slow"}))["id"]
        await client.close()
        proxy.cuts = [400, 900, 0, 500]
        seen = [event async for event in client.events(execution)]
        whole = [event async for event in editor.events(execution)]
        assert proxy.connections >= 5
    recorded = [event for event in seen if event["id"] is not None]
    assert recorded == [event for event in whole if event["id"] is not None]
    assert recorded[-1]["kind"] == "ended"
    last = recorded[-1]["id"]
    assert [event async for event in editor.events(execution, after=last)] == []
    with pytest.raises(Missing):
        await anext(editor.events("01m8h9rts8w6yk3d1g5v0qeb2n"))


async def test_who_is_asked_to_wait_waits(tmp_path: Path) -> None:
    settings = ServerSettings(port=0, requests_per_minute=60)
    async with running_api(tmp_path / "data", driving=False, settings=settings) as api:
        token = await api.token(await api.account(Role.VIEWER))
        eager = api.client(token)
        answers = await asyncio.gather(*(eager.get("/session") for _ in range(80)))
        refused = next(one for one in answers if one.status_code == 429)
        error = api_error(429, refused.json(), retry_after=float(refused.headers["retry-after"]))
        assert isinstance(error, TooMany)
        assert error.retry_after is not None
        assert error.retry_after >= 1
        async with Client(api.url, token) as client:
            assert (await client.show_session())["workspace"] == "default"
