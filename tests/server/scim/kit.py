"""A directory that writes to a server of the tests."""

from __future__ import annotations

from typing import Any

import httpx2

from studio.domain.access import Actor
from studio.services.scim.shelf import DirectoryToken
from tests.server.kit import PLAIN, Api

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


async def token_of(api: Api, workspace: str = "default", **more: Any) -> str:
    """A new token."""
    await api.workspace(workspace)
    api.platform.address = api.url
    given = DirectoryToken(name="Directory", digest="", workspace=workspace, **more)
    return (await api.platform.scim.tokens.create(Actor(), given)).text


async def directory(api: Api, workspace: str = "default", **more: Any) -> httpx2.AsyncClient:
    """A directory's client."""
    client = httpx2.AsyncClient(
        base_url=f"{api.url}/api/scim/v2", timeout=60, verify=PLAIN,
        headers={
            "authorization": f"Bearer {await token_of(api, workspace, **more)}",
            "content-type": "application/scim+json",
        },
    )  # fmt: skip
    api.clients.append(client)
    return client


def patch(*operations: dict[str, Any]) -> dict[str, Any]:
    """A PATCH body."""
    return {"schemas": [PATCH], "Operations": list(operations)}


async def make(client: httpx2.AsyncClient, name: str = "ada@example.org", **more: Any) -> dict[str, Any]:
    """Create a person."""
    answer = await client.post("/Users", json={"schemas": [USER], "userName": name, "active": True, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()
