"""``studio api-keys list``."""

from __future__ import annotations

from typing import Annotated

import typer

from studio.cli._options import DebugOption, JsonOption, LangOption, ServerOption
from studio.cli._say import Voice
from studio.cli.remote.connection import needed
from studio.cli.remote.lists import of, show_list, when


def command(
    every: Annotated[
        bool, typer.Option("--all", help="Of the whole workspace; needs the right to manage keys")
    ] = False,
    server: ServerOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """List your API keys on a server, newest first."""
    return show_list(
        needed(server), Voice(lang), "keys",
        lambda client: client.iter_keys(owner="*" if every else None, limit=200),
        [("id", of("id")), ("name", of("name")), ("state", of("state")), ("used", when("last_used_at")),
         ("expires", when("expires_at"))],
        as_json=json,
    )  # fmt: skip
