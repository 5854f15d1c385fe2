"""Around every request: its id, its line in the access log, its numbers; and ``/metrics`` for who may read them."""

from __future__ import annotations

import hmac
import ipaddress
import logging
import re
import time
from collections.abc import Mapping
from typing import Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from studio.domain.access import Actor
from studio.domain.ids import new_id
from studio.server._problem import answer, language
from studio.services.operation.metrics import CONTENT_TYPE
from studio.services.operation.traces import caller
from studio.services.platform import Platform
from studio.services.policy import NotSignedIn

API = "/api/v1"
_LOG = logging.getLogger("studio.access")
_HARMLESS = re.compile(r"[0-9a-hjkmnp-tv-z]{26}\Z|\d{1,12}\Z")
"""Ids and numbers. Any other part of a path that no route names may be a secret: the address of a webhook, a token."""
_FORWARDED = ("x-forwarded-for", "forwarded", "x-real-ip", "via")


class Observe:
    """Counts and logs what passes.

    Args:
        app: What stands inside.
        platform: Whose metrics and traces.
    """

    def __init__(self, app: ASGIApp, platform: Platform) -> None:
        self._app = app
        self._metrics = platform.operation.metrics
        self._tracing = bool(platform.settings.otlp_endpoint)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        kind = scope["type"]
        if kind not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state["request_id"] = new_id()
        if self._tracing:
            caller(Headers(scope=scope).get("traceparent", ""))
        begun = time.perf_counter()
        status = 0

        async def told(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            elif message["type"] == "websocket.accept":
                status = 101
            await send(message)

        self._metrics.opened(kind, 1)
        try:
            with bound_contextvars(request_id=state["request_id"]):
                await self._app(scope, receive, told)
        finally:
            self._metrics.opened(kind, -1)
            self._tell(scope, status or (500 if kind == "http" else 403), time.perf_counter() - begun)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        route: Any = scope.get("route")
        template = _whole(scope["path"], str(getattr(route, "path", "")))
        method = scope.get("method", "WEBSOCKET")
        method = method if method in _METHODS else "other"
        self._metrics.request(method, template, status, seconds)
        state = scope["state"]
        actor = state.get("actor")
        facts = {"status": status, "ms": round(seconds * 1000, 1), "request_id": state["request_id"]}
        facts["ip"] = state.get("ip")
        if isinstance(actor, Actor):
            facts |= {"workspace": actor.workspace or None, "actor": actor.id or None, "key": actor.key}
        _LOG.info("%s %s", method, _shown(template, scope.get("path_params") or {}), extra=facts)


def _whole(path: str, template: str) -> str:
    """The template of a route from the root on; routes know what stands below the prefix they are included under."""
    if not template:
        return path if path == "/metrics" else "other"
    return API + template if path.startswith(API) and not template.startswith("/api/") else template


def _shown(template: str, params: Mapping[str, Any]) -> str:
    """The path as it may stand in a log."""
    for name, value in params.items():
        if _HARMLESS.match(str(value)):
            template = template.replace(f"{{{name}}}", str(value))
    return template


_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "WEBSOCKET"})


class MetricsPage:
    """Answers ``/metrics`` to the machine itself, to who has the token, and to operators; hands on all else."""

    def __init__(self, app: ASGIApp, platform: Platform) -> None:
        self._app = app
        self._platform = platform

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http" or scope["path"] != "/metrics":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if scope["method"] not in ("GET", "HEAD") or not await self._allowed(scope, headers):
            refused = NotSignedIn(
                "metrics.refused", "Metrics are for this machine, for operators, and for who has the metrics_token."
            )
            await answer(refused, language(headers), scope["state"].get("request_id"))(scope, receive, send)
            return
        from starlette.responses import Response

        body = await self._platform.operation.metrics.text()
        await Response(body, headers={"content-type": CONTENT_TYPE})(scope, receive, send)

    async def _allowed(self, scope: Scope, headers: Headers) -> bool:
        scheme, _, bearer = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and bearer:
            token = self._platform.settings.metrics_token
            if token and hmac.compare_digest(bearer.strip().encode(), token.encode()):
                return True
            found = await self._platform.sessions.actor(bearer.strip(), "", asking=Actor())
            return found is not None and found[0].operator
        if scheme or any(name in headers for name in _FORWARDED):
            return False  # a proxy of this machine stands in front: who asks is somebody else
        try:
            return ipaddress.ip_address(scope["state"].get("ip", "")).is_loopback
        except ValueError:
            return False
