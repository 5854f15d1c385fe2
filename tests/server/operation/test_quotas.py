"""Usage and quotas of workspaces."""

from __future__ import annotations

from typing import Any

import pytest

from studio.contracts.store import NewExecution
from studio.domain.access import Role
from studio.services.operation.model import Quota, Used
from studio.services.operation.usage import Usage, added, day_of
from tests.server.executions.test_executions import ADD, WAITS, published, settled
from tests.server.kit import Api


async def limit(api: Api, **quota: Any) -> None:
    """Set the quotas of the default workspace, as the operator."""
    operator = await api.signed_in(None, operator=True)
    done = await operator.put("/operator/quotas/default", json=quota)
    assert done.status_code == 200, done.text


async def test_executions_of_a_day_are_counted_and_bounded(operated_either: Api) -> None:
    api = operated_either
    client = await api.signed_in(Role.ADMIN)
    await published(client, ADD, "add")
    await limit(api, executions_per_day=2)
    for _ in range(2):
        started = await client.post("/executions", json={"workflow": "add", "inputs": {"a": 1}})
        assert started.status_code == 202, started.text
        await settled(client, started.json()["id"], "succeeded")
    refused = await client.post("/executions", json={"workflow": "add", "inputs": {"a": 1}})
    assert refused.status_code == 429, refused.text
    assert refused.json()["code"] == "quota.reached"
    assert "2" in refused.json()["detail"]
    assert 0 < int(refused.headers["retry-after"]) <= 86_400
    shown = (await client.get("/usage")).json()
    assert shown["days"][0]["executions"] == 2
    assert shown["days"][0]["succeeded"] == 2
    assert [(one["quota"], one["used"], one["state"]) for one in shown["quotas"]] == [
        ("executions_per_day", 2, "reached")
    ]
    await limit(api, executions_per_day=3)
    again = await client.post("/executions", json={"workflow": "add", "inputs": {"a": 1}})
    assert again.status_code == 202


async def test_another_workspace_is_not_bounded_by_it(operated: Api) -> None:
    client = await operated.signed_in(Role.ADMIN, "other")
    await published(client, ADD, "add")
    await limit(operated, executions_per_day=0)
    started = await client.post("/executions", json={"workflow": "add", "inputs": {"a": 1}})
    assert started.status_code == 202
    assert (await client.get("/usage")).json()["workspace"] == "other"


async def test_beyond_its_concurrency_a_workspace_waits_and_says_why(operated_either: Api, hanging: str) -> None:
    api = operated_either
    client = await api.signed_in(Role.ADMIN)
    busy = {"type": "http.request", "params": {"method": "GET", "url": hanging}}
    await published(client, {"studio": 1, "name": "Busy", "nodes": {"ask": busy}}, "busy")
    await limit(api, concurrency=1)
    ids: list[str] = []
    for _ in range(3):
        ids.append((await client.post("/executions", json={"workflow": "busy"})).json()["id"])
    await settled(client, ids[0], "running")
    operator = await api.signed_in(None, operator=True)
    queue = (await operator.get("/operator/queue")).json()["items"]
    assert [(one["execution"], one["reason"]) for one in queue] == [
        (ids[1], "workspace_limit"), (ids[2], "workspace_limit"),
    ]  # fmt: skip
    assert "quota" in queue[0]["message"]
    assert (await client.post(f"/executions/{ids[0]}/cancel", json={})).status_code in (200, 202, 204)
    await settled(client, ids[0], "cancelled")
    await settled(client, ids[1], "running")
    await limit(api)
    await settled(client, ids[2], "running")


async def test_requests_of_a_day_are_bounded(operated: Api) -> None:
    client = await operated.signed_in(Role.ADMIN)
    await limit(operated, requests_per_day=3)
    statuses = [(await client.get("/workflows")).status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]
    # Who the quota is of still gets at what is not the workspace's: their session.
    assert (await client.get("/session")).status_code == 200


