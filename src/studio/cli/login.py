"""``studio --server URL login``."""

from __future__ import annotations

import asyncio
import getpass
import sys
from typing import Annotated

import typer

from studio.cli._options import DebugOption, LangOption, ServerOption
from studio.cli._say import Voice
from studio.cli._terminal import write_error, write_line
from studio.cli.remote.connection import KEY, remember, server_url
from studio.domain.errors import UserError


def command(
    server: ServerOption = None,
    email: Annotated[str | None, typer.Option("--email", metavar="ADDRESS", help="Mail address; else asked")] = None,
    token: Annotated[
        bool, typer.Option("--token", help="Read an API key or token from stdin instead of address and password")
    ] = False,
    lang: LangOption = None,
    debug: DebugOption = False,
) -> int:
    """Log in on a server. Commands with the same --server act in your name from then on.

    The password is asked for on a terminal, or read from stdin. What is kept is a token, in
    ~/.config/studio/servers.json, which only you can read; `studio --server URL logout` ends it. STUDIO_TOKEN goes
    before it.
    """
    voice = Voice(lang)
    if server is None:
        raise UserError("cli.server_missing", "Say which server: studio --server URL login").at(param="--server")
    url = server_url(server)
    if token:
        secret = sys.stdin.readline().strip()
        asyncio.run(_check(url, secret, voice.lang))
        remember(url, secret)
        write_line(voice.say("cli.logged_in", name=url))
        return 0
    address = email or _asked(voice.say("cli.ask_email"))
    name, made = asyncio.run(_sign_in(url, address, _password(voice), voice))
    remember(url, made)
    write_line(voice.say("cli.logged_in", name=name))
    return 0


async def _check(url: str, token: str, lang: str) -> None:
    from studio.client import Client

    async with Client(url, token, lang=lang) as client:
        # Whatever a key may do, it may ask what that is.
        await (client.show_current_key() if token.startswith(KEY) else client.show_session())


async def _sign_in(url: str, email: str, password: str, voice: Voice) -> tuple[str, str]:
    from studio.client import Client

    async with Client(url, lang=voice.lang) as client:
        session = await client.sign_in({"email": email, "password": password, "client": "cli"})
        if "challenge" in session:
            code = _asked(voice.say("cli.ask_code"))
            session = await client.second_step({"challenge": session["challenge"], "code": code})
    return session["account"]["name"], session.get("token") or ""


def _password(voice: Voice) -> str:
    if sys.stdin.isatty():
        return getpass.getpass(voice.say("cli.ask_password"))
    return sys.stdin.readline().rstrip("\n")


def _asked(question: str) -> str:
    write_error(question)
    return sys.stdin.readline().strip()
