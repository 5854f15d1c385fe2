"""``studio workflows delete``."""

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
    workflow: Annotated[str, typer.Argument(metavar="KEY", help="The workflow's key or id")],
    server: ServerOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """Delete a workflow of a server. It can be brought back for thirty days; what runs goes on."""
    voice = Voice(lang)

    async def work(client: Client) -> None:
        await client.delete_workflow(workflow)

    on_server(needed(server), voice.lang, work)
    if json:
        write_json({"deleted": True})
    else:
        write(voice.say("cli.deleted") + "\n")
    return 0
