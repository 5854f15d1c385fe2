"""How many requests a caller may make, and how many the server takes on at once.

Each session, key and address has a token bucket in the memory of this process: a minute's worth of requests, refilled
evenly. Several servers count apart. A token that no request was let in with yet is counted by its address, as is every
refused one, so that inventing tokens gains nothing. The standard headers (RateLimit-Limit, -Remaining, -Reset, as in
draft-ietf-httpapi-ratelimit-headers up to 06) tell of whichever limit is nearest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Hashable
from contextlib import contextmanager

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from studio.domain.access import Actor, ActorKind
from studio.domain.errors import StudioError
from studio.domain.settings import ServerSettings
from studio.server._cookies import SESSION, cookie_name
from studio.server._problem import answer, language
from studio.services.executing.starting import Overloaded
from studio.services.gateway.addresses import place
from studio.services.gateway.buckets import Allowance, Buckets, TooManyRequests

_BUSY_RETRY = 1.0
_FILES = "/assets/"
_FILE = 0.05
"""What a file of the interface counts of a request: a page asks for some dozens at first, and none of them is work."""


class Limits:
    """Turns away what is too much, before any work is done for it.

    Args:
        app: What stands inside.
        settings: Of the server: ``requests_per_minute``, ``requests_in_flight`` and ``open_per_caller``, each 0 for no
            limit.
    """

    def __init__(self, app: ASGIApp, settings: ServerSettings, buckets: Buckets | None = None) -> None:
        self._app = app
        self._per_minute = settings.requests_per_minute
        self._most = settings.requests_in_flight
        self._each = settings.open_per_caller
        self._open: dict[Hashable, int] = {}
        self._buckets = buckets or Buckets()
        self._in_flight = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        state = scope.setdefault("state", {})
        where: Hashable = ("ip", place(state.get("ip", "")))
        who = _caller(headers) or where
        known = who == where or self._buckets.knows(who)
        caller = who if known else where
        allowance = self._take(caller, _cost(scope["path"]))
        if allowance is not None and not allowance.taken:
            await self._refuse(_too_many(allowance), allowance, scope, receive, send)
        elif self._each and self._open.get(caller, 0) >= self._each:
            await self._refuse(_too_many_open(self._each), allowance, scope, receive, send)
        elif self._most and self._in_flight >= self._most and scope["type"] == "http":
            await self._refuse(Overloaded(_BUSY_RETRY), allowance, scope, receive, send)
        else:
            call = _Call(self, scope, send, who, where, known=known, allowance=allowance)
            with self._opened(caller):
                await call.serve(receive)

    @contextmanager
    def _opened(self, caller: Hashable) -> Generator[None]:
        """Count what a caller has open, however long: who waits and who watches keeps memory too."""
        self._open[caller] = self._open.get(caller, 0) + 1
        try:
            yield
        finally:
            self._open[caller] -= 1
            if not self._open[caller]:
                del self._open[caller]

    def _take(self, key: Hashable, amount: float = 1.0) -> Allowance | None:
        return self._buckets.take(key, self._per_minute, amount) if self._per_minute else None

    def settle(self, who: Hashable, where: Hashable, *, known: bool, status: int, let_in: bool) -> None:
        """After the answer: who was let in for the first time has a bucket from now on; the address gets its one back.

        What is refused although its token was good once goes on the address's account too.
        """
        if who == where or not self._per_minute:
            return
        if known and status == 401:
            self._take(where)
        elif let_in and not known:
            self._take(where, -1.0)
            self._take(who)

    def entered(self, change: int) -> None:
        """Count requests whose answer has not begun."""
        self._in_flight += change

    @staticmethod
    async def _refuse(
        error: StudioError, allowance: Allowance | None, scope: Scope, receive: Receive, send: Send
    ) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1013, "reason": error.code})
            return
        headers = Headers(scope=scope)
        told = _told(allowance) if allowance is not None else {}
        state = scope["state"]
        await answer(error, language(headers), state.get("request_id"), headers=told)(scope, receive, send)


def _cost(path: str) -> float:
    return _FILE if path.startswith(_FILES) else 1.0


class _Call:
    """One request that is let in."""

    def __init__(
        self,
        limits: Limits,
        scope: Scope,
        send: Send,
        who: Hashable,
        where: Hashable,
        *,
        known: bool,
        allowance: Allowance | None,
    ) -> None:
        self._limits = limits
        self._scope = scope
        self._send = send
        self._who = who
        self._where = where
        self._known = known
        self._allowance = allowance
        self._open = False

    async def serve(self, receive: Receive) -> None:
        """Let the application answer."""
        self._open = self._scope["type"] == "http"
        self._limits.entered(1 if self._open else 0)
        try:
            await self._limits._app(self._scope, receive, self._answer)  # pyright: ignore[reportPrivateUsage] - one module
        finally:
            self._leave()

    def _leave(self) -> None:
        # What streams for hours is no longer on its way: it counts until its answer begins.
        if self._open:
            self._open = False
            self._limits.entered(-1)

    async def _answer(self, message: Message) -> None:
        if message["type"] in ("http.response.start", "websocket.accept", "websocket.http.response.start"):
            self._leave()
            self._settle(message.get("status", 0))
            nearest = self._nearest()
            if nearest is not None and message["type"] == "http.response.start":
                out = MutableHeaders(scope=message)
                for name, value in _told(nearest).items():
                    out[name] = value
        await self._send(message)

    def _settle(self, status: int) -> None:
        actor: Actor | None = self._scope["state"].get("actor")
        let_in = actor is not None and actor.kind is not ActorKind.ANONYMOUS
        self._limits.settle(self._who, self._where, known=self._known, status=status, let_in=let_in)

    def _nearest(self) -> Allowance | None:
        of_key: Allowance | None = self._scope["state"].get("allowance")
        both = [one for one in (self._allowance, of_key) if one is not None]
        return min(both, key=lambda one: one.remaining, default=None)


def _told(allowance: Allowance) -> dict[str, str]:
    return {
        "ratelimit-limit": str(allowance.limit),
        "ratelimit-remaining": str(allowance.remaining),
        "ratelimit-reset": str(allowance.reset),
    }


def _too_many(allowance: Allowance) -> TooManyRequests:
    return TooManyRequests(
        "request.too_many", "At most {limit} requests a minute are answered. Wait a moment.",
        limit=allowance.limit, retry_after=allowance.retry_after,
    )  # fmt: skip


def _too_many_open(limit: int) -> TooManyRequests:
    return TooManyRequests(
        "request.too_many_open", "At most {limit} requests and live connections can be open at once.", limit=limit,
        retry_after=_BUSY_RETRY,
    )  # fmt: skip


_COOKIES = tuple(f"{cookie_name(SESSION, secure=secure)}=" for secure in (False, True))


def _caller(headers: Headers) -> Hashable | None:
    """The token of a request, so that what is kept of it is of no use to anybody."""
    token = headers.get("authorization") or ""
    if not token:
        cookies = headers.get("cookie") or ""
        token = next((one for one in cookies.split("; ") if one.startswith(_COOKIES)), "")
    return hashlib.blake2b(token.encode(), digest_size=16).digest() if token else None
