"""Stopping a server: what is under way, what comes meanwhile, and what is handed over."""

from __future__ import annotations

import asyncio
import json
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx2
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.fixtures import forks
from tests.server.executions.test_events import Received, listening
from tests.server.test_process import Process, started, url_in

SLOW: dict[str, Any] = {
    "studio": 1,
    "name": "Slow",
    "nodes": {"one": {"type": "flow.set", "params": {"values": {"a": 1}}}},
}


OPEN: list[httpx2.Client] = []


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """Close every client of a test at its end."""
    yield
    while OPEN:
        OPEN.pop().close()


def kept(client: httpx2.Client) -> httpx2.Client:
    """A client that is closed at the end of the test."""
    OPEN.append(client)
    return client


def signed_in(process: Process, lines: list[str]) -> httpx2.Client:
    """A client of the first account, an Admin."""
    assert process.stdout is not None
    base, _, secret = url_in(process.stdout.readline()).partition("/setup#")
    assert base == url_in(lines[0])
    body = {"secret": secret, "email": "ada@example.org", "name": "Ada", "password": "correct horse battery"}
    made = httpx2.post(f"{base}/api/v1/setup", json=body, timeout=60)
    assert made.status_code == 201, made.text
    client = kept(httpx2.Client(base_url=f"{base}/api/v1", timeout=60))
    body = {"email": body["email"], "password": body["password"], "client": "cli"}
    answer = client.post("/session", json=body)
    assert answer.status_code in (200, 201), answer.text
    client.headers["authorization"] = f"Bearer {answer.json()['token']}"
    return client


def publish(client: httpx2.Client) -> None:
    """A workflow that can be started."""
    made = client.post("/workflows", json={"document": SLOW, "key": "slow"})
    assert made.status_code == 201, made.text
    assert client.post(f"/workflows/{made.json()['id']}/publish", json={}).status_code == 201


def test_a_server_that_drains_says_so_and_starts_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_STOP_DELAY", "4")
    with started(tmp_path / "data") as (process, lines):
        url = url_in(lines[0])
        client = signed_in(process, lines)
        publish(client)
        assert client.post("/executions", json={"workflow": "slow"}).status_code == 202
        process.send_signal(signal.SIGTERM)
        while (ready := httpx2.get(f"{url}/readyz")).status_code != 503:
            time.sleep(0.02)
        assert ready.json()["parts"]["server"] == "draining"
        refused = client.post("/executions", json={"workflow": "slow"})
        assert (refused.status_code, refused.json()["code"]) == (503, "server.draining")
        assert "retry-after" in refused.headers
        assert client.get("/workflows").status_code == 200
        assert process.wait(30) == 0


def test_two_servers_on_one_data_folder(tmp_path: Path) -> None:
    with started(tmp_path / "data") as (process, _):
        second = forks.run(["up", "--data", str(tmp_path / "data"), "--port", "0"])
        assert second.returncode == 1
        assert str(process.pid) in second.stderr
        assert "Traceback" not in second.stderr
        assert second.stdout == ""


def test_restarts_under_load_lose_nothing_and_count_no_recovery(tmp_path: Path) -> None:
    data = tmp_path / "data"
    accepted: list[str] = []
    token = ""
    for round in range(4):
        with started(data) as (process, lines):
            if round == 0:
                client = signed_in(process, lines)
                publish(client)
                token = client.headers["authorization"]
            base = f"{url_in(lines[0])}/api/v1"
            client = kept(httpx2.Client(base_url=base, timeout=60, headers={"authorization": token}))
            for number in range(60):
                if number == 40:
                    process.send_signal(signal.SIGTERM)
                try:
                    answer = client.post("/executions", json={"workflow": "slow"})
                except httpx2.TransportError:
                    break
                assert answer.status_code in (202, 503), answer.text
                if answer.status_code == 202:
                    accepted.append(answer.json()["id"])
            assert process.wait(60) == 0
    assert len(accepted) >= 120
    with started(data):
        deadline = time.monotonic() + 60
        while (rows := executions(data)) and time.monotonic() < deadline:
            if all(rows.get(id, ("", 0))[0] == "succeeded" for id in accepted):
                break
            time.sleep(0.1)
    assert {rows[id] for id in accepted} == {("succeeded", 0)}
    assert len(accepted) == len(set(accepted))


def executions(data: Path) -> dict[str, tuple[str, int]]:
    """Status and recoveries of each execution in the database."""
    database = sqlite3.connect(data / "studio.db")
    try:
        found = database.execute("SELECT id, status, recoveries FROM executions").fetchall()
    finally:
        database.close()
    return {id: (status, recoveries) for id, status, recoveries in found}


def test_logs_go_to_stderr_as_json_and_hold_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    (data / "studio.toml").write_text('log_format = "json"\nmetrics_token = "planted-metrics-token"\n')
    (data / "studio.toml").chmod(0o600)
    told = tmp_path / "stderr"
    with (
        told.open("w") as stderr,
        forks.Command(["up", "--data", str(data), "--port", "0"], stderr=stderr.fileno()) as process,
    ):
        lines = [process.stdout.readline()]
        client = signed_in(process, lines)
        client.get("/workflows")
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        out, err = process.stdout.read(), told.read_text()
    assert out == ""
    found = [json.loads(line) for line in err.splitlines()]
    assert {"listening", "stopping", "stopped"} <= {one["event"] for one in found}
    assert any(one["logger"] == "studio.access" and one["status"] == 200 for one in found)
    for planted in ("planted-metrics-token", "correct horse battery", "#"):
        assert planted not in err


