"""``studio executions signal``."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli._acting import act
from studio.cli._options import (
    DataOption,
    DbOption,
    DebugOption,
    JsonOption,
    LangOption,
    ServerOption,
    refuse_with_server,
    settings_from,
)
from studio.cli._say import Voice

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.client import Client
    from studio.client.models import ApprovalIn, ExecutionOut


def command(
    execution: Annotated[str, typer.Argument(metavar="ID", help="An id, its beginning, or `last`")],
    name: Annotated[str, typer.Argument(metavar="NAME", help="The signal's name; for an approval the node's path")],
    payload: Annotated[
        str | None, typer.Option("--payload", metavar="JSON", help="What the signal carries; JSON, else text")
    ] = None,
    decision: Annotated[
        str | None, typer.Option("--decision", metavar="CHOICE", help="Answer an approval: approve, reject, …")
    ] = None,
    comment: Annotated[str | None, typer.Option("--comment", metavar="TEXT", help="Said with the decision")] = None,
    by: Annotated[
        str | None,
        typer.Option("--by", metavar="NAME", help="Who decides; else the system's user. On a server it is you"),
    ] = None,
    message_id: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="The same id counts once, however often it is sent")
    ] = None,
    data: DataOption = None,
    db: DbOption = None,
    server: ServerOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """Send a signal to an execution, or with --decision answer an approval at a node.

    A signal that comes before the execution waits for it is kept. Whoever drives the execution takes it; if nobody
    does, `studio resume` goes on with it.
    """
    from studio.bootstrap import read_value

    voice = Voice(lang)
    value = read_value(payload, "--payload") if payload is not None else None

    if server is not None:
        from studio.cli.remote.executions import act as act_there

        refuse_with_server({"--by": by})

        async def send_there(client: Client, id: str) -> ExecutionOut:
            if decision is None:
                return await client.signal_execution(id, {"name": name, "payload": value, "id": message_id})
            answer: ApprovalIn = {"path": name, "decision": decision, "comment": comment, "data": value}
            return await client.approve_execution(id, answer)

        return act_there(server, voice, execution, send_there, as_json=json)

    async def send(studio: Studio) -> str:
        if decision is None:
            return await studio.control.signal(execution, name, value, message_id)
        return await studio.control.approve(execution, name, decision, by=by or _user(), comment=comment, data=value)

    return act(settings_from(data=data, db=db, lang=voice.lang), send, voice, as_json=json)


def _user() -> str | None:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return None
