"""The conformance checks of scim2-tester against the running server."""

from __future__ import annotations

import asyncio

import httpx2
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server

from tests.server.kit import Api
from tests.server.scim.kit import token_of


async def test_no_check_finds_an_error(api: Api) -> None:
    token = await token_of(api)

    def checked() -> list[str]:
        with httpx2.Client(
            base_url=f"{api.url}/api/scim/v2", headers={"authorization": f"Bearer {token}"}, timeout=60
        ) as client:
            results = check_server(SyncSCIMClient(client))
        assert sum(one.status == Status.SUCCESS for one in results) > 40
        bad = (Status.ERROR, Status.CRITICAL)
        return [f"{one.title} {one.resource_type}: {one.reason}" for one in results if one.status in bad]

    found = await asyncio.to_thread(checked)
    assert not found, "\n".join(found)
