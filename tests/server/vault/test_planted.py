"""Secrets that are planted everywhere they may stand are found nowhere in clear: disk, answers, logs, errors."""

from __future__ import annotations

import asyncio
import base64
import logging
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from studio.domain.access import Role
from tests.server.kit import Api, running_api
from tests.server.vault.provider import running_provider
from tests.server.vault.test_oauth import begin, fields, new, register

MARKERS = {
    "token": "planted-token-7f3a", "password": "planted-password-2c9e", "variable": "planted-variable-81bd",
    "client": "planted-client-secret-55aa", "outside": "planted-outside-3e3e", "moved": "planted-moved-9d2c",
    "store": "planted-store-token-6b6b",
}  # fmt: skip


@asynccontextmanager
async def repeater() -> AsyncGenerator[str]:
    """A server that refuses, and says in its answer whatever it was sent."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        body = b"refused: " + head
        writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    finally:
        server.close()
        await server.wait_closed()


def encodings(marker: str) -> set[bytes]:
    """The marker as it may stand somewhere."""
    raw = marker.encode()
    return {raw, raw.hex().encode(), base64.b64encode(raw).rstrip(b"="), quote(marker).encode(), raw[::-1]}


def assert_nowhere(where: str, data: bytes, markers: Mapping[str, str] = MARKERS) -> None:
    """Fail where a marker stands in it."""
    for name, marker in markers.items():
        for one in encodings(marker):
            assert one not in data, f"the {name} stands in {where}"


def search(folder: Path, markers: Mapping[str, str] = MARKERS) -> None:
    """Look into every file: database, write-ahead log, blobs."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert any("studio" in path.name and path.stat().st_size > 10_000 for path in files), files
    for path in files:
        assert_nowhere(str(path), path.read_bytes(), markers)


class Talk:
    """Everything that the server answered."""

    def __init__(self) -> None:
        self.said: list[tuple[str, bytes]] = []

    def listen(self, client: Any) -> Any:
        """A client whose answers are kept."""

        async def keep(response: Any) -> None:
            await response.aread()
            head = b"".join(name + b": " + value + b"\n" for name, value in response.headers.raw)
            self.said.append((str(response.url), head + response.content))

        client.event_hooks["response"].append(keep)
        return client


async def plant(api: Api, client: Any, operator: Any, url: str) -> None:
    """Put a marker wherever a secret may stand, and change some."""
    for name, type, given in (
        ("bearer", "http.bearer", {"token": MARKERS["token"], "hosts": ["127.0.0.1"]}),
        ("basic", "http.basic", {"user": "ada", "password": MARKERS["password"], "hosts": ["127.0.0.1"]}),
        ("db", "sql.postgres", {"host": "127.0.0.1", "port": 1, "database": "d", "user": "u",
                                "password": MARKERS["password"]}),
    ):  # fmt: skip
        made = await client.post("/credentials", json={"name": name, "type": type, "fields": given})
        assert made.status_code == 201, made.text
    path = f"/credentials/{made.json()['id']}"
    for change in ({"host": "other.example"}, {"host": "127.0.0.1", "port": 2, "password": MARKERS["moved"]},
                   {"password": {"wrong": MARKERS["moved"]}}):  # fmt: skip
        await client.patch(path, json={"fields": change})
    await client.put("/variables/key", json={"value": MARKERS["variable"], "secret": True})
    store = {"kind": "vault", "settings": {"url": url}, "secrets": {"token": MARKERS["store"]}}
    assert (await operator.put("/operator/workspaces/default/secret-stores/hv", json=store)).is_success
    env = {"kind": "environment", "settings": {"prefix": "PLANTED_"}}
    assert (await operator.put("/operator/workspaces/default/secret-stores/env", json=env)).is_success
    for name, reference in (("env", {"store": "env", "path": "PLANTED_ONE"}),
                            ("hv", {"store": "hv", "path": "kv/data/x", "key": "k"})):  # fmt: skip
        body = {"token": {"$secret": reference}, "hosts": ["127.0.0.1"]}
        made = await client.post("/credentials", json={"name": name, "type": "http.bearer", "fields": body})
        assert made.status_code == 201, made.text


async def use(api: Api, client: Any, url: str) -> int:
    """Run workflows that use what was planted, all of which fail; how many did."""
    failed = 0
    for name in ("bearer", "basic", "env", "hv", "db", "calendar"):
        node: dict[str, Any] = {"type": "http.request", "params": {"url": url}, "credential": name}
        if name == "db":
            node = {"type": "sql.postgres_query", "params": {"query": "SELECT 1"}, "credential": name}
        document: dict[str, Any] = {"studio": 1, "name": name, "nodes": {"call": node}}
        made = await client.post("/workflows", json={"document": document, "key": f"use-{name}"})
        assert made.is_success, made.text
        id = made.json()["id"]
        published = await client.post(f"/workflows/{id}/publish", json={})
        assert published.is_success, published.text
        started = await client.post("/executions", json={"workflow": id})
        assert started.is_success, started.text
        execution = started.json()["id"]
        result = await api.studio.engine.wait(execution, timeout=60)
        failed += result.status.value == "failed"
        for path in ("", "/nodes", "/values", "/events"):
            await client.get(f"/executions/{execution}{path}")
        await client.get(f"/workflows/{id}/export")
        await client.get(f"/workflows/{id}/versions/1")
    return failed


async def look(client: Any, operator: Any) -> None:
    """Ask for everything that the API tells."""
    listed = (await client.get("/credentials")).json()["items"]
    for one in listed:
        await client.get(f"/credentials/{one['id']}")
        await client.get(f"/credentials/{one['id']}/usage")
        await client.post(f"/credentials/{one['id']}/test")
    for path in ("/credentials/expiring", "/credential-types", "/credential-aliases", "/variables", "/secret-stores",
                 "/executions", "/audit"):  # fmt: skip
        await client.get(path)
    for path in ("/oauth/clients", "/operator/workspaces/default/secret-stores"):
        await operator.get(path)


async def test_planted_secrets_are_found_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("PLANTED_ONE", MARKERS["outside"])
    talk = Talk()
    async with repeater() as url, running_api(tmp_path / "data") as api:
        api.platform.address = api.url
        async with running_provider(
            redirect_uri=f"{api.url}/api/v1/oauth/callback", client_secret=MARKERS["client"]
        ) as provider:
            client = talk.listen(await api.signed_in(Role.ADMIN))
            operator = talk.listen(await api.signed_in(None, operator=True))
            await plant(api, client, operator, url)
            await register(api, provider)
            id = await new(client)
            query = await begin(client, id)
            assert (await client.get(f"/oauth/callback?{query}")).status_code == 200
            kept = await fields(api, id)
            MARKERS["access"], MARKERS["refresh"] = kept["access_token"], kept["refresh_token"]
            assert await use(api, client, url) == 6
            await look(client, operator)
            entries = await api.platform.ports.records.audit("default", limit=1000)
            assert len(entries) > 10
            for one in entries:
                assert_nowhere("the audit log", one.value)
            search(tmp_path / "data")  # with the write-ahead log, as it stands while the server runs
    assert len(talk.said) > 60
    for where, said in talk.said:
        assert_nowhere(where, said)
    assert_nowhere("the logs", caplog.text.encode())
    search(tmp_path / "data")


def test_the_search_finds_what_it_looks_for() -> None:
    for one in encodings(MARKERS["token"]):
        with pytest.raises(AssertionError):
            assert_nowhere("a test", b"before" + one + b"after")
