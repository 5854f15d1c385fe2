"""The server as a process that is killed: what it acknowledged is kept once, and streams go on where they broke off."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.fixtures import forks
from tests.server.executions.test_events import Received, listening
from tests.server.executions.test_executions import ADD, WAITS, published, settled
from tests.server.kit import PASSWORD

STARTS = int(os.environ.get("STUDIO_CRASH_STARTS", "400"))
CLIENTS = 64
ADA = {"email": "ada@example.org", "name": "Ada", "password": PASSWORD}


class Server:
    """A server process over one data folder, that can be killed and started again."""

    def __init__(self, data: Path, db: str | None = None) -> None:
        self._where = ["--data", str(data), *(["--db", db] if db else [])]
        self._token: str | None = None
        self.process: forks.Command | None = None
        self.url = ""

    def start(self) -> None:
        """Start it, and wait until it answers."""
        environ = {**os.environ, "STUDIO_REQUESTS_PER_MINUTE": "0"}
        self.process = forks.Command(["up", *self._where, "--port", "0"], env=environ)
        found = re.search(r"https?://[^\s]+", self.process.stdout.readline())
        assert found is not None
        self.url = found.group()
        if self._token is None:
            link = self.process.stdout.readline()
            secret = link.partition("/setup#")[2].strip()
            made = httpx2.post(f"{self.url}/api/v1/setup", json={**ADA, "secret": secret}, timeout=60)
            assert made.status_code == 201, made.text
            body = {"email": ADA["email"], "password": PASSWORD, "client": "cli"}
            signed_in = httpx2.post(f"{self.url}/api/v1/session", json=body, timeout=60)
            self._token = signed_in.json()["token"]

    def kill(self) -> None:
        """End it without a word."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()

    def client(self, **more: Any) -> httpx2.AsyncClient:
        """A client that is signed in."""
        headers = {"authorization": f"Bearer {self._token}"}
        return httpx2.AsyncClient(base_url=f"{self.url}/api/v1", headers=headers, timeout=60, **more)


@contextmanager
def server(data: Path, db: str | None = None) -> Generator[Server]:
    """A server process, killed at the end."""
    one = Server(data, db)
    one.start()
    try:
        yield one
    finally:
        one.kill()


async def starts(one: Server, keys: list[str], acknowledged: dict[str, str]) -> set[int]:
    """Start an execution for each key from many clients; gives the statuses of those that were refused."""
    waiting, refused = list(reversed(keys)), set[int]()

    async def work() -> None:
        async with one.client() as client:
            while waiting:
                key = waiting.pop()
                body = {"workflow": "add", "inputs": {"a": int(key)}}
                try:
                    answer = await client.post("/executions", json=body, headers={"Idempotency-Key": key})
                except httpx2.HTTPError:
                    return
                if answer.status_code == 202:
                    id = answer.json()["id"]
                    assert acknowledged.setdefault(key, id) == id
                else:
                    refused.add(answer.status_code)
                    waiting.insert(0, key)
                    await asyncio.sleep(0.05)

    await asyncio.gather(*(work() for _ in range(CLIENTS)))
    return refused


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_acknowledged_starts_survive_a_kill_once_each(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str
) -> None:
    db = request.getfixturevalue("postgres_url") if kind == "postgres" else None
    keys = [str(number) for number in range(STARTS)]
    acknowledged: dict[str, str] = {}
    with server(tmp_path / "data", db) as one:
        async with one.client() as client:
            await published(client, ADD, "add")
        starting = asyncio.create_task(starts(one, keys, acknowledged))
        while len(acknowledged) < STARTS // 2:
            await asyncio.sleep(0.01)
        await asyncio.to_thread(one.kill)
        assert await starting <= {429, 503}
        before = dict(acknowledged)
        assert STARTS // 2 <= len(before) < STARTS
        await asyncio.to_thread(one.start)
        assert await starts(one, keys, acknowledged) <= {429, 503}
        assert len(acknowledged) == STARTS
        assert before.items() <= acknowledged.items()
        assert len(set(acknowledged.values())) == STARTS
        async with one.client() as client:
            found: dict[str, str] = {}
            async with asyncio.timeout(120 + STARTS / 20):
                while len(found) < STARTS or set(found.values()) != {"succeeded"}:
                    found = await statuses(client)
            assert set(found) == set(acknowledged.values())


async def statuses(client: httpx2.AsyncClient) -> dict[str, str]:
    """Status of every execution."""
    found: dict[str, str] = {}
    cursor: str | None = None
    while True:
        params = {"limit": "200", "workflow": "add", **({"cursor": cursor} if cursor else {})}
        page = (await client.get("/executions", params=params)).json()
        found.update({one["id"]: one["status"] for one in page["items"]})
        cursor = page["next"]
        if cursor is None:
            return found


async def test_a_stream_goes_on_after_a_kill_without_gap_or_duplicate(tmp_path: Path) -> None:
    with server(tmp_path / "data") as one:
        async with one.client() as client:
            await published(client, WAITS, "waits")
            id = (await client.post("/executions", json={"workflow": "waits"})).json()["id"]
            await settled(client, id, "waiting")
            seen: Received = []
            listening_on = asyncio.create_task(_take(client, id, None, seen))
            while not any(event[2].get("kind") == "waiting" for event in seen):
                await asyncio.sleep(0.01)
            await asyncio.to_thread(one.kill)
            await asyncio.gather(listening_on, return_exceptions=True)
        await asyncio.to_thread(one.start)
        async with one.client() as client:
            last = next(event[0] for event in reversed(seen) if event[0])
            resumed = asyncio.create_task(_take(client, id, last, seen))
            await client.post(f"/executions/{id}/approvals", json={"path": "release", "decision": "approve"})
            async with asyncio.timeout(60):
                await resumed
            whole: Received = []
            await _take(client, id, None, whole)
    assert seen[-1][1] == "end"
    assert [event[0] for event in seen if event[0]] == [event[0] for event in whole if event[0]]
    assert whole[-2][2]["kind"] == "ended"


async def _take(client: httpx2.AsyncClient, id: str, after: str | None, into: Received) -> None:
    headers = {"Last-Event-ID": after} if after else {}
    async with listening(client, f"/executions/{id}/events", headers=headers) as events:
        async for event in events:
            into.append(event)
