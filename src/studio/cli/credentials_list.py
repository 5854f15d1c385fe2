"""``studio credentials list``."""

from __future__ import annotations

from typing import Annotated

import typer

from studio.cli._options import DebugOption, JsonOption, LangOption, ServerOption
from studio.cli._say import Voice
from studio.cli.remote.connection import needed
from studio.cli.remote.lists import of, show_list, when


def command(
    type: Annotated[str | None, typer.Option("--type", metavar="TYPE", help="Only of this type")] = None,
    server: ServerOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """List the credentials of a server that are yours or shared with you. Secrets are never shown."""
    return show_list(
        needed(server), Voice(lang), "credentials",
        lambda client: client.iter_credentials(type=type, limit=200),
        [("name", of("name")), ("type", of("type")), ("state", of("state")), ("used", when("used_at")),
         ("expires", when("expires_at")), ("id", of("id"))],
        as_json=json,
    )  # fmt: skip
