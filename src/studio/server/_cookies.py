"""Cookies of browsers. Over TLS their names begin with ``__Host-``: no page of a neighbouring name can set them then,
and so put somebody into a session that is not theirs.
"""

from __future__ import annotations

from fastapi import Response
from starlette.requests import HTTPConnection

from studio.server._behind import platform_of

SESSION = "studio_session"
DEVICE = "studio_device"
"""Says that somebody has signed in with this browser before; it lets nobody in."""
_BOUND = "__Host-"


def cookie_name(name: str, *, secure: bool) -> str:
    """A cookie's name as the browser has it."""
    return f"{_BOUND}{name}" if secure else name


def is_secure(connection: HTTPConnection) -> bool:
    """Whether the browser speaks to Studio over TLS, itself or by a proxy."""
    address = platform_of(connection).address
    return connection.url.scheme in ("https", "wss") or address.startswith("https:")


def read_cookie(connection: HTTPConnection, name: str) -> str | None:
    """What the browser brings along."""
    return connection.cookies.get(cookie_name(name, secure=is_secure(connection)))


def give_cookie(connection: HTTPConnection, response: Response, name: str, value: str, seconds: int) -> None:
    """Have the browser bring it along from now on. No script can read it."""
    secure = is_secure(connection)
    response.set_cookie(
        cookie_name(name, secure=secure), value, path="/", httponly=True, samesite="lax", secure=secure,
        max_age=seconds,
    )  # fmt: skip


def take_cookie(connection: HTTPConnection, response: Response, name: str) -> None:
    """Have the browser forget it."""
    secure = is_secure(connection)
    response.delete_cookie(cookie_name(name, secure=secure), path="/", httponly=True, samesite="lax", secure=secure)
