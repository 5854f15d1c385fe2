"""``studio variables set``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli._options import DebugOption, JsonOption, LangOption, ServerOption
from studio.cli._say import Voice
from studio.cli._terminal import write, write_json
from studio.cli.remote.connection import needed, on_server
from studio.cli.remote.secrets import given_or_asked, refuse_secret

if TYPE_CHECKING:
    from studio.client import Client
    from studio.client.models import VariableOut


def command(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the variable")],
    value: Annotated[
        str | None, typer.Argument(metavar="[VALUE]", help="JSON, else text; without it, asked for or read from stdin")
    ] = None,
    secret: Annotated[bool, typer.Option("--secret", help="Never show the value again; never an argument")] = False,
    description: Annotated[str, typer.Option("--description", metavar="TEXT", help="What it is for")] = "",
    server: ServerOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """Make a variable of a workspace, or change one. Executions that start from now on see it."""
    from studio.bootstrap import read_value

    voice = Voice(lang)
    url = needed(server)
    if secret and value is not None:
        raise refuse_secret()
    # A secret is text as it is: that of digits must not become a number.
    text = value if value is not None else given_or_asked(voice.say("cli.ask_value", name=name), hidden=secret)
    read = text if secret else read_value(text, "VALUE")

    async def work(client: Client) -> VariableOut:
        return await client.set_variable(name, {"value": read, "secret": secret, "description": description})

    made = on_server(url, voice.lang, work)
    if json:
        write_json(made)
    else:
        write(voice.say("cli.set", name=name) + "\n")
    return 0
