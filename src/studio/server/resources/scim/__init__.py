"""SCIM 2.0, apart from the API for programs and pages."""

from __future__ import annotations

import asyncio
from importlib import import_module

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

BASE = "/api/scim/v2"
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def scim_routes() -> list[BaseRoute]:
    """The one route of SCIM."""
    return [Route(f"{BASE}/{{rest:path}}", _asked, methods=_METHODS, include_in_schema=False)]


async def _asked(request: Request) -> Response:
    # Most servers have no directory, and what SCIM is made of takes a second to load: in a thread, when one asks.
    serving = await asyncio.to_thread(import_module, f"{__name__}.routes")
    return await serving.scim(request)
