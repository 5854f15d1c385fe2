"""``studio workflows restore``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli._options import DebugOption, JsonOption, LangOption, ServerOption
from studio.cli._say import Voice
from studio.cli._terminal import write, write_json
from studio.cli.remote.connection import needed, on_server
from studio.cli.remote.run import reference
from studio.domain.errors import UserError

if TYPE_CHECKING:
    from studio.client import Client
    from studio.client.models import DraftOut


def command(
    version: Annotated[str, typer.Argument(metavar="KEY@N", help="A version, such as greeting@3")],
    server: ServerOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """Make a version the draft of its workflow again. What runs stays what it is until that is published."""
    voice = Voice(lang)
    key, number = reference(version)
    if not isinstance(number, int):
        raise UserError("cli.no_version", "Say which version: {key}@1, for example.", key=key[:100])

    async def work(client: Client) -> DraftOut:
        return await client.restore_version(key, number)

    draft = on_server(needed(server), voice.lang, work)
    if json:
        write_json(draft)
    else:
        write(voice.say("cli.version_restored", version=version) + "\n")
    return 0
