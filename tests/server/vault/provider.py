"""An OAuth 2 provider for the tests: strict about redirect addresses, PKCE and codes that count once.

It signs access tokens as JWTs, gives a new refresh token at each renewal, and takes a used one as theft: everything of
that sign-in is void from then on (RFC 9700, section 4.14.2).
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
import time
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import OctKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route


@dataclass
class Provider:
    """A running provider and what it has seen."""

    url: str = ""
    client_id: str = "studio"
    client_secret: str = "client-secret-7c6b5a"
    redirect_uri: str = ""
    lifetime: int = 3600
    gives_refresh: bool = True
    slow: float = 0.0
    issuer: str = ""
    repeats: bool = False
    """Refuses a renewal with what it was sent."""
    seen: Counter[str] = field(default_factory=Counter[str])
    codes: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    refresh: dict[str, str] = field(default_factory=dict[str, str])
    used: dict[str, str] = field(default_factory=dict[str, str])
    void: set[str] = field(default_factory=set[str])
    bodies: list[bytes] = field(default_factory=list[bytes])
    key: Any = field(default_factory=lambda: OctKey.generate_key(256))

    async def authorize(self, request: Request) -> Response:
        """The page where a user agrees at once."""
        query = dict(request.query_params)
        self.seen["authorize"] += 1
        good = (
            query.get("client_id") == self.client_id
            and query.get("redirect_uri") == self.redirect_uri
            and query.get("response_type") == "code"
            and query.get("code_challenge_method") == "S256"
            and len(query.get("code_challenge", "")) == 43
            and len(query.get("state", "")) >= 32
        )
        if not good:
            return JSONResponse({"error": "invalid_request"}, 400)
        code = secrets.token_urlsafe(24)
        self.codes[code] = query
        back = {"code": code, "state": query["state"], **({"iss": self.issuer} if self.issuer else {})}
        return RedirectResponse(f"{self.redirect_uri}?{urlencode(back)}", 303)

    def _client(self, request: Request, form: dict[str, str]) -> bool:
        scheme, _, value = request.headers.get("authorization", "").partition(" ")
        if scheme == "Basic":
            user, _, password = base64.b64decode(value).decode().partition(":")
            return (unquote(user), unquote(password)) == (self.client_id, self.client_secret)
        return (form.get("client_id"), form.get("client_secret")) == (self.client_id, self.client_secret)

    async def token(self, request: Request) -> Response:
        """Codes and refresh tokens become tokens."""
        body = await request.body()
        self.bodies.append(body)
        form = dict(parse_qsl(body.decode()))
        if not self._client(request, form):
            return JSONResponse({"error": "invalid_client"}, 401)
        if form.get("grant_type") == "authorization_code":
            asked = self.codes.pop(form.get("code", ""), None)
            challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
            if (
                asked is None
                or asked["redirect_uri"] != form.get("redirect_uri")
                or asked["code_challenge"] != challenge.decode().rstrip("=")
            ):
                return JSONResponse({"error": "invalid_grant"}, 400)
            self.seen["code"] += 1
            return self._tokens(secrets.token_hex(8))
        if form.get("grant_type") == "refresh_token":
            self.seen["refresh"] += 1
            await asyncio.sleep(self.slow)
            token = form.get("refresh_token", "")
            if token in self.used:
                self.seen["theft"] += 1
                self.void.add(self.used[token])
            family = self.refresh.pop(token, None)
            if family is None or family in self.void:
                return JSONResponse({"error": token if self.repeats else "invalid_grant"}, 400)
            self.used[token] = family
            return self._tokens(family)
        return JSONResponse({"error": "unsupported_grant_type"}, 400)

    def _tokens(self, family: str) -> Response:
        claims = {"sub": family, "jti": secrets.token_hex(8), "exp": int(time.time()) + self.lifetime}
        answer: dict[str, Any] = {
            "access_token": jwt.encode({"alg": "HS256"}, claims, self.key), "token_type": "Bearer",
            "expires_in": self.lifetime,
        }  # fmt: skip
        if self.gives_refresh:
            answer["refresh_token"] = token = secrets.token_urlsafe(32)
            self.refresh[token] = family
        return JSONResponse(answer, headers={"cache-control": "no-store"})

    async def revoke(self, request: Request) -> Response:
        """Makes a token void."""
        form = dict(parse_qsl((await request.body()).decode()))
        if not self._client(request, form):
            return JSONResponse({"error": "invalid_client"}, 401)
        self.seen["revoke"] += 1
        family = self.refresh.pop(form.get("token", ""), None)
        if family is not None:
            self.void.add(family)
        return Response(status_code=200)

    async def resource(self, request: Request) -> Response:
        """Something that only a good token opens."""
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        try:
            claims = jwt.decode(token, self.key).claims
        except ValueError:
            return JSONResponse({"error": "invalid_token"}, 401)
        self.seen["resource"] += 1
        good = claims["exp"] > time.time() and claims["sub"] not in self.void
        return JSONResponse({"hello": claims["sub"]}, 200 if good else 401)


@asynccontextmanager
async def running_provider(**settings: Any) -> AsyncGenerator[Provider]:
    """A provider on a free port until the end of the block."""
    provider = Provider(**settings)
    app = Starlette(
        routes=[
            Route("/authorize", provider.authorize),
            Route("/token", provider.token, methods=["POST"]),
            Route("/revoke", provider.revoke, methods=["POST"]),
            Route("/resource", provider.resource),
        ]
    )
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, loop="none", lifespan="off", log_config=None, access_log=False
    )  # fmt: skip
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve())  # pyright: ignore[reportPrivateUsage] - without signal handlers
    while not server.started:
        await asyncio.sleep(0.01)
        if serving.done():
            serving.result()
    provider.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    try:
        yield provider
    finally:
        server.should_exit = True
        await serving
