"""The interface: the built web application, served with the headers that keep it safe.

Its files carry the hash of their content in their names, so browsers keep them for good. The page itself is asked for
anew each time, and gets a nonce of its own: styles that scripts add are allowed by it, and nothing else is.
"""

from __future__ import annotations

import secrets
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.routing import Match, Route
from starlette.types import Scope

_PACKED = Path(__file__).resolve().parent.parent / "interface"
"""Where a wheel carries it."""
_BUILT = Path(__file__).resolve().parents[3] / "web" / "dist"
"""Where a checkout builds it."""
_NONCE = "__STUDIO_NONCE__"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; style-src-attr 'unsafe-inline';"
    " img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self'; media-src 'self' blob:;"
    " frame-src 'self' blob:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_TYPES = {
    ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".json": "application/json",
    ".woff2": "font/woff2", ".png": "image/png",
}  # fmt: skip
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
_KEPT = {"cache-control": "public, max-age=31536000, immutable", "vary": "accept-encoding"}
_OTHERS = ("/api/", "/scim/", "/assets/")
_MISSING = (
    "This Studio was started without its interface; `make up` builds it in a checkout."
    " Its API is described at /api/openapi.json.\n"
)


def interface_folder() -> Path | None:
    """Where the built interface stands, if anywhere."""
    return next((folder for folder in (_PACKED, _BUILT) if (folder / "index.html").is_file()), None)


@cache
def _page(path: Path, changed: int) -> str:
    return path.read_text("utf-8")


async def _show(_request: Request) -> Response:
    folder = interface_folder()
    if folder is None:
        return PlainTextResponse(_MISSING, status_code=503)
    path = folder / "index.html"
    nonce = secrets.token_urlsafe(16)
    page = _page(path, path.stat().st_mtime_ns).replace(_NONCE, nonce)
    return HTMLResponse(page, headers={"content-security-policy": _POLICY.format(nonce=nonce)})


async def _asset(request: Request) -> Response:
    folder, name = interface_folder(), request.path_params["name"]
    suffix = Path(name).suffix
    # One folder, no folders in it: a name with a separator, or of another kind, is none of ours.
    if folder is None or suffix not in _TYPES or name != Path(name).name:
        return PlainTextResponse("There is no such file.\n", status_code=404)
    path = folder / "assets" / name
    wanted = request.headers.get("accept-encoding", "")
    for encoding, ending in _ENCODINGS:
        packed = path.with_name(name + ending)
        if encoding in wanted and packed.is_file():
            return FileResponse(packed, media_type=_TYPES[suffix], headers={**_KEPT, "content-encoding": encoding})
    if not path.is_file():
        return PlainTextResponse("There is no such file.\n", status_code=404)
    return FileResponse(path, media_type=_TYPES[suffix], headers=_KEPT)


class _Elsewhere(Route):
    """Every address that belongs to nothing else: what is missing below the API stays missing."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether the interface shows this address."""
        if scope["type"] != "http" or scope["path"].startswith(_OTHERS):
            return Match.NONE, {}
        return super().matches(scope)


def interface_routes() -> list[Route]:
    """Files of the interface, and its page at every address that nothing else has."""
    return [
        Route("/assets/{name}", _asset, methods=["GET"]),
        _Elsewhere("/{path:path}", _show, methods=["GET"]),
    ]
