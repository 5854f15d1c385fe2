"""The outer edge: request ids, which hosts and origins are answered, the size of bodies, headers of every answer."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from studio.domain.errors import StudioError, UserError
from studio.domain.ids import new_id
from studio.domain.settings import ServerSettings
from studio.server._problem import BodyTooLarge, answer, language

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
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
            await self._app(scope, self._bounded(receive), answer)

    def _origin_of(self, scope: Scope, headers: Headers) -> tuple[str, str]:
        """Address and scheme of the caller, by a trusted proxy's word where there is one."""
        peer = scope["client"][0] if scope.get("client") else ""
        scheme = str({"ws": "http", "wss": "https"}.get(scope["scheme"], scope["scheme"]))
        if not _within(peer, self._proxies):
            return peer, scheme
        scheme = (headers.get("x-forwarded-proto") or scheme).split(",")[-1].strip().lower()
        # The last address that no trusted proxy has: whatever stands before it may be invented.
        for address in reversed([part.strip() for part in headers.get("x-forwarded-for", "").split(",")]):
            if address and not _within(address, self._proxies):
                return address, scheme
        return peer, scheme

    def _refusal(self, scope: Scope, headers: Headers, scheme: str) -> StudioError | None:
        host = headers.get("host", "")
        name = urlsplit(f"//{host}").hostname if host else ""
        if (name or "").lower() not in self._hosts:
            return UserError(
                "request.host", "Studio does not answer under the name {host}. Set public_url to the one it has.",
                host=host[:100],
            )  # fmt: skip
        origin = headers.get("origin")
        changing = scope["type"] == "websocket" or scope["method"] not in _SAFE
        if origin is not None and changing and not self._same_origin(origin, host, scheme):
            return UserError("request.origin", "A page of {origin} may not use Studio.", origin=origin[:100])
        length = headers.get("content-length", "")
        if length.isdigit() and int(length) > self._limit:
            return _too_large(self._limit)
        return None

    def _same_origin(self, origin: str, host: str, scheme: str) -> bool:
        allowed = {f"{scheme}://{host}".lower()}
        if self._public is not None:
            allowed.add(f"{self._public.scheme}://{self._public.netloc}".lower())
        return origin.lower() in allowed

    def _refuse(self, error: StudioError, headers: Headers, request_id: str) -> ASGIApp:
        status = {"request.host": 421, "request.origin": 403}.get(error.code, 413)
        return answer(error, language(headers), request_id, status=status)

    def _bounded(self, receive: Receive) -> Receive:
        """``receive`` that stops a body without a stated length where it grows too large."""
        taken = 0

        async def bounded() -> Message:
            nonlocal taken
            message = await receive()
            if message["type"] == "http.request":
                taken += len(message.get("body", b""))
                if taken > self._limit:
                    raise _too_large(self._limit)
            return message

        return bounded


def _too_large(limit: int) -> BodyTooLarge:
    return BodyTooLarge("request.too_large", "The request is larger than {limit} bytes.", limit=limit)


def _within(address: str, networks: Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(found.version == network.version and found in network for network in networks)
