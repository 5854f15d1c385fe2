"""The application: routes, failures, middleware."""

from __future__ import annotations

from functools import cache

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Scope

from studio.server import _problem
from studio.server._behind import Behind
from studio.server._describing import describe
from studio.server.interface import interface_routes
from studio.server.middleware.edge import Edge
from studio.server.middleware.limits import Limits
from studio.server.middleware.observe import MetricsPage, Observe
from studio.server.resources import ROUTERS
from studio.server.resources.scim import scim_routes
from studio.services.platform import Platform

API = "/api/v1"


@cache
def create_api() -> FastAPI:
    """The API by itself, one in a process: its routes are costly to make and always the same."""
    app = FastAPI(
        title="Studio",
        version="1",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        separate_input_output_schemas=False,
        redirect_slashes=False,
    )
    _problem.install(app)
    for router in ROUTERS:
        app.include_router(router, prefix=API)
        _asked_only_below(app.router.routes[-1], API + _common(router))
    app.router.routes.extend(scim_routes())
    app.router.routes.extend(interface_routes())
    describe(app, "/api/openapi.json")
    return app


def _common(router: APIRouter) -> str:
    """What the paths of a router begin with, all of them."""
    paths = [str(getattr(route, "path", "")).partition("{")[0] for route in router.routes]
    first, last = min(paths), max(paths)
    while not last.startswith(first):
        first = first[:-1]
    return first


def _asked_only_below(route: BaseRoute, prefix: str) -> None:
    """Ask a router only about paths that can be its own: to ask them all would be the largest part of many requests."""
    matches = route.matches

    def quick(scope: Scope) -> tuple[Match, Scope]:
        return matches(scope) if scope["path"].startswith(prefix) else (Match.NONE, {})

    route.matches = quick


def create_app(platform: Platform) -> ASGIApp:
    """The whole server as one ASGI application."""
    inside = MetricsPage(Limits(Behind(create_api(), platform), platform.settings), platform)
    return Observe(Edge(inside, platform.settings), platform)


def routes_of(app: FastAPI) -> list[APIRoute]:
    """Every route of the API."""
    return [route for route in app.routes if isinstance(route, APIRoute)]
