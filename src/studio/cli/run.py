"""``studio run``: validate a workflow, run it and print its output."""

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
    settings_from,
)
from studio.cli._running import patience, run_request
from studio.cli._say import Voice

if TYPE_CHECKING:
    from studio.bootstrap import StartRequest, Studio


def command(
    file: Annotated[Path, typer.Argument(help="Workflow file, YAML or JSON", show_default=False)],
    input: Annotated[
        list[str] | None, typer.Option("--input", "-i", metavar="NAME=VALUE", help="An input; JSON, else text")
    ] = None,
    input_file: Annotated[
        Path | None, typer.Option("--input-file", metavar="F", help="JSON or YAML file with inputs")
    ] = None,
    set: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NODE.PARAM=VALUE", help="Set a param for this run; places.place.text too"),
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="NODE", help="Run only this node and what it needs")
    ] = None,
    pin: Annotated[
        list[str] | None,
        typer.Option("--pin", metavar="NODE=JSON|@F", help="Take this as the node's output instead of running it"),
    ] = None,
    trigger: Annotated[
        str | None, typer.Option("--trigger", metavar="NODE", help="Try this trigger: its inputs from --event")
    ] = None,
    event: Annotated[
        str | None, typer.Option("--event", metavar="JSON|@F", help="What the trigger received: JSON, or @FILE")
    ] = None,
    wait: Annotated[
        str | None,
        typer.Option(
            "--wait",
            metavar="60s",
            help="How long to wait for signals and timers; without it, for timers within 10 s and for no signals",
        ),
    ] = None,
    data: DataOption = None,
    db: DbOption = None,
    allow_path: AllowPathOption = None,
    allow_host: AllowHostOption = None,
    server: ServerOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """Validate a workflow, run it and print its output.

    Progress goes to stderr, the output to stdout as JSON (text as it is). Exit code: 0 succeeded, 1 failed, 2 invalid,
    3 waiting for a signal or a timer beyond --wait. Ctrl-C cancels the execution; a second one leaves at once, and
    `studio resume` goes on with it.

    With --server it starts a workflow there, by its key or id in the place of FILE: the published version, or KEY@3,
    KEY@draft. Lost connections are taken up again; who leaves does not stop it.
    """
    from studio.bootstrap import RunOptions, split_assignment

    voice = Voice(lang)
    if server is not None:
        from studio.cli.remote.run import run as run_there

        refuse_with_server({"--set": set, "--trigger": trigger, "--event": event})
        return run_there(
            server, str(file), voice, inputs=[split_assignment(one, "--input") for one in input or []],
            input_file=input_file, until=until, pins=[split_assignment(one, "--pin") for one in pin or []],
            wait=patience(wait), as_json=json,
        )  # fmt: skip
    settings = settings_from(data=data, db=db, allow_path=allow_path, allow_host=allow_host, lang=voice.lang)

    async def prepare(studio: Studio) -> StartRequest:
        options = RunOptions(
            inputs=dict(split_assignment(one, "--input") for one in input or []),
            input_file=input_file,
            overrides=[split_assignment(one, "--set") for one in set or []],
            until=until,
            pins=[split_assignment(one, "--pin") for one in pin or []],
            trigger=trigger,
            event=event,
            lang=voice.lang,
            allow_paths=settings.allow_paths,
            allow_hosts=settings.allow_hosts,
        )
        return studio.runs.prepare(file, options)

    return run_request(settings, prepare, voice, wait=wait, as_json=json)
