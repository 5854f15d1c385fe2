"""What comes over the socket by hostile hands: heads, hosts, addresses, bodies, connections without end."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from studio.domain.access import Role
from studio.domain.errors import StorageUnavailable
from studio.domain.settings import ServerSettings
from studio.server import connections
from studio.server.middleware import edge
from tests.server.kit import Api, running_api


async def raw(api: Api, *pieces: bytes, wait: float = 20.0) -> bytes:
    """What the server answers to bytes, to the end of the connection."""
    host, port = api.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        async with asyncio.timeout(wait):
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


def status_of(answer: bytes) -> int:
    """The status of a raw answer."""
    return int(answer.split(b" ", 2)[1])


CLOSE = b"Connection: close\r\n"


async def test_odd_heads_are_refused_and_hold_nothing_up(api: Api) -> None:
    ask = b"GET /api/v1/setup HTTP/1.1\r\n"
    known = b"Host: localhost\r\n"
    for host in (b"[", b"[::1", b"[::1]]", b"localhost:x", b"localhost@evil.example", b"\xe9vil", b"evil.example"):
        answer = await raw(api, ask + b"Host: " + host + b"\r\n" + CLOSE + b"\r\n")
        assert status_of(answer) == 421, host
    two = await raw(api, ask + known + b"Host: evil.example\r\n" + CLOSE + b"\r\n")
    assert status_of(two) == 421
    long = b"".join(b"X-%d: %s\r\n" % (number, b"a" * 1000) for number in range(80))
    assert status_of(await raw(api, ask + known + CLOSE + long + b"\r\n")) == 431
    endless = [ask + known, *[b"X-More: " + b"a" * 60_000 + b"\r\n" for _ in range(200)]]
    answer = await raw(api, *endless)
    assert answer == b"" or status_of(answer) == 400
    # Two lengths, or a length and pieces, could be read one way here and another by a proxy in front.
    for framing in (
        b"Content-Length: 0\r\nContent-Length: 5\r\n",
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
    ):
        smuggled = b"POST /api/v1/session HTTP/1.1\r\n" + known + framing + b"\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n"
        answer = await raw(api, smuggled)
        assert (status_of(answer), answer.count(b"HTTP/1.1")) == (400, 1)
    editor = await api.signed_in(Role.EDITOR)
    id = (await editor.post("/workflows", json={"name": "A"})).json()["id"]
    for tag in ('"²"', "²", "W/x", '"' + "9" * 40 + '"'):
        answer = await editor.patch(
            f"/workflows/{id}", json={"name": "B"}, headers={b"if-match": tag.encode("latin-1")}
        )
        assert answer.status_code in (412, 422), (tag, answer.text)
    assert status_of(await raw(api, ask + known + CLOSE + b"\r\n")) == 200


async def test_what_strangers_send_is_not_read(api: Api) -> None:
    stranger, editor = api.client(), await api.signed_in(Role.EDITOR)
    viewer = await api.signed_in(Role.VIEWER)
    large = {"email": "a@example.org", "password": "x", "client": "x" * 300_000}
    assert (await stranger.post("/session", json=large)).status_code == 413
    broken, kind = b'{"document":' + b"[" * 1000, {"content-type": "application/json"}
    for client, status in ((stranger, 401), (viewer, 403), (editor, 422)):
        assert (await client.post("/workflows", content=broken, headers=kind)).status_code == status
    text = "studio: 1\nname: A\nnodes: {}\n" + "# filling\n" * 50_000
    assert (await editor.post("/workflows", json={"text": text})).status_code == 201


async def test_what_could_not_be_told_again_is_refused(api: Api) -> None:
    editor = await api.signed_in(Role.EDITOR)
    document: dict[str, Any] = {
        "studio": 1, "name": "W", "inputs": {"a": {}}, "edges": [],
        "nodes": {"s": {"type": "flow.set", "params": {"values": {"n": "{{ inputs.a }}"}}}},
    }  # fmt: skip
    assert (await editor.post("/workflows", json={"document": document, "key": "w"})).status_code == 201
    assert (await editor.post("/workflows/w/publish", json={})).status_code == 201
    kind = {"content-type": "application/json"}
    deepest, deeper = "[" * 197 + "]" * 197, "[" * 900 + "]" * 900
    for value, status in (
        ('"\\ud83d\\ude00"', 202), (str(2**63 - 1), 202), (deepest, 202),
        ('"\\ud800"', 422), ('{"\\udfff": 1}', 422), ("NaN", 422), ("-Infinity", 422), ("1e400", 422),
        ("1" + "0" * 30, 422), (deeper, 422), ('"\x00"', 422),
    ):  # fmt: skip
        for path, body in (("/executions", '{"workflow":"w","inputs":{"a":%s}}'), ("/run/w", '{"a":%s}')):
            answer = await editor.post(path, content=(body % value).encode(), headers=kind)
            known = (200, 202) if status == 202 else (status,)
            assert answer.status_code in known, (path, value[:20], answer.text)
    for broken in (b"\xff", b'{"workflow": "\xff"}', b"\xef\xbb\xbf{}", b"{", b""):
        assert (await editor.post("/executions", content=broken, headers=kind)).status_code == 422


async def test_who_does_not_go_on_is_let_go(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_PATIENCE", 0.3)
    monkeypatch.setattr(edge, "BODY_PATIENCE", 0.3)
    for begun in (b"", b"GET /api/v1/setup HTTP/1.1\r\nHost: localhost\r\nX-A: "):
        assert await raw(api, begun) == b""
    head = b"POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    slow = await raw(api, head + CLOSE + b'Content-Length: 100\r\n\r\n{"email"')
    assert (status_of(slow), json.loads(slow.split(b"\r\n\r\n", 1)[1])["code"]) == (408, "request.too_slow")
    # Who waits for an answer is not hurried.
    editor = await api.signed_in(Role.EDITOR)
    async with editor.stream("GET", "/events") as stream:
        assert stream.status_code == 200
        lines = stream.aiter_lines()
        assert await anext(lines) == "retry: 2000"
        await asyncio.sleep(0.8)
        assert (await editor.post("/workflows", json={"name": "Seen"})).status_code == 201
        async with asyncio.timeout(20):
            while not (await anext(lines)).startswith("data:"):
                pass


async def test_an_address_is_that_of_the_last_proxy_however_it_is_written(tmp_path: Path) -> None:
    settings = ServerSettings(port=0, requests_per_minute=0, trusted_proxies=("127.0.0.1", "10.0.0.0/8"))
    async with running_api(tmp_path / "data", settings=settings) as api:
        person = await api.signed_in(Role.EDITOR)
        made = (await person.post("/keys", json={"name": "Shop", "ips": ["198.51.100.7"]})).json()
        ask = f"GET /api/v1/keys/current HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {made['secret']}\r\n"
        for lines, status in (
            (["198.51.100.7"], 200),
            (["198.51.100.7, 10.1.2.3"], 200),
            (["198.51.100.7", "203.0.113.9"], 403),
            (["198.51.100.7", "203.0.113.9", "10.1.2.3"], 403),
            (["203.0.113.9, 198.51.100.7"], 200),
            (["198.51.100.7, nonsense"], 403),
            ([], 403),
        ):
            given = "".join(f"X-Forwarded-For: {line}\r\n" for line in lines)
            answer = await raw(api, f"{ask}{given}Connection: close\r\n\r\n".encode())
            assert status_of(answer) == status, (lines, answer)


async def test_nobody_opens_without_end(tmp_path: Path) -> None:
    settings = ServerSettings(port=0, requests_per_minute=600, open_per_caller=3)
    async with running_api(tmp_path / "data", settings=settings) as api:
        one, two = [await api.account(Role.EDITOR) for _ in range(2)]
        tokens = [await api.token(account) for account in (one, two)]
        for token in tokens:
            assert (await api.client(token).get("/session")).status_code == 200
        address = f"ws{api.url.removeprefix('http')}/api/v1/live"
        opened = [await connect(address, additional_headers={"authorization": f"Bearer {tokens[0]}"}) for _ in range(3)]
        full = await api.client(tokens[0]).get("/session")
        assert (full.status_code, full.json()["code"]) == (429, "request.too_many_open")
        assert (await api.client(tokens[1]).get("/session")).status_code == 200
        await opened[0].close()
        async with asyncio.timeout(20):
            while (await api.client(tokens[0]).get("/session")).status_code != 200:
                await asyncio.sleep(0.05)
        await opened[1].send("x" * (connections.MOST_MESSAGE + 1))
        with pytest.raises(ConnectionClosed):
            while True:
                await asyncio.wait_for(opened[1].recv(), 20)
        await opened[2].close()


async def test_callers_are_not_told_where_things_are_kept(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    viewer = await api.signed_in(Role.VIEWER)

    async def down(*_: object, **__: object) -> None:
        raise StorageUnavailable(
            "storage.server_unavailable", "The database at {server} cannot be used: {reason}.",
            server="db.internal:5432", reason="/var/lib/secret",
        )  # fmt: skip

    monkeypatch.setattr(type(api.platform.ports.records), "find", down)
    refused = await viewer.get("/workflows")
    assert (refused.status_code, refused.json()["code"]) == (503, "storage.server_unavailable")
    assert "db.internal" not in refused.text
    assert "secret" not in refused.text
