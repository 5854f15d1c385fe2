"""The few pages that the server has by itself: setting up, and what stands at its root."""

from __future__ import annotations

import html
import string
from collections.abc import Awaitable, Callable
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from studio.i18n import right_to_left, text
from studio.server._behind import platform_of
from studio.server._problem import language

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'none';"
    " base-uri 'none'; frame-ancestors 'none'"
)
_WORDS = (
    "title", "lead", "name", "email", "password", "again", "password_hint", "create", "no_secret", "differ", "done",
    "next", "home", "home_lead", "home_api",
)  # fmt: skip
_FILES = {"page.css": "text/css", "setup.js": "text/javascript"}


def _page(name: str, request: Request) -> Response:
    lang = language(request.headers)
    words = {word: html.escape(text(f"page.{word}", lang)) for word in _WORDS}
    source = files("studio.server.pages").joinpath(name).read_text("utf-8")
    filled = string.Template(source).substitute(
        words, lang=lang, dir="rtl" if right_to_left(lang) else "ltr", url=html.escape(_url(request))
    )
    return HTMLResponse(filled, headers={"content-security-policy": _POLICY})


def _url(request: Request) -> str:
    public = platform_of(request).settings.public_url
    return public.rstrip("/") if public else f"{request.url.scheme}://{request.headers.get('host', '')}"


async def _setup(request: Request) -> Response:
    return _page("setup.html", request)


async def _home(request: Request) -> Response:
    return _page("home.html", request)


def _named(name: str) -> Callable[[Request], Awaitable[Response]]:
    content = files("studio.server.pages").joinpath(name).read_bytes()

    async def give(_request: Request) -> Response:
        return Response(content, media_type=_FILES[name], headers={"cache-control": "no-cache"})

    return give


def page_routes() -> list[Route]:
    """Routes that anybody may see; they are pages, and stand in no description."""
    return [
        Route("/", _home, methods=["GET"]),
        Route("/setup", _setup, methods=["GET"]),
        *(Route(f"/pages/{name}", _named(name), methods=["GET"]) for name in _FILES),
    ]
