"""Streaming the audit log: signed webhooks and syslog, at least once and in order, across restarts."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from studio.contracts.records import Find
from studio.domain.access import Role
from studio.services.audit.streaming import BATCH
from tests.fixtures.tls import certificate, public_part, serving
from tests.server.audit.test_audit import written
from tests.server.kit import Api, running_api


class Receiver:
    """A web server that takes deliveries, and answers as it is told."""

    def __init__(self) -> None:
        self.port = 0
        self.status = 200
        self.taken: list[tuple[dict[str, str], bytes]] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one delivery."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers["content-length"]))
        self.taken.append((headers, body))
        writer.write(b"HTTP/1.1 %d X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n" % self.status)
        await writer.drain()
        writer.close()

    def seqs(self) -> list[int]:
        """Numbers of what arrived."""
        return [one["seq"] for _, body in self.taken for one in json.loads(body)["entries"]]


@asynccontextmanager
async def receiving() -> AsyncGenerator[Receiver]:
    """A receiver on a free port."""
    receiver = Receiver()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    receiver.port = server.sockets[0].getsockname()[1]
    async with server:
        yield receiver


async def settled(api: Api, client: Any) -> dict[str, Any]:
    """The stream once everything has arrived or failed."""
    await api.platform.audit.streaming.tick()
    return (await client.get("/audit/stream")).json()


async def test_signed_deliveries_in_order(either: Api) -> None:
    admin = await either.signed_in(Role.ADMIN)
    await written(either, 5)
    async with receiving() as receiver:
        url = f"http://127.0.0.1:{receiver.port}/in?token=1"
        made = await admin.put("/audit/stream", json={"kind": "webhook", "url": url})
        assert made.status_code == 200, made.text
        secret = made.json()["secret"]
        await written(either, BATCH + 20)
        status = await settled(either, admin)
        assert (status["sent"], status["error"], status["secret"]) == (status["last"], None, None)
        assert receiver.seqs() == list(range(6, BATCH + 27))
        headers, body = receiver.taken[0]
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        right = base64.b64encode(hmac.digest(secret.encode(), signed, hashlib.sha256)).decode()
        assert headers["webhook-signature"] == f"v1,{right}"
        told = json.loads(receiver.taken[0][1])["entries"][0]
        assert (told["action"], told["after"]["secret"]) == ("audit.stream_set", "•••")
        assert secret not in str(receiver.taken)
        again = await admin.put("/audit/stream", json={"kind": "webhook", "url": url, "whole": True})
        assert again.json()["secret"] is None
        receiver.taken.clear()
        await settled(either, admin)
        assert receiver.seqs()[:6] == [1, 2, 3, 4, 5, 6]
        assert (await admin.delete("/audit/stream")).status_code == 204
        receiver.taken.clear()
        await either.platform.audit.streaming.tick()
        assert receiver.taken == []
        assert (await admin.get("/audit/stream")).status_code == 404


async def test_what_is_refused_is_sent_again_later(either: Api) -> None:
    admin = await either.signed_in(Role.ADMIN)
    async with receiving() as receiver:
        await admin.put("/audit/stream", json={"kind": "webhook", "url": f"http://127.0.0.1:{receiver.port}/"})
        receiver.status = 500
        first = await settled(either, admin)
        assert (first["error"], first["tries"], first["sent"]) == ("audit.webhook", 1, 0)
        await either.platform.audit.streaming.tick()
        assert len(receiver.taken) == 1  # not before its time
        receiver.status = 204
        await asyncio.sleep(1.1)
        assert (await settled(either, admin))["sent"] == 1
        assert receiver.seqs() == [1, 1]
        assert receiver.taken[0][0]["webhook-id"] == receiver.taken[1][0]["webhook-id"]


async def test_only_one_of_several_servers_sends(either: Api) -> None:
    from studio.services.audit.audit import Audit
    from studio.services.operation.leases import Leases

    admin = await either.signed_in(Role.ADMIN)
    ports, people = either.platform.ports, either.platform.people

    async def allowed(_workspace: str) -> tuple[str, ...]:
        return ("127.0.0.1",)

    others = [
        Audit(ports.records, people, ports.clock, Leases(ports.records, ports.clock), allowed) for _ in range(3)
    ]  # fmt: skip
    async with receiving() as receiver:
        await admin.put("/audit/stream", json={"kind": "webhook", "url": f"http://127.0.0.1:{receiver.port}/"})
        await written(either, 250)
        await asyncio.gather(*(one.streaming.tick() for one in (either.platform.audit, *others)))
        assert receiver.seqs() == list(range(1, 252))
    leases = await ports.records.find(Find(workspace="_instance", kind="lease"))
    assert not [one for one in leases if one.record.id == "audit:default"]


async def test_it_goes_on_where_it_was_after_a_restart(tmp_path: Path) -> None:
    async with receiving() as receiver:
        async with running_api(tmp_path / "data") as api:
            admin = await api.signed_in(Role.ADMIN)
            await admin.put("/audit/stream", json={"kind": "webhook", "url": f"http://127.0.0.1:{receiver.port}/"})
            await settled(api, admin)
            await written(api, 7)
        async with running_api(tmp_path / "data") as api:
            api.platform.audit.begin()
            for _ in range(100):
                if len(receiver.seqs()) == 8:
                    break
                await asyncio.sleep(0.05)
            await api.platform.audit.end()
        assert receiver.seqs() == list(range(1, 9))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"kind": "webhook", "url": "http://10.0.0.1/"}, "net.credential_unencrypted"),
        ({"kind": "webhook", "url": "https://169.254.169.254/"}, "net.refused"),
        ({"kind": "syslog", "host": "10.0.0.1", "port": 514, "transport": "tcp"}, "net.refused"),
        ({"kind": "syslog", "host": "127.0.0.2", "port": 514, "transport": "udp"}, "net.refused"),
    ],
)
async def test_nothing_goes_where_it_may_not(api: Api, body: dict[str, Any], code: str) -> None:
    admin = await api.signed_in(Role.ADMIN)
    assert (await admin.put("/audit/stream", json=body)).status_code == 200
    assert (await settled(api, admin))["error"] == code


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"kind": "webhook", "url": "nonsense"}, None),
        ({"kind": "webhook", "url": "https://example.org", "secret": "short"}, "secret"),
        ({"kind": "syslog", "host": ""}, "host"),
        (
            {
                "kind": "syslog",
                "host": "example.org",
                "ca": "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----",
            },
            "ca",
        ),
    ],
)
async def test_addresses_that_will_not_do(api: Api, body: dict[str, Any], param: str | None) -> None:
    refused = await (await api.signed_in(Role.ADMIN)).put("/audit/stream", json=body)
    assert refused.status_code == 422, refused.text
    if param is not None:
        assert refused.json()["param"] == param


class Syslog(asyncio.DatagramProtocol):
    """A syslog server that keeps what it is sent."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []

    def datagram_received(self, data: bytes, addr: Any) -> None:
        """Take a datagram."""
        self.taken.append(data)

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take messages with their length in front."""
        with suppress(asyncio.IncompleteReadError):
            while True:
                length = await reader.readuntil(b" ")
                self.taken.append(await reader.readexactly(int(length)))
        writer.close()


@pytest.mark.parametrize("transport", ["udp", "tcp", "tls"])
async def test_syslog(api: Api, transport: str, tmp_path: Path) -> None:
    admin = await api.signed_in(Role.ADMIN)
    loop, syslog, own = asyncio.get_running_loop(), Syslog(), certificate(tmp_path / "own.pem", "127.0.0.1")
    taken = syslog.taken
    if transport == "udp":
        endpoint, _ = await loop.create_datagram_endpoint(lambda: syslog, local_addr=("127.0.0.1", 0))
        port, close = endpoint.get_extra_info("sockname")[1], endpoint.close
    else:
        tls = serving(own) if transport == "tls" else None
        server = await asyncio.start_server(syslog.connected, "127.0.0.1", 0, ssl=tls)
        port, close = server.sockets[0].getsockname()[1], server.close
    try:
        body = {"kind": "syslog", "host": "127.0.0.1", "port": port, "transport": transport}
        if transport == "tls":
            body["ca"] = public_part(own)
        assert (await admin.put("/audit/stream", json=body)).status_code == 200
        await written(api, 3)
        status = await settled(api, admin)
        assert (status["sent"], status["error"]) == (4, None)
        for _ in range(100):
            if len(taken) == 4:
                break
            await asyncio.sleep(0.02)
    finally:
        close()
    assert [json.loads(one.partition(b'"] ')[2])["seq"] for one in taken] == [1, 2, 3, 4]
    assert all(one.startswith(b"<109>1 ") for one in taken)


async def test_syslog_over_tls_only_to_whom_the_certificate_names(api: Api, tmp_path: Path) -> None:
    """Neither an authority that nobody named, nor another host's certificate, is taken."""
    admin = await api.signed_in(Role.ADMIN)
    own, other = certificate(tmp_path / "own.pem", "127.0.0.1"), certificate(tmp_path / "other.pem", "log.example")
    syslog = Syslog()
    for shown, trusted in ((own, ""), (own, public_part(other)), (other, public_part(other))):
        async with await asyncio.start_server(syslog.connected, "127.0.0.1", 0, ssl=serving(shown)) as server:
            port = server.sockets[0].getsockname()[1]
            body = {"kind": "syslog", "host": "127.0.0.1", "port": port, "transport": "tls", "ca": trusted}
            assert (await admin.put("/audit/stream", json=body)).status_code == 200
            status = await settled(api, admin)
            assert (status["error"], status["sent"]) == ("audit.syslog", 0)
    assert syslog.taken == []
