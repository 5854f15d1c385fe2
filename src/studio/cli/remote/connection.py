"""Which server, and with which token."""

from __future__ import annotations

import asyncio
import json
import os
import stat
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast
from urllib.parse import urlsplit

from studio.client import ApiError, Client
from studio.domain.errors import AccessRefused, UserError, WorkflowInvalid

if TYPE_CHECKING:
    from studio.bootstrap import Problem

T = TypeVar("T")
KEY = "sk_"
"""How API keys begin."""
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
    return asyncio.run(connected(server, lang, work))


async def connected(server: str, lang: str, work: Callable[[Client], Awaitable[T]]) -> T:
    """What ``on_server`` does, inside a loop that runs already."""
    url = server_url(server)
    token = remembered(url)
    if token is None:
        raise UserError("cli.not_logged_in", "Log in first: studio --server {url} login", url=url)
    try:
        async with Client(url, token, lang=lang) as client:
            return await work(client)
    except ApiError as error:
        if error.code == "workflow.invalid" and error.problems:
            raise InvalidThere(error.problems) from error
        raise


def needed(server: str | None) -> str:
    """The server, for commands that there are on one only.

    Raises:
        UserError: None was named.
    """
    if not server:
        raise UserError("cli.server_only", "This works on a server: give --server URL, or set STUDIO_SERVER.").at(
            param="--server"
        )
    return server


class InvalidThere(WorkflowInvalid):
    """The server found workflows invalid. ``files`` holds the name of the file for each problem, "" for none."""

    def __init__(self, found: Sequence[Mapping[str, Any]]) -> None:
        super().__init__([told_problem(one) for one in found])
        self.files = [str(one.get("file") or "") for one in found]


def told_problem(facts: Mapping[str, Any]) -> Problem:
    """A problem of a workflow as the server tells it."""
    from studio.bootstrap import ToldProblem

    severity: Literal["error", "warning"] = "warning" if facts.get("severity") == "warning" else "error"
    return ToldProblem(
        code=str(facts.get("code", "")), template=str(facts.get("message", "")), severity=severity,
        node=facts.get("node"), param=facts.get("param"), line=facts.get("line"), column=facts.get("column"),
        suggestion=facts.get("suggestion"),
    )  # fmt: skip
