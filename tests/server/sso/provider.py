"""An identity provider of the tests: a real server in a thread of its own, strict, and false where it is told to be."""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import ECKey, Key, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

EVENT = "http://schemas.openid.net/event/backchannel-logout"


@dataclass
class User:
    """Somebody who is signed in at the provider."""

    subject: str = "u-1"
    email: str | None = "ada@example.org"
    verified: object = True
    name: str | None = "Ada Lovelace"
    groups: object = None
    more: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass
class Grant:
    """A code and what it was given for."""

    client: str
    redirect_uri: str
    challenge: str
    nonce: str
    user: User
    used: bool = False


@dataclass
class IdentityServer:
    """The provider: what it knows, and how it is to misbehave."""

    url: str = ""
    client: str = "studio"
    secret: str | None = "s3cret + more/="
    auth: str = "client_secret_basic"
    redirect_uris: list[str] = field(default_factory=list[str])
    user: User = field(default_factory=User)
    algorithm: str = "RS256"
    keys: dict[str, Key] = field(default_factory=dict[str, Key])
    kid: str = ""
    codes: dict[str, Grant] = field(default_factory=dict[str, Grant])
    tokens: dict[str, User] = field(default_factory=dict[str, User])
    asked: list[str] = field(default_factory=list[str])
    refused: list[str] = field(default_factory=list[str])
    # How it misbehaves.
    spoil: Callable[[dict[str, Any]], None] | None = None
    forge: Callable[[dict[str, Any]], str] | None = None
    discovery: dict[str, Any] = field(default_factory=dict[str, Any])
    jwks: Any = None
    token_answer: Response | None = None
    named: str | None = ""
    userinfo_only: tuple[str, ...] = ()
    userinfo_subject: str | None = None
    sid: str = "sid-1"

    def __post_init__(self) -> None:
        self.rotate()

    def rotate(self) -> None:
        """Sign with a new key from now on; the old one is not published any more."""
        self.kid = secrets.token_hex(4)
        parameters: Any = {"kid": self.kid, "use": "sig", "alg": self.algorithm}
        made: Key = (
            RSAKey.generate_key(2048, parameters)
            if self.algorithm[0] in "RP"
            else ECKey.generate_key("P-256", parameters)
        )
        self.keys = {self.kid: made}

    def sign(self, claims: dict[str, Any], **header: Any) -> str:
        """A token."""
        return jwt.encode(
            {"alg": self.algorithm, "kid": self.kid, **header}, claims, self.keys[self.kid], algorithms=[self.algorithm]
        )

    def logout_token(self, **more: Any) -> str:
        """What tells that somebody has signed out."""
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.url, "aud": self.client, "iat": now, "exp": now + 120, "jti": secrets.token_hex(8),
            "sub": self.user.subject, "sid": self.sid, "events": {EVENT: {}}, **more,
        }  # fmt: skip
        return self.sign({name: value for name, value in claims.items() if value is not None})

    def app(self) -> Starlette:
        """The server's application."""
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._discovery),
                Route("/authorize", self._authorize),
                Route("/token", self._token, methods=["POST"]),
                Route("/jwks", self._jwks),
                Route("/userinfo", self._userinfo),
            ]
        )

    async def _discovery(self, request: Request) -> Response:
        self.asked.append("discovery")
        return JSONResponse(
            {
                "issuer": self.url, "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token", "jwks_uri": f"{self.url}/jwks",
                "userinfo_endpoint": f"{self.url}/userinfo", "end_session_endpoint": f"{self.url}/logout",
                "authorization_response_iss_parameter_supported": True, **self.discovery,
            }
        )  # fmt: skip

    async def _authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        if asked.get("client_id") != self.client or asked.get("redirect_uri") not in self.redirect_uris:
            return self._refuse("client or redirect_uri")
        fits = (
            asked.get("response_type") == "code"
            and "openid" in asked.get("scope", "").split()
            and asked.get("code_challenge_method") == "S256"
            and len(asked.get("code_challenge", "")) == 43
            and len(asked.get("state", "")) >= 32
            and len(asked.get("nonce", "")) >= 32
        )
        if not fits:
            return self._refuse("authorize")
        code = secrets.token_urlsafe()
        self.codes[code] = Grant(self.client, asked["redirect_uri"], asked["code_challenge"], asked["nonce"], self.user)
        answer = {"code": code, "state": asked["state"]}
        if self.named is not None:
            answer["iss"] = self.named or self.url
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(answer)}", 303)

    async def _token(self, request: Request) -> Response:
        self.asked.append("token")
        if self.token_answer is not None:
            return self.token_answer
        given = dict(parse_qsl((await request.body()).decode()))
        if not self._is_client(request, given):
            return self._refuse("client", 401)
        grant = self.codes.get(given.get("code", ""))
        if grant is None or grant.used or given.get("grant_type") != "authorization_code":
            return self._refuse("code")
        grant.used = True
        challenge = base64.urlsafe_b64encode(hashlib.sha256(given.get("code_verifier", "").encode()).digest())
        if given.get("redirect_uri") != grant.redirect_uri or challenge.rstrip(b"=").decode() != grant.challenge:
            return self._refuse("redirect_uri or verifier")
        access = secrets.token_urlsafe()
        self.tokens[access] = grant.user
        return JSONResponse({"access_token": access, "token_type": "Bearer", "id_token": self._id_token(grant, access)})

    def _id_token(self, grant: Grant, access: str) -> str:
        now = int(time.time())
        half = hashlib.sha256(access.encode()).digest()[:16]
        claims: dict[str, Any] = {
            "iss": self.url, "aud": self.client, "iat": now, "exp": now + 300, "nonce": grant.nonce, "sid": self.sid,
            "at_hash": base64.urlsafe_b64encode(half).rstrip(b"=").decode(), **self._about(grant.user),
        }  # fmt: skip
        for name in self.userinfo_only:
            claims.pop(name, None)
        if self.spoil is not None:
            self.spoil(claims)
        return self.forge(claims) if self.forge is not None else self.sign(claims)

    def _about(self, user: User) -> dict[str, Any]:
        claims = {
            "sub": user.subject, "email": user.email, "email_verified": user.verified, "name": user.name,
            "groups": user.groups, **user.more,
        }  # fmt: skip
        return {name: value for name, value in claims.items() if value is not None}

    def _is_client(self, request: Request, given: dict[str, str]) -> bool:
        scheme, _, pair = request.headers.get("authorization", "").partition(" ")
        if self.auth == "client_secret_basic":
            id, _, secret = base64.b64decode(pair).decode().partition(":")
            return scheme == "Basic" and (unquote_plus(id), unquote_plus(secret)) == (self.client, self.secret)
        return not scheme and given.get("client_id") == self.client and given.get("client_secret") == self.secret

    async def _jwks(self, request: Request) -> Response:
        self.asked.append("jwks")
        if self.jwks is not None:
            return self.jwks if isinstance(self.jwks, Response) else JSONResponse(self.jwks)
        return JSONResponse({"keys": [key.as_dict(private=False) for key in self.keys.values()]})

    async def _userinfo(self, request: Request) -> Response:
        self.asked.append("userinfo")
        user = self.tokens.get(request.headers.get("authorization", "").removeprefix("Bearer "))
        if user is None:
            return self._refuse("access token", 401)
        about = self._about(user)
        return JSONResponse({**about, "sub": self.userinfo_subject or about["sub"]})

    def _refuse(self, what: str, status: int = 400) -> Response:
        self.refused.append(what)
        return PlainTextResponse(f"refused: {what}", status)


@contextmanager
def running_provider(**more: Any) -> Iterator[IdentityServer]:
    """A provider on a free port, until the end of the block."""
    provider = IdentityServer(**more)
    config = uvicorn.Config(
        provider.app(), host="127.0.0.1", port=0, loop="asyncio", lifespan="off", log_config=None, access_log=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
        assert thread.is_alive()
    provider.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    try:
        yield provider
    finally:
        server.should_exit = True
        thread.join()
