"""Two browsers on one workflow, over real sockets."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from studio.domain.access import Actor, Role
from studio.domain.ids import DEFAULT_WORKSPACE, INSTANCE
from studio.server import _streams
from studio.services.editing import presence
from studio.services.people.model import member_id
from tests.server.editing.test_editing import made, send, setting
from tests.server.kit import Api, running_api


def address(api: Api, workflow: str, **query: Any) -> str:
    """The address of the live connection."""
    text = "&".join(f"{key}={one}" for key, one in query.items())
    return f"ws{api.url.removeprefix('http')}/api/v1/workflows/{workflow}/live?{text}"


@asynccontextmanager
async def watching(api: Api, token: str, workflow: str, **query: Any) -> AsyncGenerator[ClientConnection]:
    """A connection with a bearer token."""
    headers = {"authorization": f"Bearer {token}"}
    async with connect(address(api, workflow, **query), additional_headers=headers) as socket:
        yield socket


async def until(socket: ClientConnection, type: str, **wanted: Any) -> dict[str, Any]:
    """The next event of a type."""
    while True:
        event = json.loads(await asyncio.wait_for(socket.recv(), 20))
        if event["type"] == type and all(event.get(key) == one for key, one in wanted.items()):
            return event


async def test_operations_presence_and_comments_arrive(either: Api) -> None:
    ada, bob = await either.account(Role.EDITOR, name="Ada"), await either.account(Role.VIEWER, name="Bob")
    tokens = [await either.token(one) for one in (ada, bob)]
    editor = either.client(tokens[0])
    id = await made(editor)
    async with (
        watching(either, tokens[0], id, client="one") as one,
        watching(either, tokens[1], id, client="two") as two,
    ):
        hello = await until(two, "hello")
        assert (hello["revision"], hello["comments"]) == (1, 0)
        await until(one, "presence", account=bob.id)
        await one.send(json.dumps({"type": "presence", "node": "greet", "cursor": [1, 2]}))
        seen = await until(two, "presence", account=ada.id, node="greet")
        assert (seen["name"], seen["cursor"], seen["client"]) == ("Ada", [1, 2], "one")
        assert seen["colour"].startswith("#")
        await send(editor, id, 1, setting("greet", "template", "Bye"))
        operation = (await until(two, "operation"))["operation"]
        assert (operation["revision"], operation["by"], operation["changes"][0]["value"]) == (2, ada.id, "Bye")
        await editor.post("/comments", json={"workflow": id, "text": "Look"})
        assert (await until(two, "comment"))["thread"]["unread"] == 1
        shown = (await editor.get(f"/workflows/{id}/presence")).json()["items"]
        assert {one["name"] for one in shown} == {"Ada", "Bob"}
        await one.close()
        await until(two, "left", account=ada.id)
        await editor.put(f"/workflows/{id}/draft", json={"document": {"studio": 1, "name": "New", "nodes": {}}})
        assert (await until(two, "reload"))["revision"] == 3
    async with watching(either, tokens[1], id, after="1.0", client="late") as late:
        await until(late, "reload")


async def test_another_process_hears_of_it(tmp_path: Path, postgres_url: str) -> None:
    async with running_api(tmp_path / "a", db=postgres_url, driving=False) as first:
        key = (tmp_path / "a" / "master.key").read_bytes()
        (tmp_path / "b").mkdir()
        (tmp_path / "b" / "master.key").write_bytes(key)
        (tmp_path / "b" / "master.key").chmod(0o600)
        async with running_api(tmp_path / "b", db=postgres_url, driving=False) as second:
            account = await first.account(Role.EDITOR)
            token = await first.token(account)
            one, other = first.client(token), second.client(token)
            id = await made(one)
            async with watching(second, token, id, client="there") as there:
                await until(there, "hello")
                async with watching(first, token, id, client="here") as here:
                    await until(there, "presence", client="here")
                    await until(here, "hello")
                    await send(one, id, 1, setting("greet", "template", "1"))
                    assert (await until(there, "operation"))["operation"]["revision"] == 2
                await until(there, "left", client="here")
            for revision in range(2, 8):
                client = (one, other)[revision % 2]
                answer = await send(client, id, revision, setting("greet", f"p{revision}", revision))
                assert answer.json()["revision"] == revision + 1, answer.text
            answers = await asyncio.gather(
                *(send((one, other)[at % 2], id, 8, setting("shout", f"q{at}", at)) for at in range(10))
            )
            assert [one.status_code for one in answers] == [200] * 10
            params = (await one.get(f"/workflows/{id}/draft")).json()["document"]["nodes"]["shout"]["params"]
            assert {name for name in params if name != "template"} == {f"q{at}" for at in range(10)}


async def refused(api: Api, workflow: str, **headers: str) -> str:
    """How a connection is refused: by its status, or the reason of the closing."""
    try:
        async with connect(address(api, workflow), additional_headers=headers) as socket:
            await asyncio.wait_for(socket.recv(), 20)
            return "let in"
    except InvalidStatus as error:
        return str(error.response.status_code)
    except ConnectionClosed as error:
        return str(error.rcvd.code if error.rcvd else 0)


async def test_who_may_connect(api: Api) -> None:
    editor = await api.signed_in(Role.EDITOR)
    id = await made(editor)
    viewer = await api.account(Role.VIEWER)
    token = await api.token(viewer)
    stranger = await api.token(await api.account(Role.ADMIN, "other"))
    session = await api.platform.sessions.begin(viewer, asking=Actor(), browser=True)
    cookie = {"cookie": f"studio_session={session.token}"}
    assert await refused(api, id, authorization=f"Bearer {token}") == "let in"
    assert await refused(api, id, **cookie, origin=api.url) == "let in"
    for headers, status in (
        ({}, "401"), ({"authorization": "Bearer nonsense"}, "401"), ({"authorization": f"Bearer {stranger}"}, "404"),
        (cookie, "403"), ({**cookie, "origin": "https://elsewhere.example"}, "403"),
    ):  # fmt: skip
        assert await refused(api, id, **headers) == status, headers
    assert await refused(api, "none", authorization=f"Bearer {token}") == "404"


async def test_rights_are_looked_at_again(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_streams, "RECHECK", 0.2)
    editor = await api.signed_in(Role.EDITOR)
    id = await made(editor)
    viewer = await api.account(Role.VIEWER)
    async with watching(api, await api.token(viewer), id) as socket:
        await until(socket, "hello")
        people = api.platform.people
        await people.records.commit([people.members.drop(INSTANCE, member_id(DEFAULT_WORKSPACE, viewer.id))])
        with pytest.raises(ConnectionClosed):
            while True:
                await asyncio.wait_for(socket.recv(), 20)
        assert socket.close_code == 4403


async def test_a_person_opens_a_workflow_in_so_many_tabs(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "MAX_TABS", 2)
    ada, bob = await api.account(Role.EDITOR), await api.account(Role.VIEWER)
    token = await api.token(ada)
    id = await made(api.client(token))
    async with watching(api, token, id, client="one") as one, watching(api, token, id, client="two") as two:
        await until(two, "hello")
        with pytest.raises(InvalidStatus) as refused:
            async with watching(api, token, id, client="three"):
                pass
        assert refused.value.response.status_code == 409
        async with watching(api, await api.token(bob), id) as other:
            await until(other, "hello")
        await one.close()
        await until(two, "left", client="one")
        async with watching(api, token, id, client="three") as three:
            await until(three, "hello")


async def events(api: Api, token: str, workflow: str, count: int, **headers: str) -> list[dict[str, Any]]:
    """So many numbered server-sent events, `hello` among them."""
    found: list[dict[str, Any]] = []
    id: str | None = None
    client = api.client(token, **headers)
    async with asyncio.timeout(20), client.stream("GET", f"/workflows/{workflow}/events") as answer:
        assert answer.status_code == 200
        async for line in answer.aiter_lines():
            if line.startswith("id: "):
                id = line[4:]
            elif line.startswith("data: "):
                event = json.loads(line[6:])
                if id is not None:
                    assert event["id"] == id
                    found.append(event)
                elif event["type"] not in ("presence", "left"):
                    raise AssertionError(event)
                id = None
            if len(found) == count:
                return found
    raise AssertionError(found)


def told(events: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(one["type"], one["id"]) for one in events]


async def test_who_comes_back_is_told_all_that_came_since_once(either: Api) -> None:
    """On both ways, with the id that was seen last: nothing is missing, nothing comes twice, whatever the order."""
    account = await either.account(Role.EDITOR)
    token = await either.token(account)
    editor = either.client(token)
    id = await made(editor)
    begun = await events(either, token, id, 1)
    assert told(begun) == [("hello", "1.0")]
    thread = (await editor.post("/comments", json={"workflow": id, "text": "One"})).json()["id"]
    await send(editor, id, 1, setting("greet", "template", "A"))
    await send(editor, id, 2, setting("greet", "template", "B"))
    missed = await events(either, token, id, 4, **{"last-event-id": begun[-1]["id"]})
    assert told(missed) == [("hello", "1.0"), ("operation", "2.0"), ("operation", "3.0"), ("comment", "3.1")]
    # In the middle of it: what was seen is not told again.
    rest = await events(either, token, id, 3, **{"last-event-id": "2.0"})
    assert told(rest) == [("hello", "2.0"), ("operation", "3.0"), ("comment", "3.1")]
    await editor.post(f"/comments/{thread}/replies", json={"text": "Two"})
    async with watching(either, token, id, after="3.1", client="back") as back:
        assert (await until(back, "hello"))["id"] == "3.1"
        again = await until(back, "comment")
        assert (again["id"], len(again["thread"]["comments"])) == ("3.2", 2)
        await send(editor, id, 3, setting("greet", "template", "C"))
        last = (await until(back, "operation"))["id"]
        assert last == "4.2"
    # What is not known any more has to be loaded anew, and from then on it goes on.
    await editor.put(f"/workflows/{id}/draft", json={"document": {"studio": 1, "name": "New", "nodes": {}}})
    fresh = await events(either, token, id, 2, **{"last-event-id": last})
    assert told(fresh) == [("hello", "4.2"), ("reload", "5.2")]
    assert fresh[-1]["revision"] == 5
    wrong = await either.client(token).get(f"/workflows/{id}/events", params={"after": "x"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "events.position")
    # Many connections, each cut off at another place, together see every event once.
    for revision in range(5, 11):
        await send(editor, id, revision, {"op": "set", "path": ["description"], "value": str(revision)})
    seen: list[int] = []
    position = "5.2"
    while len(seen) < 6:
        part = await events(either, token, id, 2, **{"last-event-id": position})
        seen.append(part[-1]["operation"]["revision"])
        position = part[-1]["id"]
    assert seen == [6, 7, 8, 9, 10, 11]


async def test_comments_are_told_to_who_may_see_them(api: Api) -> None:
    """Rights count as they are at that moment; numbers go on over what one may not see."""
    admin = await api.signed_in(Role.ADMIN)
    id = await made(admin)
    given = {"name": "Eyes", "permissions": ["workflow.view"]}
    role = (await admin.post("/roles", json=given)).json()["id"]
    token = await api.token(await api.account(role))
    await admin.post("/comments", json={"workflow": id, "text": "Secret"})
    await send(admin, id, 1, setting("greet", "template", "A"))
    found = await events(api, token, id, 2, **{"last-event-id": "1.0"})
    assert told(found) == [("hello", "1.0"), ("operation", "2.0")]
    async with watching(api, token, id, after="1.0") as socket:
        await until(socket, "operation")
        await send(admin, id, 2, setting("greet", "template", "B"))
        event = await until(socket, "operation")
        assert event["id"] == "3.1"
    async with watching(api, token, id) as socket:
        await socket.send("x" * 20_000)
        with pytest.raises(ConnectionClosed):
            while True:
                await asyncio.wait_for(socket.recv(), 20)
        assert socket.close_code == 1009
