"""``studio api-keys revoke``."""

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
    key: Annotated[str, typer.Argument(metavar="ID", help="The key's id, or its token up to the secret")],
    server: ServerOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """Make an API key void, from the next request on."""
    voice = Voice(lang)

    async def work(client: Client) -> None:
        await client.revoke_key(key.split("_")[2] if key.startswith("sk_") and key.count("_") > 1 else key)

    on_server(needed(server), voice.lang, work)
    if json:
        write_json({"revoked": True})
    else:
        write(voice.say("cli.revoked") + "\n")
    return 0
