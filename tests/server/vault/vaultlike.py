"""Something that speaks HashiCorp Vault's protocol: a strict server of it, and the real one where it is installed.

The real one is used where ``STUDIO_TEST_VAULT`` names the program, or ``vault`` or ``bao`` is on the path.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import socket
import time
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx2
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

POLICY = 'path "kv/data/team/*" { capabilities = ["read"] }'


def program() -> str | None:
    """The real one, where it is installed."""
    return os.environ.get("STUDIO_TEST_VAULT") or shutil.which("vault") or shutil.which("bao")


class VaultLike(Protocol):
    """What the tests do with either."""

    url: str
    token: str
    role_id: str
    secret_id: str

    async def write(self, path: str, data: dict[str, Any]) -> None:
        """Write a secret: ``team/mail``."""
        ...

    async def revoke_all(self) -> None:
        """Make void every token that was given to a role."""
        ...


@dataclass
class Strict:
    """The part of the protocol that Studio uses, refused wherever something is not as the reference has it."""

    url: str = ""
    token: str = field(default_factory=lambda: "hvs." + secrets.token_hex(12))
    role_id: str = field(default_factory=lambda: secrets.token_hex(8))
    secret_id: str = field(default_factory=lambda: secrets.token_hex(8))
    namespace: str = ""
    ttl: int = 3600
    renewable: bool = True
    seen: Counter[str] = field(default_factory=Counter[str])
    kept: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    tokens: dict[str, float] = field(default_factory=dict[str, float])

    async def write(self, path: str, data: dict[str, Any]) -> None:
        """Write a secret."""
        self.kept[f"kv/data/{path}"] = data

    async def revoke_all(self) -> None:
        """Make void every token of a role."""
        self.tokens.clear()

    def _given(self) -> dict[str, Any]:
        token = "hvs." + secrets.token_hex(12)
        self.tokens[token] = time.monotonic() + self.ttl
        return {"auth": {"client_token": token, "lease_duration": self.ttl, "renewable": self.renewable}}

    async def answer(self, request: Request) -> Response:
        """One request."""
        path, method = request.path_params["path"], request.method
        denied = JSONResponse({"errors": ["permission denied"]}, 403)
        if request.headers.get("x-vault-request") != "true":
            return JSONResponse({"errors": ["missing header"]}, 400)
        if request.headers.get("x-vault-namespace", "") != self.namespace:
            return denied
        self.seen[f"{method} {path}"] += 1
        if path == "auth/approle/login" and method == "POST":
            body = await request.json()
            if body != {"role_id": self.role_id, "secret_id": self.secret_id}:
                return JSONResponse({"errors": ["invalid role or secret ID"]}, 400)
            return JSONResponse(self._given())
        token = request.headers.get("x-vault-token", "")
        if token != self.token and self.tokens.get(token, 0) < time.monotonic():
            return denied
        if path == "auth/token/lookup-self" and method == "GET":
            return JSONResponse({"data": {"ttl": self.ttl, "renewable": self.renewable}})
        if path == "auth/token/renew-self" and method == "POST":
            if not self.renewable:
                return JSONResponse({"errors": ["lease is not renewable"]}, 400)
            self.tokens[token] = time.monotonic() + self.ttl
            auth = {"client_token": token, "lease_duration": self.ttl, "renewable": True}
            return JSONResponse({"auth": auth})
        if path == "auth/token/revoke-self" and method == "POST":
            self.tokens.pop(token, None)
            return Response(status_code=204)
        if method != "GET" or not path.startswith("kv/data/team/"):
            return denied
        if path not in self.kept:
            return JSONResponse({"errors": []}, 404)
        return JSONResponse({"data": {"data": self.kept[path], "metadata": {"version": 1}}})


@asynccontextmanager
async def strict(**settings: Any) -> AsyncGenerator[Strict]:
    """A strict server of the protocol on a free port."""
    vault = Strict(**settings)
    app = Starlette(routes=[Route("/v1/{path:path}", vault.answer, methods=["GET", "POST", "PUT", "LIST"])])
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, loop="none", lifespan="off", log_config=None, access_log=False
    )  # fmt: skip
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve())  # pyright: ignore[reportPrivateUsage] - without signal handlers
    while not server.started:
        await asyncio.sleep(0.01)
        if serving.done():
            serving.result()
    vault.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    try:
        yield vault
    finally:
        server.should_exit = True
        await serving


@dataclass
class Real:
    """The real server in development mode."""

    url: str
    token: str
    role_id: str = ""
    secret_id: str = ""

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        """A request as its root."""
        async with httpx2.AsyncClient(timeout=30) as client:
            answer = await client.request(
                method, f"{self.url}/v1/{path}", json=body, headers={"x-vault-token": self.token}
            )  # fmt: skip
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    async def write(self, path: str, data: dict[str, Any]) -> None:
        """Write a secret."""
        await self.ask("POST", f"kv/data/{path}", {"data": data})

    async def revoke_all(self) -> None:
        """Make void every token of the role."""
        await self.ask("POST", "sys/leases/revoke-prefix/auth/approle/login")

    async def prepare(self) -> None:
        """Mount what the tests read, and make the role."""
        await self.ask("POST", "sys/mounts/kv", {"type": "kv", "options": {"version": "2"}})
        await self.ask("POST", "sys/auth/approle", {"type": "approle"})
        await self.ask("POST", "sys/policies/acl/team", {"policy": POLICY})
        await self.ask("POST", "auth/approle/role/studio", {"token_policies": ["team"], "token_ttl": "1h"})
        self.role_id = (await self.ask("GET", "auth/approle/role/studio/role-id"))["data"]["role_id"]
        self.secret_id = (await self.ask("POST", "auth/approle/role/studio/secret-id"))["data"]["secret_id"]


@asynccontextmanager
async def real(path: str) -> AsyncGenerator[Real]:
    """The real server on a free port, in memory."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    vault = Real(f"http://127.0.0.1:{port}", "root-" + secrets.token_hex(8))
    process = await asyncio.create_subprocess_exec(
        path, "server", "-dev", f"-dev-root-token-id={vault.token}", f"-dev-listen-address=127.0.0.1:{port}",
        "-dev-no-store-token", stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with httpx2.AsyncClient() as client:
            while True:
                assert process.returncode is None, "the server ended"
                try:
                    if (await client.get(f"{vault.url}/v1/sys/health")).status_code == 200:
                        break
                except httpx2.TransportError:
                    pass
                await asyncio.sleep(0.1)
        await vault.prepare()
        yield vault
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
