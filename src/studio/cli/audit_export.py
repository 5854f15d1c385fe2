"""``studio audit export``."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli._options import DebugOption, LangOption, ServerOption
from studio.cli._say import Voice
from studio.cli._terminal import write_error
from studio.cli.remote.connection import connected, needed

if TYPE_CHECKING:
    from studio.client import Client


def command(
    file: Annotated[Path | None, typer.Option("--to", metavar="FILE", help="Where to write; else stdout")] = None,
    as_format: Annotated[str, typer.Option("--format", metavar="ndjson|csv", help="Lines of JSON, or CSV")] = "ndjson",
    action: Annotated[
        str | None, typer.Option("--action", metavar="NAME", help="Only this action; member. is all about members")
    ] = None,
    actor: Annotated[str | None, typer.Option("--actor", metavar="ACCOUNT", help="Only what this account did")] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="TIME", help="Not older than this: 2h, 1d or an ISO 8601 time")
    ] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="TIME", help="Older than this: the same")] = None,
    instance: Annotated[bool, typer.Option("--instance", help="The log of the instance; for operators")] = False,
    server: ServerOption = None,
    lang: LangOption = None,
    debug: DebugOption = False,
) -> int:
    """Write the audit log of a workspace of a server, oldest first. The log tells of the export."""
    from studio.cli.remote.executions import moment_there

    voice = Voice(lang)
    url = needed(server)
    query = {
        "format": as_format, "action": action, "actor": actor, "since": moment_there(since, "--since"),
        "until": moment_there(until, "--until"),
    }  # fmt: skip
    path = "/operator/audit/export" if instance else "/audit/export"

    async def work(client: Client) -> None:
        if file is None:
            async for piece in client.download(path, query):
                sys.stdout.buffer.write(piece)
            return
        with file.open("wb") as out:
            async for piece in client.download(path, query):
                out.write(piece)

    asyncio.run(connected(url, voice.lang, work))
    if file is not None:
        write_error(voice.say("cli.written", path=str(file)) + "\n")
    return 0
