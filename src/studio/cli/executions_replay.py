"""``studio executions replay``."""

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
from studio.cli._several import run_requests

if TYPE_CHECKING:
    from studio.bootstrap import StartRequest, Studio


def command(
    execution: Annotated[
        list[str], typer.Argument(metavar="ID...", help="An id, its beginning, or `last`; several run side by side")
    ],
    start: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="NODE",
            help="Run this node, or from its item NODE[3] on, and what follows; reuse what is before",
        ),
    ] = None,
    failed_items: Annotated[
        bool,
        typer.Option("--failed", help="Run only what failed, items of maps too, under the same idempotency keys"),
    ] = False,
    file: Annotated[
        Path | None, typer.Option("--file", metavar="FILE", help="Take this version instead of the one that ran")
    ] = None,
    input: Annotated[
        list[str] | None, typer.Option("--input", "-i", metavar="NAME=VALUE", help="Change an input")
    ] = None,
    set: Annotated[
        list[str] | None, typer.Option("--set", metavar="NODE.PARAM=VALUE", help="Set a param, as with `studio run`")
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
    """Run an execution again as a new one: from its start or from a node, on the version that ran or a newer file.

    Effects get new idempotency keys, except with --failed, where what failed is retried under the old ones. Output and
    exit codes as with `studio run`; of several executions, all are accepted or none, and each gets a line.
    """
    from studio.bootstrap import ReplayOptions, split_assignment

    voice = Voice(lang)
    if server is not None:
        from studio.cli.remote.run import replay

        refuse_with_server({"--file": file, "--set": set})
        return replay(
            server, execution, voice, start=start, failed=failed_items, on=on,
            inputs=[split_assignment(one, "--input") for one in input or []], wait=patience(wait), as_json=json,
        )  # fmt: skip
    refuse_without_server({"--on": on})
    settings = settings_from(data=data, db=db, allow_path=allow_path, allow_host=allow_host, lang=voice.lang)
    options = ReplayOptions(
        start=start,
        failed_items=failed_items,
        file=file,
        overrides=[split_assignment(one, "--set") for one in set or []],
        inputs=dict(split_assignment(one, "--input") for one in input or []),
        allow_paths=settings.allow_paths,
        allow_hosts=settings.allow_hosts,
    )

    async def prepare(studio: Studio) -> StartRequest:
        await studio.open()
        return await studio.replays.replay(execution[0], options)

    async def prepare_all(studio: Studio) -> list[StartRequest]:
        return [await studio.replays.replay(one, options) for one in execution]

    if len(execution) == 1:
        return run_request(settings, prepare, voice, wait=wait, as_json=json)
    return run_requests(settings, prepare_all, voice, wait=wait, as_json=json)
