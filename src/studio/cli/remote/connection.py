"""Which server, and with which token."""

from __future__ import annotations

import asyncio
import json
import os
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar, cast
from urllib.parse import urlsplit

from studio.client import Client
from studio.domain.errors import AccessRefused, UserError

T = TypeVar("T")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def server_url(given: str) -> str:
    """The address of a server as it is remembered.

    Raises:
        UserError: It is no address, or would carry the token in clear over a network.
    """
    parts = urlsplit(given)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UserError("cli.server_url", "--server wants an address such as https://studio.example.org.").at(
            param="--server"
        )
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise UserError(
            "cli.server_clear", "Over http:// the token would cross the network in clear. Use https://."
        ).at(param="--server")
    return f"{parts.scheme}://{parts.netloc}"


def tokens_file() -> Path:
    """Where tokens are kept."""
    base = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(base) / "studio" / "servers.json"


def remembered(url: str) -> str | None:
    """The token for a server: ``STUDIO_TOKEN``, or the one of the last login.

    Raises:
        AccessRefused: The file is open to other users.
    """
    given = os.environ.get("STUDIO_TOKEN")
    if given:
        return given
    path = tokens_file()
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise AccessRefused(
                "cli.tokens_open", "{path} can be read by others. Run: chmod 600 {path}", path=str(path)
            )
        return cast("str | None", json.loads(path.read_text("utf-8")).get(url))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise UserError(
            "cli.tokens_damaged", "{path} is damaged; delete it and log in again.", path=str(path)
        ) from error


def remember(url: str, token: str | None) -> None:
    """Keep the token of a server, or forget it."""
    path = tokens_file()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        kept: dict[str, str] = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        kept = {}
    kept.pop(url, None)
    if token is not None:
        kept[url] = token
    # Whole or not at all: a file beside it, 0600 from the start, takes its place.
    beside = path.with_suffix(f".{os.getpid()}")
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(kept, file)
    beside.replace(path)


def on_server(server: str, lang: str, work: Callable[[Client], Awaitable[T]]) -> T:
    """Do something on a server in the name of who has logged in.

    Raises:
        UserError: Nobody has.
        ApiError: The server refuses.
        Unreachable: It does not answer.
    """
    url = server_url(server)
    token = remembered(url)
    if token is None:
        raise UserError("cli.not_logged_in", "Log in first: studio --server {url} login", url=url)

    async def run() -> T:
        async with Client(url, token, lang=lang) as client:
            return await work(client)

    return asyncio.run(run())
