"""``studio api-keys make``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli._options import DebugOption, JsonOption, LangOption, ServerOption
from studio.cli._say import Voice
from studio.cli._terminal import write_error, write_json, write_line
from studio.cli.remote.connection import needed, on_server
from studio.domain.durations import parse_duration
from studio.domain.errors import UserError
from studio.domain.phrases import reason_of

if TYPE_CHECKING:
    from studio.client import Client
    from studio.client.models import KeyIn, NewKeyOut


def command(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the key is for")],
    workflow: Annotated[
        list[str] | None, typer.Option("--workflow", metavar="KEY", help="Only these workflows; may be given again")
    ] = None,
    permission: Annotated[
        list[str] | None,
        typer.Option("--permission", metavar="NAME", help="Only these rights, such as workflow.execute"),
    ] = None,
    network: Annotated[
        list[str] | None, typer.Option("--from", metavar="ADDRESS", help="Only from these addresses or networks")
    ] = None,
    expires: Annotated[
        str | None, typer.Option("--expires", metavar="90d", help="When it ends, from now; never without it")
    ] = None,
    owner: Annotated[
        str | None, typer.Option("--owner", metavar="ACCOUNT", help="A service account that it acts for; else you")
    ] = None,
    server: ServerOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """Make an API key on a server and print its token, which is shown this once."""
    voice = Voice(lang)
    body: KeyIn = {"name": name, "workflows": workflow, "permissions": permission, "owner": owner}
    if network:
        body["ips"] = network
    if expires is not None:
        body["expires_at"] = _moment(expires)

    async def work(client: Client) -> NewKeyOut:
        return await client.create_key(body)

    made = on_server(needed(server), voice.lang, work)
    if made["secret"] is None:
        raise UserError(
            "cli.key_lost", "The key {id} was made, but its token was lost on the way. Revoke it, and make another.",
            id=made["id"],
        )  # fmt: skip
    if json:
        write_json(made)
    else:
        write_error(voice.say("cli.key_made", id=made["id"]) + "\n")
        write_line(made["secret"])
    return 0


def _moment(written: str) -> str:
    try:
        return (datetime.now(UTC) + timedelta(seconds=parse_duration(written))).isoformat()
    except ValueError as error:
        raise UserError("cli.expires", "--expires: {reason}.", reason=reason_of(error)).at(param="--expires") from error
