"""``studio variables delete``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli._options import DebugOption, JsonOption, LangOption, ServerOption
from studio.cli._say import Voice
from studio.cli._terminal import write, write_json
from studio.cli.remote.connection import needed, on_server

if TYPE_CHECKING:
    from studio.client import Client


def command(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the variable")],
    server: ServerOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """Delete a variable of a workspace. What runs keeps what it saw."""
    voice = Voice(lang)

    async def work(client: Client) -> None:
        await client.delete_variable(name)

    on_server(needed(server), voice.lang, work)
    if json:
        write_json({"deleted": True})
    else:
        write(voice.say("cli.deleted") + "\n")
    return 0
