"""What operators see and set over all workspaces."""

from __future__ import annotations

import sqlite3
import time
from typing import Any

from studio.domain.access import Role
from studio.domain.ids import INSTANCE
from studio.services.auditing import read_entry
from studio.services.vault.model import Credential, Vault
from studio.storage.backup._archive import opened_archive
from tests.server.executions.test_executions import published, settled
from tests.server.kit import Api
from tests.server.operation.conftest import TOKEN

DAY = 86_400 * 1_000_000


async def audited(api: Api, workspace: str) -> list[str]:
    """What the audit log of a workspace tells, newest first."""
    return [read_entry(one.value).action for one in await api.platform.ports.records.audit(workspace)]


def asks(url: str) -> dict[str, Any]:
    """A workflow that reads from an address."""
    node = {"type": "http.request", "params": {"method": "GET", "url": url}}
    return {"studio": 1, "name": "Asks", "nodes": {"ask": node}, "output": "{{ ask.status }}"}


async def test_an_exception_is_for_one_workspace_and_what_starts_from_then_on(operated: Api) -> None:
    operated.platform.operation.egress._always = ()  # pyright: ignore[reportPrivateUsage] - the kit allows loopback
    url = f"{operated.url}/api/openapi.json"
    host = operated.url.removeprefix("http://")
    operator = await operated.signed_in(None, operator=True)
    mine, other = await operated.signed_in(Role.ADMIN), await operated.signed_in(Role.ADMIN, "other")
    for client in (mine, other):
        await published(client, asks(url), "asks")

    async def outcome(client: Any) -> str:
        started = await client.post("/executions", json={"workflow": "asks"})
        shown = await settled(client, started.json()["id"], "succeeded", "failed")
        return shown["error_code"] or shown["status"]

    assert await outcome(mine) == "net.refused"
    added = await operator.post("/operator/egress/default", json={"host": host})
    assert added.json() == {"workspace": "default", "hosts": [host]}
    assert await outcome(mine) == "succeeded"
    assert await outcome(other) == "net.refused"
    listed = (await operator.get("/operator/egress")).json()
    assert listed["items"] == [{"workspace": "default", "hosts": [host]}]
    gone = await operator.delete("/operator/egress/default", params={"host": host})
    assert gone.json()["hosts"] == []
    assert await outcome(mine) == "net.refused"
    assert (await audited(operated, "default")).count("egress.changed") == 2


async def test_what_is_no_host_is_refused(operated: Api) -> None:
    operator = await operated.signed_in(None, operator=True)
    await operated.workspace()
    for wrong in ("a b", "10.0.0.0/8,10.1.0.0/16", "http://x/", "0x7f.1", "*"):
        refused = await operator.post("/operator/egress/default", json={"host": wrong})
        assert refused.status_code in (400, 422), (wrong, refused.text)
    assert (await operator.post("/operator/egress/default", json={"host": "10.0.0.0/8"})).status_code == 200
    assert (await operator.post("/operator/egress/nowhere", json={"host": "10.0.0.0/8"})).status_code == 404
    assert (await operator.delete("/operator/egress/default", params={"host": "no.such"})).status_code == 404
    admin = await operated.signed_in(Role.ADMIN)
    assert (await admin.post("/operator/egress/default", json={"host": "10.0.0.0/8"})).status_code == 403


async def test_workers_and_their_leases(operated: Api) -> None:
    operator = await operated.signed_in(None, operator=True)
    (worker,) = (await operator.get("/operator/workers")).json()["items"]
    assert worker["id"] == operated.studio.engine.worker
    assert worker["alive"] is True
    assert worker["seen_at"] < worker["lease_until"]


async def test_what_is_queued_where_no_worker_runs(operated: Api) -> None:
    client = await operated.signed_in(Role.ADMIN)
    node = {"type": "flow.set", "params": {"values": {"a": 1}}}
    await published(client, {"studio": 1, "name": "Quick", "nodes": {"one": node}}, "quick")
    await operated.studio.driver.stop()
    started = await client.post("/executions", json={"workflow": "quick"})
    operator = await operated.signed_in(None, operator=True)
    (queued,) = (await operator.get("/operator/queue", headers={"accept-language": "fr"})).json()["items"]
    assert (queued["execution"], queued["reason"]) == (started.json()["id"], "no_worker")
    assert queued["message"] == "Aucun worker ne tourne."
    await operated.studio.driver.start()
    await settled(client, started.json()["id"], "succeeded")
    assert (await operator.get("/operator/queue")).json()["items"] == []


