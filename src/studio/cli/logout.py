"""``studio --server URL logout``."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from studio.cli._options import DebugOption, LangOption, ServerOption
from studio.cli._say import Voice
from studio.cli._terminal import write_line
from studio.cli.remote.connection import KEY, on_server, remember, remembered, server_url
from studio.client import NotSignedIn
from studio.domain.errors import UserError

if TYPE_CHECKING:
    from studio.client import Client


def command(server: ServerOption = None, lang: LangOption = None, debug: DebugOption = False) -> int:
    """Log out of a server: the session is ended there and forgotten here; an API key is only forgotten."""
    voice = Voice(lang)
    if server is None:
        raise UserError("cli.server_missing", "Say which server: studio --server URL login").at(param="--server")

    async def work(client: Client) -> None:
        # A session that has ended is forgotten all the same.
        with suppress(NotSignedIn):
            await client.sign_out()

    # A key goes on being one: other programs may use it. `api-keys revoke` ends it.
    if not (remembered(server_url(server)) or "").startswith(KEY):
        on_server(server, voice.lang, work)
    remember(server_url(server), None)
    write_line(voice.say("cli.logged_out", name=server_url(server)))
    return 0