async def test_quotas_are_the_operators(operated: Api) -> None:
    admin = await operated.signed_in(Role.ADMIN)
    assert (await admin.put("/operator/quotas/default", json={"concurrency": 1})).status_code == 403
    assert (await admin.get("/operator/quotas/default")).status_code == 403
    operator = await operated.signed_in(None, operator=True)
    first = await operator.get("/operator/quotas/default")
    assert first.json()["concurrency"] is None
    done = await operator.put("/operator/quotas/default", json={"concurrency": 4}, headers={"If-Match": '"0"'})
    assert done.status_code == 200, done.text
    stale = await operator.put("/operator/quotas/default", json={"concurrency": 5}, headers={"If-Match": '"0"'})
    assert stale.status_code == 412
    assert (await operator.put("/operator/quotas/nowhere", json={})).status_code == 404
    assert (await operator.put("/operator/quotas/default", json={"speed": 1})).status_code == 422


async def test_what_several_processes_count_comes_together(either: Api) -> None:
    shelf = either.platform.operation.shelf
    clock = either.platform.ports.clock
    one, two = Usage(shelf, clock), Usage(shelf, clock)
    for usage in (one, two):
        for _ in range(3):
            usage.accepted(new(), 0.0)
        usage.accepted(new(depth=1), 0.0)
        usage.count("default", "cost", 0.25)
    await one.write()
    await two.write()
    await one.write()
    await one.load("default")
    assert one.today("default") == Used(executions=6, cost=0.5)
    assert one.month("default") == one.today("default")
    assert await one.days("default", "2000-01-01", 10) == {day_of(clock()): Used(executions=6, cost=0.5)}


async def test_what_cannot_be_written_is_not_lost(operated: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = Usage(operated.platform.operation.shelf, operated.platform.ports.clock)
    usage.count("default", "requests", 2)

    async def broken(*_: Any) -> Any:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(usage, "_add", broken)
        with pytest.raises(OSError):
            await usage.write()
    usage.count("default", "requests", 1)
    assert usage.today("default").requests == 3


def test_the_last_measurement_of_storage_stands() -> None:
    assert added(Used(storage=5, executions=1), Used(storage=7, executions=2)) == Used(storage=7, executions=3)
    assert added(Used(storage=5), Used()) == Used(storage=5)


async def test_storage_is_measured_and_bounded(operated_either: Api) -> None:
    api = operated_either
    client = await api.signed_in(Role.ADMIN)
    await published(client, ADD, "add")
    await published(client, WAITS, "waits")
    started = await client.post("/executions", json={"workflow": "waits"})
    await settled(client, started.json()["id"], "waiting")
    await api.platform.operation.measure()
    stored = (await client.get("/usage")).json()["days"][0]["storage"]
    assert stored > 5000
    await limit(api, storage=stored // 2)
    refused = await client.post("/executions", json={"workflow": "add", "inputs": {"a": 1}})
    assert refused.status_code == 429
    await limit(api, storage=stored * 3)
    assert (await client.post("/executions", json={"workflow": "add", "inputs": {"a": 1}})).status_code == 202


def test_a_level_warns_at_eighty_percent(operated: Api) -> None:
    quotas, usage = operated.platform.operation.quotas, operated.platform.operation.usage
    quotas._known = {"default": Quota(cost_per_month=10.0)}  # pyright: ignore[reportPrivateUsage]
    states: list[str] = []
    for _ in range(3):
        states.append(quotas.levels("default")[0].state)
        usage.count("default", "cost", 5.0 if not states[1:] else 3.0)
    assert [*states, quotas.levels("default")[0].state] == ["ok", "ok", "warning", "reached"]


def new(depth: int = 0) -> NewExecution:
    """An execution that was accepted."""
    return NewExecution(id="x", workspace="default", workflow_hash="h", workflow_name="n", payload=b"", depth=depth)
