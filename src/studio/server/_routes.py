"""The router of the API: no route without a permission."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Depends

from studio.domain.access import Permission
from studio.server._asking import needs
from studio.server._models import Problem

_COMMON = (400, 401, 403, 404, 409, 412, 413, 415, 422, 429, 500, 503)
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
            status: Of a good answer.
            more: As for ``APIRouter.api_route``.
        """
        extra = {"x-permission": permission.value, **more.pop("openapi_extra", {})}
        if permission is Permission.PUBLIC:
            extra["security"] = []
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
