"""The outer edge: request ids, which hosts and origins are answered, the size of bodies, headers of every answer."""

from __future__ import annotations

import asyncio
import ipaddress
import re
import time
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from studio.domain.errors import StudioError, UserError
from studio.domain.ids import new_id
from studio.domain.settings import ServerSettings
from studio.server._problem import BodyTooLarge, BodyTooSlow, answer, language

MOST_HEADERS = 64 * 1024
"""Bytes of all headers of a request."""
BODY_PATIENCE = 30.0
"""Seconds that a body may take beside what its size explains."""
BODY_PACE = 16 * 1024
"""Bytes a second that a body comes in at least."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_HOST = re.compile(r"(?:([A-Za-z0-9._\-]+)|\[([0-9A-Fa-f:.]+)\])(?::[0-9]{1,5})?")
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cache-control": "no-store",
}


class Edge:
    """Lets a request in, or answers it at once.

    Args:
        app: What stands inside.
        settings: Of the server.
    """

    def __init__(self, app: ASGIApp, settings: ServerSettings) -> None:
        self._app = app
        self._limit = settings.body_limit
        self._proxies = [ipaddress.ip_network(one, strict=False) for one in settings.trusted_proxies]
        self._public = urlsplit(settings.public_url) if settings.public_url else None
        self._hosts = set(_LOOPBACK) | {settings.host.lower()}
        if self._public is not None and self._public.hostname:
            self._hosts.add(self._public.hostname.lower())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        state = scope.setdefault("state", {})
        request_id = state.setdefault("request_id", "") or new_id()
        state["request_id"] = request_id
        state["ip"], scheme = self._origin_of(scope, headers)
        refused = self._refusal(scope, headers, scheme)

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                out = MutableHeaders(scope=message)
                out["x-request-id"] = request_id
                for name, value in _HEADERS.items():
                    out.setdefault(name, value)
                if scheme == "https":
                    out.setdefault("strict-transport-security", "max-age=31536000")
            await send(message)

        if refused is not None:
            if scope["type"] == "websocket":
                await receive()
                await send({"type": "websocket.close", "code": 1008, "reason": refused.code})
                return
            await self._refuse(refused, headers, request_id)(scope, receive, answer)
        else:
            await self._app(scope, self._bounded(receive, state) if scope["type"] == "http" else receive, answer)

    def _origin_of(self, scope: Scope, headers: Headers) -> tuple[str, str]:
        """Address and scheme of the caller, by a trusted proxy's word where there is one."""
        peer = scope["client"][0] if scope.get("client") else ""
        scheme = str({"ws": "http", "wss": "https"}.get(scope["scheme"], scope["scheme"]))
        if not _within(peer, self._proxies):
            return peer, scheme
        scheme = (_all(headers, "x-forwarded-proto") or [scheme])[-1].lower()
        # The last address that no trusted proxy has: whatever stands before it may be invented.
        for address in reversed(_all(headers, "x-forwarded-for")):
            if not _within(address, self._proxies):
                return (address if _is_address(address) else peer), scheme
        return peer, scheme

    def _refusal(self, scope: Scope, headers: Headers, scheme: str) -> StudioError | None:
        if sum(len(name) + len(value) for name, value in scope["headers"]) > MOST_HEADERS:
            return UserError(
                "request.headers_too_large", "The headers of the request are longer than {limit} bytes.",
                limit=MOST_HEADERS,
            )  # fmt: skip
        hosts = headers.getlist("host")
        # Of two names one may be what a proxy in front has looked at, and the other what counts here.
        host = hosts[0] if len(hosts) == 1 else ""
        if _name_of(host) not in self._hosts:
            return UserError(
                "request.host", "Studio does not answer under the name {host}. Set public_url to the one it has.",
                host=host[:100],
            )  # fmt: skip
        origin = headers.get("origin")
        changing = scope["type"] == "websocket" or scope["method"] not in _SAFE
        if origin is not None and changing and not self._same_origin(origin, host, scheme):
            return UserError("request.origin", "A page of {origin} may not use Studio.", origin=origin[:100])
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length[:20]) > self._limit:
            return _too_large(self._limit)
        return None

    def _same_origin(self, origin: str, host: str, scheme: str) -> bool:
        allowed = {f"{scheme}://{host}".lower()}
        if self._public is not None:
            allowed.add(f"{self._public.scheme}://{self._public.netloc}".lower())
        return origin.lower() in allowed

    def _refuse(self, error: StudioError, headers: Headers, request_id: str) -> ASGIApp:
        status = {"request.host": 421, "request.origin": 403, "request.headers_too_large": 431}.get(error.code, 413)
        return answer(error, language(headers), request_id, status=status)

    def _bounded(self, receive: Receive, state: Mapping[str, Any]) -> Receive:
        """``receive`` that stops a body which grows too large, or comes drop by drop to keep a place.

        A route may say in ``state`` that its bodies are smaller.
        """
        taken, begun, whole = 0, 0.0, False

        async def bounded() -> Message:
            nonlocal taken, begun, whole
            if whole:
                return await receive()  # what is waited for is the end of the connection
            begun = begun or time.monotonic()
            try:
                async with asyncio.timeout(max(0.0, begun + BODY_PATIENCE + taken / BODY_PACE - time.monotonic())):
                    message = await receive()
            except TimeoutError as error:
                raise BodyTooSlow("request.too_slow", "The request did not arrive in time.") from error
            whole = message["type"] != "http.request" or not message.get("more_body", False)
            if message["type"] == "http.request":
                taken += len(message.get("body", b""))
                limit = min(self._limit, state.get("body_limit", self._limit))
                if taken > limit:
                    raise _too_large(limit)
            return message

        return bounded


def _too_large(limit: int) -> BodyTooLarge:
    return BodyTooLarge("request.too_large", "The request is larger than {limit} bytes.", limit=limit)


def _all(headers: Headers, name: str) -> list[str]:
    """Every value of a header, whether a proxy has added it to the line that was there or as a line of its own."""
    return [part.strip() for line in headers.getlist(name) for part in line.split(",") if part.strip()]


def _name_of(host: str) -> str:
    """The name in a Host header without its port; "" where there is none, or it is no Host."""
    found = _HOST.fullmatch(host)
    return (found[1] or found[2]).lower() if found is not None else ""


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _within(address: str, networks: Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(found.version == network.version and found in network for network in networks)
