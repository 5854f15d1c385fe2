"""Live events: numbered and resumable, by server-sent events and by WebSocket; hints of a workspace."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx2
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosedError, InvalidStatus

from studio.bootstrap import Settings, Studio
from studio.domain.access import Permission, Role
from studio.domain.ids import INSTANCE
from studio.services.people.model import member_id
from tests.server.executions.test_executions import ADD, WAITS, published, settled
from tests.server.kit import Api, running_api

Received = list[tuple[str | None, str, Any]]


@asynccontextmanager
async def listening(client: httpx2.AsyncClient, path: str, **more: Any) -> AsyncIterator[AsyncIterator[Any]]:
    """Server-sent events as (id, name, data)."""
    async with client.stream("GET", path, **more) as answer:
        assert answer.status_code == 200, answer.status_code
        assert answer.headers["content-type"].startswith("text/event-stream")

        async def events() -> AsyncIterator[tuple[str | None, str, Any]]:
            id, name = None, "message"
            async for line in answer.aiter_lines():
                field, _, value = line.partition(": ")
                if field == "id":
                    id = value
                elif field == "event":
                    name = value
                elif field == "data":
                    yield id, name, json.loads(value)
                    id, name = None, "message"

        yield events()


async def everything(client: httpx2.AsyncClient, execution: str, **more: Any) -> Received:
    """All events of an execution until its stream ends."""
    async with asyncio.timeout(30), listening(client, f"/executions/{execution}/events", **more) as events:
        return [event async for event in events]


def socket(api: Api, path: str, token: str) -> connect:
    """A WebSocket to be opened."""
    url = f"{api.url.replace('http', 'ws')}/api/v1{path}"
    return connect(url, additional_headers={"authorization": f"Bearer {token}"})


async def messages(opened: ClientConnection) -> list[dict[str, Any]]:
    """What a WebSocket gives until it is closed."""
    given: list[dict[str, Any]] = []
    with suppress(ConnectionClosedError):
        async for message in opened:
            given.append(json.loads(message))
    return given


async def test_events_are_numbered_and_go_on_where_one_left(either: Api) -> None:
    client = await either.signed_in(Role.EDITOR)
    await published(client, WAITS, "waits")
    id = (await client.post("/executions", json={"workflow": "waits"})).json()["id"]
    await settled(client, id, "waiting")
    seen: Received = []
    async with asyncio.timeout(30), listening(client, f"/executions/{id}/events") as events:
        async for event in events:
            seen.append(event)
            if event[2].get("kind") == "waiting":
                break
    assert seen[0][2]["kind"] == "accepted"
    assert {"big"} < {event[2]["path"] for event in seen}
    following = asyncio.create_task(everything(client, id, headers={"Last-Event-ID": str(seen[-1][0])}))
    await client.post(f"/executions/{id}/approvals", json={"path": "release", "decision": "approve"})
    rest = await following
    assert rest[-1][1] == "end"
    assert rest[-2][2]["kind"] == "ended"
    together = [event for event in seen + rest if event[0] is not None]
    whole = [event for event in await everything(client, id) if event[0] is not None]
    assert [event[0] for event in together] == [event[0] for event in whole]
    places = [tuple(map(int, str(event[0]).split("."))) for event in whole]
    for before, now in itertools.pairwise(places):
        assert now in ((before[0], before[1] + 1), (before[0] + 1, 0))
    done = await client.get(f"/executions/{id}/events", headers={"Last-Event-ID": str(whole[-1][0])})
    assert done.status_code == 204
    wrong = await client.get(f"/executions/{id}/events", params={"after": "soon"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "events.position")


async def test_a_websocket_gives_the_same(api: Api) -> None:
    token = await api.token(await api.account(Role.EDITOR))
    client = api.client(token)
    await published(client, ADD, "add")
    id = (await client.post("/executions", json={"workflow": "add", "inputs": {"a": 1}})).json()["id"]
    async with asyncio.timeout(30), socket(api, f"/executions/{id}/live", token) as opened:
        given = await messages(opened)
        assert opened.close_code == 1000
    assert given[-1] == {"type": "end"}
    sse = [event[2] for event in await everything(client, id) if event[0] is not None]
    assert [one["id"] for one in given if one.get("id")] == [event["id"] for event in sse]
    last = sse[-2]["id"]
    async with asyncio.timeout(30), socket(api, f"/executions/{id}/live?after={last}", token) as opened:
        assert [one["type"] for one in await messages(opened)] == ["event", "end"]
    other = await api.token(await api.account(Role.ADMIN, "elsewhere"))
    with pytest.raises(InvalidStatus) as refused:
        async with socket(api, f"/executions/{id}/live", other):
            pass
    assert refused.value.response.status_code == 404
    assert json.loads(refused.value.response.body or b"{}")["code"] == "execution.not_found"


async def test_what_another_process_drives_is_seen(tmp_path: Path) -> None:
    """The server only accepts and looks; an engine of its own over the same database drives."""
    async with running_api(tmp_path / "data", driving=False) as api:
        token = await api.token(await api.account(Role.EDITOR))
        client = api.client(token)
        await published(client, WAITS, "waits")
        id = (await client.post("/executions", json={"workflow": "waits"})).json()["id"]
        following = asyncio.create_task(everything(client, id))
        async with Studio(Settings(data=tmp_path / "data")) as worker:
            await worker.open()
            await worker.driver.start()
            await settled(client, id, "waiting")
            await client.post(f"/executions/{id}/approvals", json={"path": "release", "decision": "approve"})
            seen = await following
        assert [event[2].get("kind") for event in seen][-2:] == ["ended", None]
        assert {"claimed", "waiting", "succeeded"} <= {event[2].get("kind") for event in seen}


async def test_many_watchers_share_one_reading(api: Api) -> None:
    client = await api.signed_in(Role.EDITOR)
    await published(client, WAITS, "waits")
    id = (await client.post("/executions", json={"workflow": "waits"})).json()["id"]
    await settled(client, id, "waiting")
    watchers = [asyncio.create_task(everything(client, id)) for _ in range(20)]
    row = await api.studio.opened.store.execution(id)
    assert row is not None
    while api.platform.executing.watching.watchers(id) < 20:
        await asyncio.sleep(0.01)
    assert api.platform.executing.watching.read == 1
    await client.post(f"/executions/{id}/cancel", json={})
    seen = [[event[0] for event in await watcher if event[0]] for watcher in watchers]
    assert all(one == seen[0] for one in seen)
    assert api.platform.executing.watching.read == 0


async def test_a_stream_ends_when_the_session_or_the_right_does(api: Api) -> None:
    editor = await api.signed_in(Role.EDITOR)
    await published(editor, WAITS, "waits")
    id = (await editor.post("/executions", json={"workflow": "waits"})).json()["id"]
    await settled(editor, id, "waiting")
    leaves, removed = await api.account(Role.VIEWER), await api.account(Role.VIEWER)
    token, gone = await api.token(leaves), await api.token(removed)
    watching = asyncio.create_task(everything(api.client(token), id))
    async with socket(api, f"/executions/{id}/live", gone) as opened, socket(api, "/live", gone) as feed:
        assert json.loads(await opened.recv())["kind"] == "accepted"
        await api.client(token).delete("/session")
        people = api.platform.people
        await people.records.commit([people.members.drop(INSTANCE, member_id("default", removed.id))])
        async with asyncio.timeout(10):
            assert (await messages(opened))[-1]["problem"]["status"] in (403, 404)
            assert opened.close_code in (4403, 4404)
            assert (await messages(feed))[-1]["problem"]["status"] in (403, 404)
            ended = await watching
    assert (ended[-1][1], ended[-1][2]["code"]) == ("problem", "access.token")
    still = asyncio.create_task(everything(editor, id))
    await asyncio.sleep(3)
    assert not still.done()
    await editor.post(f"/executions/{id}/cancel", json={})
    assert (await still)[-1][1] == "end"


async def test_a_workspace_feed_hints_at_what_one_may_see(either: Api) -> None:
    client = await either.signed_in(Role.EDITOR)
    viewer = await either.signed_in(Role.VIEWER)
    stranger = await either.signed_in(Role.ADMIN, "elsewhere")
    heard: dict[str, list[Any]] = {"viewer": [], "stranger": []}
    ready = asyncio.Barrier(3) if hasattr(asyncio, "Barrier") else None
    assert ready is not None

    async def listen(who: str, listener: httpx2.AsyncClient) -> None:
        async with listening(listener, "/events") as events:
            await ready.wait()
            async for _, _, data in events:
                heard[who].append((data["kind"], data["id"]))

    tasks = [asyncio.create_task(listen("viewer", viewer)), asyncio.create_task(listen("stranger", stranger))]
    try:
        async with asyncio.timeout(30):
            await ready.wait()
            await asyncio.sleep(0.5)
            workflow = await published(client, ADD, "add")
            id = (await client.post("/executions", json={"workflow": "add", "inputs": {"a": 1}})).json()["id"]
            while not {("workflow", workflow), ("execution", id)} <= set(heard["viewer"]):
                await asyncio.sleep(0.05)
            theirs = await published(stranger, ADD, "add")
            while ("workflow", theirs) not in heard["stranger"]:
                await asyncio.sleep(0.05)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    assert ("workflow", workflow) not in heard["stranger"]
    assert ("execution", id) not in heard["stranger"]
    assert ("workflow", theirs) not in heard["viewer"]


async def test_a_feed_tells_nothing_of_folders_one_does_not_see(api: Api) -> None:
    from studio.domain.access import Actor, ActorKind
    from studio.services.executing.feeding import Hint

    client = await api.signed_in(Role.EDITOR)
    workflow = await published(client, ADD, "add")
    id = (await client.post("/executions", json={"workflow": "add", "inputs": {"a": 1}})).json()["id"]
    feeding = api.platform.executing.feeding
    nobody = Actor(kind=ActorKind.PERSON, id="x", workspace="default")
    key = Actor(
        kind=ActorKind.KEY, id="x", workspace="default", workflows=frozenset({"other"}),
        permissions=frozenset({Permission.EXECUTION_VIEW, Permission.WORKFLOW_VIEW}),
    )  # fmt: skip
    viewer = Actor(kind=ActorKind.PERSON, id="x", workspace="default", permissions=key.permissions)
    for hint in (Hint("workflow", workflow), Hint("execution", id)):
        assert not await feeding.visible(nobody, hint)
        assert not await feeding.visible(key, hint)
        assert await feeding.visible(viewer, hint)


async def test_a_slow_watcher_costs_nothing_and_misses_nothing(api: Api) -> None:
    from studio.engine import Event
    from studio.services.executing import watching as module

    client = await api.signed_in(Role.EDITOR)
    await published(client, WAITS, "waits")
    id = (await client.post("/executions", json={"workflow": "waits"})).json()["id"]
    await settled(client, id, "waiting")
    row = await api.studio.opened.store.execution(id)
    assert row is not None
    watching = api.platform.executing.watching
    stream = watching.events(row)
    seen = [await anext(stream)]
    progress = Event(execution_id=id, seq=-1, index=-1, kind="progress", path="big", data={"x": 1})
    for _ in range(module.QUEUE + 50):
        api.studio.engine.live.show(id, progress.kind, "big", progress.data, api.studio.engine.clock)
    await asyncio.sleep(0.2)
    await client.post(f"/executions/{id}/cancel", json={})
    await settled(client, id, "cancelled")
    async with asyncio.timeout(20):
        seen += [event async for event in stream]
    numbered = [(event.seq, event.index) for event in seen if isinstance(event, Event) and event.seq >= 0]
    again = [
        (event.seq, event.index) async for event in watching.events(row) if isinstance(event, Event) and event.seq >= 0
    ]
    assert numbered == again
    assert sum(isinstance(event, Event) and event.seq < 0 for event in seen) <= module.QUEUE