async def test_credentials_that_end_are_listed_over_all_workspaces(operated: Api) -> None:
    vault = Vault(operated.platform.ports.records)
    now = operated.platform.ports.clock()
    for workspace, name, days in (("default", "soon", 3), ("other", "sooner", 1), ("other", "late", 90)):
        await operated.workspace(workspace)
        made = Credential(name=name, type="http.bearer", owner="nobody", expires_at=now + days * DAY)
        await vault.records.commit([vault.credentials.put(workspace, f"{workspace}{name}", made, expected=0)])
    operator = await operated.signed_in(None, operator=True)
    found = (await operator.get("/operator/expiring-credentials", params={"days": 30})).json()["items"]
    assert [(one["workspace"], one["name"]) for one in found] == [("other", "sooner"), ("default", "soon")]


async def test_settings_are_shown_without_secrets(operated: Api) -> None:
    operator = await operated.signed_in(None, operator=True)
    answer = await operator.get("/operator/instance")
    settings = {one["name"]: one for one in answer.json()["settings"]}
    assert settings["metrics_token"] == {"name": "metrics_token", "value": None, "secret": True, "is_default": False}
    assert settings["body_limit"]["value"] == 16 * 1024 * 1024
    assert TOKEN not in answer.text


async def test_backups_are_made_kept_and_listed(operated_either: Api) -> None:
    api = operated_either
    operator = await api.signed_in(None, operator=True)
    assert (await operator.get("/operator/backups")).json()["items"] == []
    file = api.platform.ports.data / "files" / "default" / "report.csv"
    file.parent.mkdir(parents=True)
    file.write_text("a,b")
    made = await operator.post("/operator/backups")
    assert made.status_code == 201, made.text
    backups = api.platform.operation.backups
    assert (backups.folder / made.json()["name"]).stat().st_size == made.json()["size"]
    assert (await operator.get("/operator/backups")).json()["items"] == [made.json()]
    assert "backup.made" in await audited(api, INSTANCE)
    (backups.folder / "mine.txt").write_text("not Studio's")
    for number in range(9):
        (backups.folder / f"studio-2020010{number}T000000Z.backup").write_bytes(b"old")
    assert await backups.when_due() is None
    backups._every = 1  # pyright: ignore[reportPrivateUsage]
    time.sleep(1.1)  # names have the second in them
    assert await backups.when_due() is True
    kept = [one.name for one in await backups.files()]
    assert len(kept) == 7
    assert kept[1] == made.json()["name"]
    for name in kept[:2]:  # the one that was asked for, and the one that was due
        with opened_archive(backups.folder / name) as (manifest, unpack):
            unpack(backups.folder / f"{name}.unpacked")
        assert manifest.folders == ("files", "files/default")
        assert (backups.folder / f"{name}.unpacked" / "files" / "default" / "report.csv").read_text() == "a,b"
    assert (backups.folder / "mine.txt").exists()


async def test_a_backup_holds_what_was_there(operated: Api) -> None:
    client = await operated.signed_in(Role.ADMIN)
    operator = await operated.signed_in(None, operator=True)
    node = {"type": "flow.set", "params": {"values": {"a": 1}}}
    await published(client, {"studio": 1, "name": "Quick", "nodes": {"one": node}}, "quick")
    name = (await operator.post("/operator/backups")).json()["name"]
    from studio.bootstrap import Maintenance, Settings

    target = operated.studio.settings.data.parent / "restored"
    target.mkdir()
    (target / "master.key").write_bytes((operated.studio.settings.data / "master.key").read_bytes())
    await Maintenance(Settings(data=target)).restore(operated.platform.operation.backups.folder / name)
    database = sqlite3.connect(target / "studio.db")
    try:
        assert database.execute("SELECT count(*) FROM workflow_versions").fetchone()[0] == 1
    finally:
        database.close()


async def test_one_of_several_servers_makes_the_backup(operated: Api) -> None:
    from studio.services.operation.leases import Leases

    other = Leases(operated.platform.ports.records, operated.platform.ports.clock)
    assert await other.take("backup", 60)
    operated.platform.operation.backups._every = 1  # pyright: ignore[reportPrivateUsage]
    assert await operated.platform.operation.backups.when_due() is None
    operator = await operated.signed_in(None, operator=True)
    assert (await operator.post("/operator/backups")).status_code == 409
    await other.leave("backup")
    assert await operated.platform.operation.backups.when_due() is True
