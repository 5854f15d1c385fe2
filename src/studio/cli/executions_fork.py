"""``studio executions fork``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli._options import (
    AllowHostOption,
    AllowPathOption,
    DataOption,
    DbOption,
    DebugOption,
    JsonOption,
    LangOption,
    ServerOption,
    refuse_with_server,
    refuse_without_server,
    settings_from,
)
from studio.cli._running import patience, run_request
from studio.cli._say import Voice

if TYPE_CHECKING:
    from studio.bootstrap import StartRequest, Studio


def command(
    execution: Annotated[str, typer.Argument(metavar="ID", help="An id, its beginning, or `last`")],
    node: Annotated[
        str,
        typer.Option(
            "--until",
            metavar="NODE",
            help="Copy the history up to, but without, this node, or NODE[3] of a map or loop",
        ),
    ],
    file: Annotated[
        Path | None, typer.Option("--file", metavar="FILE", help="Go on with this version instead of the one that ran")
    ] = None,
    on: Annotated[
        str | None,
        typer.Option("--on", metavar="VERSION", help="On a server: same (the version of then), published or draft"),
    ] = None,
    wait: Annotated[str | None, typer.Option("--wait", metavar="60s", help="As with `studio run`")] = None,
    data: DataOption = None,
    db: DbOption = None,
    server: ServerOption = None,
    allow_path: AllowPathOption = None,
    allow_host: AllowHostOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """Start a new execution that copies the history up to a node and goes on from there.

    Output and exit codes as with `studio run`.
    """
    from studio.bootstrap import ReplayOptions

    voice = Voice(lang)
    if server is not None:
        from studio.cli.remote.run import run_again, version_of

        refuse_with_server({"--file": file})
        version = version_of(on)
        return run_again(
            server, [execution], voice,
            lambda client, id: client.fork_execution(id, {"until": node, "on": version}),
            wait=patience(wait), as_json=json,
        )  # fmt: skip
    refuse_without_server({"--on": on})
    settings = settings_from(data=data, db=db, allow_path=allow_path, allow_host=allow_host, lang=voice.lang)
    options = ReplayOptions(file=file, allow_paths=settings.allow_paths, allow_hosts=settings.allow_hosts)

    async def prepare(studio: Studio) -> StartRequest:
        await studio.open()
        return await studio.replays.fork(execution, node, options)

    return run_request(settings, prepare, voice, wait=wait, as_json=json)
