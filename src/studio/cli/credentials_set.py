"""``studio credentials set``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli._options import DebugOption, JsonOption, LangOption, ServerOption
from studio.cli._say import Voice
from studio.cli._terminal import write, write_json
from studio.cli.remote.connection import needed, on_server
from studio.cli.remote.secrets import form_fields
from studio.domain.errors import UserError

if TYPE_CHECKING:
    from studio.client import Client
    from studio.client.models import CredentialChange, CredentialIn, CredentialOut


def command(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What workflows name it by")],
    type: Annotated[
        str | None, typer.Option("--type", metavar="TYPE", help="Kind of a new one, such as http.bearer")
    ] = None,
    description: Annotated[str | None, typer.Option("--description", metavar="TEXT", help="What it is for")] = None,
    server: ServerOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """Make a credential on a server, or change yours of this name.

    Its fields are asked for on a terminal, secrets unseen; otherwise stdin holds them as an object of JSON. Of a
    credential that is there, what is left out stays.
    """
    voice = Voice(lang)

    async def work(client: Client) -> CredentialOut:
        found = [one async for one in client.iter_credentials(limit=200) if name in (one["name"], one["id"])]
        kind = type or (found[0]["type"] if found else None)
        if kind is None:
            raise UserError("cli.credential_type", "Give the type of a new credential by --type.").at(param="--type")
        form = (await client.show_credential_type(kind))["fields"]
        fields = form_fields(form, voice, changing=bool(found))
        if not found:
            body: CredentialIn = {"name": name, "type": kind, "fields": fields, "description": description or ""}
            return await client.create_credential(body)
        if type is not None and type != found[0]["type"]:
            raise UserError("cli.credential_kind", "{name} is of the type {type}, which does not change.",
                            name=name, type=found[0]["type"]).at(param="--type")  # fmt: skip
        change: CredentialChange = {"fields": fields}
        if description is not None:
            change["description"] = description
        return await client.change_credential(found[0]["id"], change)

    made = on_server(needed(server), voice.lang, work)
    if json:
        write_json(made)
    else:
        write(voice.say("cli.set", name=name) + "\n")
    return 0