def test_secrets_that_cross_in_clear_are_warned_of(tmp_path: Path) -> None:
    def warned(*options: str) -> bool:
        told, command = tmp_path / "stderr", ["up", "--data", str(tmp_path / "data"), "--port", "0", *options]
        with told.open("w") as stderr, forks.Command(command, stderr=stderr.fileno()) as process:
            process.stdout.readline()
            process.send_signal(signal.SIGTERM)
            process.wait(60)
            return "cross the network in clear" in told.read_text()

    assert warned("--host", "0.0.0.0")
    assert not warned("--host", "0.0.0.0", "--public-url", "https://studio.example.org")
    assert not warned()


class Slow:
    """A service that nodes ask: it does not answer until it may."""

    def __init__(self) -> None:
        self.asked = 0
        self.may = asyncio.Event()
        self.came = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one request."""
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            await reader.readuntil(b"\r\n\r\n")
            self.asked += 1
            self.came.set()
            await self.may.wait()
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok")
            await writer.drain()
        writer.close()


async def test_who_listens_is_told_and_what_runs_is_handed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Streams end by themselves, long before their time is up, and go on at the next start without gap or duplicate."""
    monkeypatch.setenv("STUDIO_STOP_GRACE", "3600")
    slow, data = Slow(), tmp_path / "data"
    async with await asyncio.start_server(slow.serve, "127.0.0.1", 0) as service:
        url = f"http://127.0.0.1:{service.sockets[0].getsockname()[1]}/"
        asks = {**SLOW, "nodes": {"ask": {"type": "http.request", "params": {"method": "GET", "url": url}}}}
        with started(data, "up", "--allow-host", "127.0.0.1") as (process, lines):
            client = signed_in(process, lines)
            made = client.post("/workflows", json={"document": asks, "key": "asks"}).json()
            assert client.post(f"/workflows/{made['id']}/publish", json={}).status_code == 201
            id = client.post("/executions", json={"workflow": "asks"}).json()["id"]
            token = client.headers["authorization"]
            await asyncio.wait_for(slow.came.wait(), 60)
            base = f"{url_in(lines[0])}/api/v1"
            seen: Received = []
            async with httpx2.AsyncClient(base_url=base, headers={"authorization": token}, timeout=60) as live:
                streams: list[asyncio.Task[Any]] = [
                    asyncio.create_task(streamed(live, f"/executions/{id}/events", seen)),
                    asyncio.create_task(streamed(live, "/events", [])),
                    *(
                        asyncio.create_task(close_code(base, path, token))
                        for path in (f"/executions/{id}/live", "/live", f"/workflows/{made['id']}/live")
                    ),
                ]
                while not seen:
                    await asyncio.sleep(0.02)
                process.send_signal(signal.SIGTERM)
                ends = await asyncio.wait_for(asyncio.gather(*streams), 60)
            assert ends == ["ended", "ended", 1012, 1012, 1012]
            assert await asyncio.to_thread(process.wait, 60) == 0
        slow.may.set()
        with started(data, "up", "--allow-host", "127.0.0.1") as (process, lines):
            base = f"{url_in(lines[0])}/api/v1"
            async with httpx2.AsyncClient(base_url=base, headers={"authorization": token}, timeout=60) as live:
                last = next(event[0] for event in reversed(seen) if event[0])
                path = f"/executions/{id}/events"
                await streamed(live, path, seen, **{"last-event-id": last})
                whole: Received = []
                await streamed(live, path, whole)
    assert [event[0] for event in seen if event[0]] == [event[0] for event in whole if event[0]]
    assert (seen[-1][1], seen[-2][2]["kind"]) == ("end", "ended")
    assert executions(data)[id] == ("succeeded", 0)
    assert slow.asked == 2


async def streamed(client: httpx2.AsyncClient, path: str, into: Received, **headers: str) -> str:
    """Listen until the other side ends the answer as it should be ended."""
    async with listening(client, path, headers=headers) as events:
        async for event in events:
            into.append(event)
    return "ended"


async def close_code(base: str, path: str, token: str) -> int | None:
    """The code that a WebSocket is closed with."""
    url = f"{base.replace('http', 'ws')}{path}"
    async with connect(url, additional_headers={"authorization": token}) as opened:
        with suppress(ConnectionClosed):
            while True:
                await opened.recv()
        return opened.close_code


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_ends_it_at_once_and_nothing_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    monkeypatch.setenv("STUDIO_STOP_DELAY", "600")
    data = tmp_path / "data"
    with started(data) as (process, lines):
        client = signed_in(process, lines)
        publish(client)
        ids = [client.post("/executions", json={"workflow": "slow"}).json()["id"] for _ in range(20)]
        process.send_signal(number)
        while httpx2.get(f"{url_in(lines[0])}/readyz").status_code != 503:
            time.sleep(0.02)
        process.send_signal(number)
        assert process.wait(30) == 128 + number
    with started(data):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and {status for status, _ in executions(data).values()} != {"succeeded"}:
            time.sleep(0.05)
    assert {id: status for id, (status, _) in executions(data).items()} == dict.fromkeys(ids, "succeeded")
