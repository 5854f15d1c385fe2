"""Notices: what is found, who is told, by mail and webhook, once."""

from __future__ import annotations

import asyncio
import email.policy
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

import httpx2
import orjson
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from studio.domain.access import Role
from studio.domain.ids import INSTANCE
from studio.domain.settings import ServerSettings
from studio.services.notices import noticing
from studio.services.notices.delivering import signature
from studio.services.operation.leases import Leases
from studio.services.operation.quotas import Level
from studio.services.vault.model import Credential, Vault
from tests.server.executions.test_executions import published, settled
from tests.server.kit import Api, running_api

FLAKY = {
    "studio": 1,
    "name": "Flaky",
    "inputs": {"fail": {"type": "boolean"}},
    "nodes": {
        "check": {"type": "flow.assert", "params": {"checks": [{"that": "{{ not inputs.fail }}", "message": "no"}]}}
    },
}


class Box:
    """A mail server that keeps what it is given, or refuses it."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.broken = False

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take a letter."""
        if self.broken:
            return "451 not now"
        content = cast("bytes", envelope.content)
        self.letters.append(message_from_bytes(content, policy=email.policy.default))
        return "250 OK"

    @property
    def texts(self) -> list[tuple[str, str]]:
        """Who got what."""
        return [(str(one["to"]), one.get_content()) for one in self.letters]


class Hook:
    """A receiver of webhooks."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.status = 204
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one request."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        headers = {
            name.strip().lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head.splitlines()[1:] if ":" in line)
        }
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.requests.append((headers, body))
        writer.write(f"HTTP/1.1 {self.status} x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()


@asynccontextmanager
async def noticing_api(data: Path, box: Box, db: str | None = None) -> AsyncGenerator[Api]:
    """A server that mails into a box. Its notices move when the test says so."""
    mails = await asyncio.get_running_loop().create_server(lambda: SMTP(box, decode_data=False), "127.0.0.1", 0)
    port = mails.sockets[0].getsockname()[1]
    settings = ServerSettings(
        port=0, requests_per_minute=0, smtp_host="127.0.0.1", smtp_port=port, smtp_security="none",
        smtp_from="studio@example.org", public_url="https://studio.example.org",
    )  # fmt: skip
    try:
        async with running_api(data, db=db, settings=settings) as running:
            yield running
    finally:
        mails.close()


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch) -> Box:
    """A mail server's box; what has just ended is looked at without a margin."""
    monkeypatch.setattr(noticing, "_MARGIN", 0)
    return Box()


