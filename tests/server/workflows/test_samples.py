"""The samples of a new workspace: there once, published, and running on real data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from studio.domain.access import Role
from studio.domain.ids import DEFAULT_WORKSPACE, INSTANCE
from studio.domain.status import ExecutionStatus
from studio.services.people.model import Member, member_id
from studio.services.workflows import samples
from tests.server.kit import Api
from tests.server.test_session import FIRST
from tests.server.workflows.test_starting import acting, output
from tests.server.workflows.test_versions import audited

EXAMPLES = Path(__file__).parents[3] / "examples"


async def set_up(api: Api) -> Any:
    """A browser that has set Studio up."""
    browser = api.client()
    secret = await api.platform.accounts.setup_secret()
    made = await browser.post("/setup", json={**FIRST, "secret": secret})
    assert made.status_code == 201
    browser.headers["x-csrf-token"] = made.json()["csrf"]
    return browser


async def listed(client: Any, **params: Any) -> dict[str, dict[str, Any]]:
    """Workflows by key."""
    found = await client.get("/workflows", params=params)
    return {one["key"]: one for one in found.json()["items"]}


async def test_a_new_studio_has_samples_that_run(either: Api) -> None:
    browser = await set_up(either)
    (folder,) = (await browser.get("/folders")).json()["items"]
    assert folder["name"] == "Samples"
    there = await listed(browser, folder=folder["id"])
    assert set(there) == {Path(name).stem.replace("_", "-") for name in samples.NAMES}
    assert {one["published"] for one in there.values()} == {1}
    owner = (await browser.get("/session")).json()["account"]["id"]
    assert {one["owner"] for one in there.values()} == {owner}
    for key in there:
        assert (await browser.post(f"/workflows/{key}/validate", json={})).json()["valid"], key
    quakes = json.loads((EXAMPLES / "data/earthquakes.json").read_text())["features"]
    strong = [one for one in quakes if one["properties"]["mag"] >= 6]
    places = await output(either, "quakes", inputs={"min_magnitude": 6})
    assert len(places) == len(strong) > 0
    assert len(await output(either, "stocks")) == 5
    assert (await output(either, "flights"))["csv"] == "samples/out/delays.csv"
    files = either.platform.ports.data / "files" / DEFAULT_WORKSPACE / "samples"
    assert (files / "out/delays.csv").read_text().startswith("origin,")


@pytest.mark.parametrize("key", ["quake-report", "films", "taxi"])
async def test_the_other_samples_run_too(api: Api, key: str) -> None:
    await set_up(api)
    assert await output(api, key)


async def test_a_sample_waits_for_a_decision(api: Api) -> None:
    await set_up(api)
    request = await api.platform.workflows.starting.start_request(acting(Role.EDITOR), "approval")
    settled = await api.studio.engine.wait(await api.studio.engine.submit(request), timeout=5, settle_waiting=True)
    assert settled.status is ExecutionStatus.WAITING


async def test_samples_are_installed_once_and_stay_deleted(either: Api) -> None:
    browser = await set_up(either)
    install = either.platform.workflows.samples
    before = await listed(browser)
    assert await install.install(DEFAULT_WORKSPACE, "somebody") == 0
    await install.make_up()
    assert await listed(browser) == before
    deleted = await browser.post("/workflows/bulk", json={"workflows": list(before), "action": "delete"})
    assert all(one["done"] for one in deleted.json()["items"])
    (folder,) = (await browser.get("/folders")).json()["items"]
    assert (await browser.delete(f"/folders/{folder['id']}")).status_code == 204
    await install.make_up()
    assert await install.install(DEFAULT_WORKSPACE, "somebody") == 0
    assert await listed(browser) == {}
    created = [one for one in await audited(either) if one.action == "workflow.created"]
    assert len(created) == len(samples.NAMES)
    assert {one.actor_kind for one in created} == {"system"}


async def test_what_a_crash_left_out_is_made_up(api: Api) -> None:
    account = await api.account(Role.ADMIN)
    people, install = api.platform.people, api.platform.workflows.samples
    viewer = Member(workspace=DEFAULT_WORKSPACE, account=account.id, role=Role.VIEWER)
    admin = Member(workspace=DEFAULT_WORKSPACE, account=account.id, role=Role.ADMIN)
    client = api.client(await api.token(account))
    id = member_id(DEFAULT_WORKSPACE, account.id)
    await people.records.commit([people.members.put(INSTANCE, id, viewer)])
    await install.make_up()
    assert await listed(client) == {}
    await people.records.commit([people.members.put(INSTANCE, id, admin)])
    await install.make_up()
    assert len(await listed(client)) == len(samples.NAMES)


async def test_a_key_that_is_taken_gives_way(api: Api) -> None:
    editor = await api.signed_in(Role.EDITOR)
    await editor.post("/folders", json={"name": "samples"})
    for key in ("share", "quakes"):
        assert (await editor.post("/workflows", json={"name": "Mine", "key": key})).status_code == 201
    assert await api.platform.workflows.samples.install(DEFAULT_WORKSPACE, "somebody") == len(samples.NAMES)
    there = await listed(editor)
    assert (there["quakes"]["name"], there["quakes-2"]["name"]) == ("Mine", "Strong quakes")
    assert len(await output(api, "stocks")) == 5
