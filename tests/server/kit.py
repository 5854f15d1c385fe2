"""A server for the tests: real sockets, real database; accounts of every role, signed in without the slow hash."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import uvicorn

from studio.bootstrap import Settings, Studio
from studio.bootstrap._serving import make_platform
from studio.domain.access import Actor, Role
from studio.domain.ids import DEFAULT_WORKSPACE, INSTANCE, new_id
from studio.domain.settings import ServerSettings
from studio.server.app import create_app
from studio.server.connections import MOST_MESSAGE, BoundedHttp
from studio.services._collection import Kept
from studio.services.people.model import Account, Member, Workspace, member_id
from studio.services.platform import Platform

PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Nothing here speaks TLS, and to read the system's authorities for every client takes longer than most tests."""
PASSWORD = "correct horse battery staple"


@dataclass
class Api:
    """A running server and how to talk to it."""

    url: str
    platform: Platform
    studio: Studio
    clients: list[httpx2.AsyncClient] = field(default_factory=list[httpx2.AsyncClient])

    def client(self, token: str | None = None, **headers: str) -> httpx2.AsyncClient:
        """A client; with a token it is signed in."""
        if token is not None:
            headers["authorization"] = f"Bearer {token}"
        made = httpx2.AsyncClient(base_url=f"{self.url}/api/v1", headers=headers, timeout=60, verify=PLAIN)
        self.clients.append(made)
        return made

    async def workspace(self, id: str = DEFAULT_WORKSPACE) -> str:
        """Make sure that there is a workspace."""
        if await self.platform.people.workspaces.get(INSTANCE, id) is None:
            await self.platform.people.records.commit(
                [self.platform.people.workspaces.put(INSTANCE, id, Workspace(name=id.title()))]
            )
        return id

    async def account(
        self, role: str | None, workspace: str = DEFAULT_WORKSPACE, *, operator: bool = False, **more: Any
    ) -> Kept[Account]:
        """An account with a role in a workspace, or in none."""
        people = self.platform.people
        await self.workspace(workspace)
        id = new_id()
        email = more.pop("email", f"{id}@example.org")
        made = Account(
            email=email, mail_key=await people.mail_key(email), name=more.pop("name", f"Person {id[-4:]}"),
            operator=operator, **more,
        )  # fmt: skip
        changes: list[Any] = [people.accounts.put(INSTANCE, id, made, expected=0)]
        if role is not None:
            member = Member(workspace=workspace, account=id, role=role)
            changes.append(people.members.put(INSTANCE, member_id(workspace, id), member))
        await people.records.commit(changes)
        return await people.accounts.need(INSTANCE, id)

    async def token(self, account: Kept[Account]) -> str:
        """A session of an account, as the command line has one."""
        return (await self.platform.sessions.begin(account, asking=Actor(), browser=False)).token

    async def signed_in(
        self, role: str | None = Role.ADMIN, workspace: str = DEFAULT_WORKSPACE, **more: Any
    ) -> httpx2.AsyncClient:
        """A client of a new account with this role."""
        return self.client(await self.token(await self.account(role, workspace, **more)))


@asynccontextmanager
async def running_api(
    data: Path, *, db: str | None = None, driving: bool = True, settings: ServerSettings | None = None
) -> AsyncIterator[Api]:
    """A server on a free port, in this process, until the end of the block."""
    async with Studio(Settings(data=data, db=db, allow_hosts=("127.0.0.1",))) as studio:
        await studio.open()
        await studio.engine.set_clock()
        chosen = settings or ServerSettings(port=0, requests_per_minute=0)
        platform = make_platform(studio, chosen)
        if driving:
            await studio.driver.start()
        config = uvicorn.Config(
            create_app(platform), host="127.0.0.1", port=0, loop="none", lifespan="off", log_config=None,
            access_log=False, http=BoundedHttp, ws="websockets-sansio", ws_max_size=MOST_MESSAGE, proxy_headers=False,
        )  # fmt: skip
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server._serve())  # pyright: ignore[reportPrivateUsage] - without signal handlers
        while not server.started:
            await asyncio.sleep(0.01)
            if serving.done():
                serving.result()
        port = server.servers[0].sockets[0].getsockname()[1]
        api = Api(f"http://127.0.0.1:{port}", platform, studio)
        try:
            yield api
        finally:
            for client in api.clients:
                await client.aclose()
            await _end(server)
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)


async def _end(server: uvicorn.Server) -> None:
    """Stop serving, without the pauses that a server makes while it looks whether it is to stop."""
    for one in server.servers:
        one.close()
    for connection in list(server.server_state.connections):
        connection.shutdown()
    while server.server_state.connections or server.server_state.tasks:
        await asyncio.sleep(0.001)
