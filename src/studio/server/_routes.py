"""The router of the API: no route without a permission."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, Depends
from starlette.websockets import WebSocket

from studio.domain.access import Actor, Permission
from studio.domain.errors import AccessRefused, StudioError
from studio.server._asking import needs, permitted
from studio.server._cookies import SESSION, read_cookie
from studio.server._guarding import GuardedRoute
from studio.server._idempotency import PARAMETER, IdempotentRoute
from studio.server._models import Problem
from studio.server._problem import answer, language, tell_refusal

_COMMON = (400, 401, 403, 404, 409, 412, 413, 415, 421, 422, 429, 431, 500, 503)
_CONTENT = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


def _responses() -> dict[int | str, dict[str, Any]]:
    return {status: {"description": "Problem", "content": _CONTENT, "model": Problem} for status in _COMMON}


class Routes(APIRouter):
    """A router whose routes declare what they need: ``@routes.ask("GET", "/things", Permission.THING_VIEW)``."""

    def __init__(self, prefix: str, tag: str) -> None:
        super().__init__(prefix=prefix, tags=[tag])

    def ask(
        self, method: str, path: str, permission: Permission, *, status: int = 200, **more: Any
    ) -> Callable[[Any], Any]:
        """Register a route.

        Args:
            method: GET, POST, PUT, PATCH or DELETE.
            path: Below the router's prefix.
            permission: What it needs.
            status: Of a good answer. What makes something (POST with 201) takes idempotency keys, except from nobody;
                elsewhere ``repeatable`` says so.
            more: As for ``APIRouter.api_route``.
        """
        extra = {"x-permission": permission.value, **more.pop("openapi_extra", {})}
        if permission is Permission.PUBLIC:
            extra["security"] = []
        makes = method == "POST" and status == 201 and permission is not Permission.PUBLIC
        if more.pop("repeatable", makes):
            # Answers are remembered by what was sent, so a route that reads it in its own way stands inside.
            own = more.get("route_class_override")
            more["route_class_override"] = IdempotentRoute if own is None else type("Idem", (IdempotentRoute, own), {})
            extra["parameters"] = [*extra.get("parameters", []), PARAMETER]
        own = more.get("route_class_override")
        more["route_class_override"] = GuardedRoute if own is None else type("Guarded", (GuardedRoute, own), {})
        responses = {**_responses(), **more.pop("responses", {})}

        def register(endpoint: Any) -> Any:
            more.setdefault("operation_id", endpoint.__name__)
            more.setdefault("response_model_exclude_none", False)
            self.add_api_route(
                path, endpoint, methods=[method], status_code=status, responses=responses, openapi_extra=extra,
                dependencies=[Depends(needs(permission))], **more,
            )  # fmt: skip
            return endpoint

        return register

    def live(
        self, path: str, permission: Permission
    ) -> Callable[[Callable[[WebSocket, Actor], Awaitable[None]]], Callable[[WebSocket], Awaitable[None]]]:
        """Register a WebSocket. Who may not open it is refused before it is accepted, with a problem document.

        Args:
            path: Below the router's prefix.
            permission: What it needs.
        """

        def register(
            endpoint: Callable[[WebSocket, Actor], Awaitable[None]],
        ) -> Callable[[WebSocket], Awaitable[None]]:
            async def opened(websocket: WebSocket) -> None:
                try:
                    _of_a_page(websocket)
                    await endpoint(websocket, await permitted(websocket, permission))
                except StudioError as error:
                    if isinstance(error, AccessRefused):
                        await tell_refusal(websocket, error)
                    await _refuse(websocket, error)

            opened.__name__ = getattr(endpoint, "__name__", "live")
            opened.studio_permission = permission  # pyright: ignore[reportFunctionMemberAccess] - read by tests
            self.add_api_websocket_route(path, opened)
            return opened

        return register


def _of_a_page(websocket: WebSocket) -> None:
    """A cookie counts only where the browser names the page that opens the connection; which one the edge checks.

    Raises:
        AccessRefused: It does not.
    """
    headers = websocket.headers
    if read_cookie(websocket, SESSION) is not None and "authorization" not in headers and "origin" not in headers:
        raise AccessRefused("access.no_origin", "A connection with a cookie must name its origin.")


async def _refuse(websocket: WebSocket, error: StudioError) -> None:
    request_id = websocket.scope.get("state", {}).get("request_id")
    if "websocket.http.response" in websocket.scope.get("extensions", {}):
        await websocket.send_denial_response(answer(error, language(websocket.headers), request_id))
    else:
        await websocket.close(1008, error.code)