@pytest.fixture(params=["sqlite", "postgres"])
async def noticed(request: pytest.FixtureRequest, tmp_path: Path, box: Box) -> AsyncIterator[Api]:
    """A server on each database in turn."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else None
    async with noticing_api(tmp_path / "data", box, url) as running:
        yield running


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    """A receiver of webhooks."""
    made = Hook()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    try:
        yield made
    finally:
        server.close()


async def owner_of(api: Api, address: str = "ada@example.org", role: str = Role.ADMIN) -> httpx2.AsyncClient:
    """A client of somebody with this address; the workspace tells at once."""
    client = await api.signed_in(role, email=address)
    if role == Role.ADMIN:
        assert (await client.put("/notices/settings", json={"wait": 0})).status_code == 200
    await api.platform.notices.tick()
    return client


async def run(client: httpx2.AsyncClient, *, fail: bool) -> str:
    """An execution that fails, or does not; its id."""
    started = await client.post("/executions", json={"workflow": "flaky", "inputs": {"fail": fail}})
    assert started.status_code == 202, started.text
    await settled(client, started.json()["id"], "failed" if fail else "succeeded")
    return started.json()["id"]


async def test_the_first_failure_and_the_recovery_are_told_and_nothing_between(noticed: Api, box: Box) -> None:
    client = await owner_of(noticed)
    await published(client, FLAKY, "flaky")
    await run(client, fail=False)
    first = await run(client, fail=True)
    await noticed.platform.notices.tick()
    ((to, text),) = box.texts
    assert to == "ada@example.org"
    assert "Flaky failed" in text
    assert f"https://studio.example.org/executions/{first}" in text
    for _ in range(3):
        await run(client, fail=True)
        await noticed.platform.notices.tick()
    assert len(box.letters) == 1
    await run(client, fail=False)
    await noticed.platform.notices.tick()
    await noticed.platform.notices.tick()
    assert len(box.letters) == 2
    assert "Flaky has recovered. It had failed 4 times." in box.texts[1][1]
    await run(client, fail=True)
    await noticed.platform.notices.tick()
    assert len(box.letters) == 3


async def test_what_comes_together_is_one_letter_in_the_readers_language(noticed: Api, box: Box) -> None:
    client = await owner_of(noticed)
    people = noticed.platform.people
    (ada,) = [one for one in await people.accounts.all(INSTANCE) if one.value.email == "ada@example.org"]
    import msgspec

    french = msgspec.structs.replace(ada.value, lang="fr")
    await people.records.commit([people.accounts.put(INSTANCE, ada.id, french)])
    await published(client, FLAKY, "flaky")
    await published(client, {**FLAKY, "name": "Other"}, "other")
    for key in ("flaky", "other"):
        started = await client.post("/executions", json={"workflow": key, "inputs": {"fail": True}})
        await settled(client, started.json()["id"], "failed")
    await noticed.platform.notices.tick()
    ((_, text),) = box.texts
    assert "Flaky a échoué" in text
    assert "Other a échoué" in text
    assert str(box.letters[0]["subject"]).startswith("Studio : 2 avis")


async def test_a_restart_neither_repeats_nor_loses(tmp_path: Path, box: Box) -> None:
    async with noticing_api(tmp_path / "data", box) as api:
        client = await owner_of(api)
        await published(client, FLAKY, "flaky")
        await run(client, fail=True)
    async with noticing_api(tmp_path / "data", box) as api:
        await api.platform.notices.tick()
        assert box.letters == []  # the lease of the server that is gone lasts
        await release(api)
        await api.platform.notices.tick()
        assert len(box.letters) == 1
    async with noticing_api(tmp_path / "data", box) as api:
        await release(api)
        await api.platform.notices.tick()
    assert len(box.letters) == 1


async def release(api: Api) -> None:
    """Let the lease of notices be over, as it is after a minute."""
    from studio.contracts.records import Drop

    await api.platform.ports.records.commit([Drop(workspace=INSTANCE, kind="lease", id="notices")])


async def test_mail_that_is_refused_is_tried_again_later(noticed: Api, box: Box, monkeypatch: Any) -> None:
    client = await owner_of(noticed)
    await published(client, FLAKY, "flaky")
    box.broken = True
    await run(client, fail=True)
    await noticed.platform.notices.tick()
    box.broken = False
    await noticed.platform.notices.tick()
    assert box.letters == []
    engine = noticed.studio.engine
    engine._offset += 61_000_000  # pyright: ignore[reportPrivateUsage] - a minute later
    await noticed.platform.notices.tick()
    assert len(box.letters) == 1


async def test_owners_who_are_gone_are_replaced_by_admins(noticed: Api, box: Box) -> None:
    await owner_of(noticed)
    editor = await noticed.signed_in(Role.EDITOR, email="bob@example.org")
    await published(editor, FLAKY, "flaky")
    await run(editor, fail=True)
    await noticed.platform.notices.tick()
    assert [to for to, _ in box.texts] == ["bob@example.org"]
    people = noticed.platform.people
    (bob,) = [one for one in await people.accounts.all(INSTANCE) if one.value.email == "bob@example.org"]
    await run(editor, fail=False)
    await people.records.commit([people.members.drop(INSTANCE, f"default.{bob.id}")])
    await noticed.platform.notices.tick()
    assert [to for to, _ in box.texts] == ["bob@example.org", "ada@example.org"]


async def test_people_choose_what_they_are_told(noticed: Api, box: Box) -> None:
    client = await owner_of(noticed)
    await published(client, FLAKY, "flaky")
    assert (await client.put("/notices/own", json={"kinds": ["recovery"]})).json() == {"kinds": ["recovery"]}
    await run(client, fail=True)
    await noticed.platform.notices.tick()
    assert box.letters == []
    await run(client, fail=False)
    await noticed.platform.notices.tick()
    assert len(box.letters) == 1


async def test_webhooks_are_signed_repeated_and_bound_by_the_egress_policy(noticed: Api, hook: Hook) -> None:
    client = await noticed.signed_in(Role.ADMIN)
    set_up = await client.put("/notices/settings", json={"wait": 0, "mail": False, "webhook": hook.url})
    secret = set_up.json()["webhook_secret"]
    assert len(secret) > 30
    assert (await client.get("/notices/settings")).json()["webhook_secret"] is None
    await noticed.platform.notices.tick()
    await published(client, FLAKY, "flaky")
    hook.status = 500
    await run(client, fail=True)
    await noticed.platform.notices.tick()
    hook.status = 204
    noticed.studio.engine._offset += 61_000_000  # pyright: ignore[reportPrivateUsage] - a minute later
    await noticed.platform.notices.tick()
    await noticed.platform.notices.tick()
    assert len(hook.requests) == 2
    first, second = hook.requests
    assert first[0]["webhook-id"] == second[0]["webhook-id"]
    headers, body = second
    assert headers["webhook-signature"] == signature(
        secret, headers["webhook-id"], int(headers["webhook-timestamp"]), body
    )
    told = orjson.loads(body)
    assert told["workspace"] == "default"
    assert [one["kind"] for one in told["notices"]] == ["failure"]
    assert (await client.post("/notices/test")).status_code == 204
    assert len(hook.requests) == 3
    noticed.platform.operation.egress._always = ()  # pyright: ignore[reportPrivateUsage] - the kit allows loopback
    refused = await client.post("/notices/test")
    assert refused.status_code == 403
    assert len(hook.requests) == 3


async def test_quotas_credentials_and_backups_are_told_of_once(noticed: Api, box: Box) -> None:
    client = await owner_of(noticed)
    for name in ("Letters", "Bills"):
        node = {"type": "http.request", "params": {"url": "https://example.org"}, "credential": "Mail"}
        document = {"studio": 1, "name": name, "nodes": {"send": node}}
        assert (await client.post("/workflows", json={"document": document})).status_code == 201
    await noticed.account(None, operator=True, email="root@example.org")
    notices = noticed.platform.notices
    for used in (8.0, 9.0, 10.0, 11.0):
        await notices.quotas("default", [Level("cost_per_month", used, 10.0)])
    vault = Vault(noticed.platform.ports.records)
    ends = noticed.platform.ports.clock() + 86_400_000_000
    made = Credential(name="Mail", type="http.bearer", owner="", expires_at=ends)
    lost = Credential(name="Calendar", type="http.oauth2", owner="", state="sign_in", lost_at=1)
    fresh = Credential(name="Never connected", type="http.oauth2", owner="", state="sign_in")
    await vault.records.commit(
        [
            vault.credentials.put("default", id, one, expected=0)
            for id, one in (("c1", made), ("c2", lost), ("c3", fresh))
        ]
    )
    await notices.backup(False)
    await notices.backup(False)
    noticed.studio.engine._offset += 121_000_000  # pyright: ignore[reportPrivateUsage] - operators wait two minutes
    await notices.tick()
    await notices.tick()
    texts = dict(box.texts)
    assert len(box.texts) == 2
    assert texts["ada@example.org"].count("nearly used up: 8.0 of 10.0") == 1
    assert texts["ada@example.org"].count("used up: 10.0 of 10.0") == 1
    assert texts["ada@example.org"].count("The credential Mail ends on") == 1
    words = " ".join(texts["ada@example.org"].split())
    assert "Workflows that need it: Bills, Letters." in words or "Workflows that need it: Letters, Bills." in words
    assert words.count("sign in again for the credential Calendar. No workflow needs it.") == 1
    assert "Never connected" not in words
    assert "backup failed" in texts["root@example.org"]
    await notices.backup(True)
    await notices.backup(False)
    noticed.studio.engine._offset += 121_000_000  # pyright: ignore[reportPrivateUsage]
    await notices.tick()
    assert len(box.texts) == 3


async def test_one_of_several_servers_tells(noticed: Api, box: Box) -> None:
    client = await owner_of(noticed)
    await published(client, FLAKY, "flaky")
    await run(client, fail=True)
    await release(noticed)
    other = Leases(noticed.platform.ports.records, noticed.platform.ports.clock)
    assert await other.take("notices", 60)
    await noticed.platform.notices.tick()
    assert box.letters == []
    await other.leave("notices")
    await noticed.platform.notices.tick()
    assert len(box.letters) == 1


async def test_settings_are_checked_and_audited_without_the_secret(noticed: Api) -> None:
    client = await noticed.signed_in(Role.ADMIN)
    for wrong in ({"webhook": "ftp://x"}, {"kinds": ["weather"]}, {"wait": -1}, {"webhook_secret": "mine"}):
        assert (await client.put("/notices/settings", json=wrong)).status_code in (400, 422), wrong
    secret = (await client.put("/notices/settings", json={"webhook": "https://x.example"})).json()["webhook_secret"]
    (entry,) = [one for one in await noticed.platform.ports.records.audit("default") if b"notice_settings" in one.value]
    assert secret.encode() not in entry.value
    viewer = await noticed.signed_in(Role.VIEWER)
    assert (await viewer.get("/notices/settings")).status_code == 200
    assert (await viewer.put("/notices/settings", json={})).status_code == 403
