"""``studio worker``: run executions until told to stop."""

from __future__ import annotations

from typing import Annotated

import typer

from studio.cli._options import (
    AllowHostOption,
    AllowPathOption,
    DataOption,
    DbOption,
    DebugOption,
    LangOption,
    settings_from,
)
from studio.cli._process import run_service, started
from studio.cli._say import Voice
from studio.cli._terminal import write_line


def command(
    worker_host: Annotated[
        str | None,
        typer.Option(
            "--worker-host",
            metavar="ADDRESS",
            help="Address for /healthz, /readyz and /metrics; STUDIO_WORKER_HOST, else 127.0.0.1",
        ),
    ] = None,
    worker_port: Annotated[
        int | None,
        typer.Option(
            "--worker-port", metavar="N", help="Port for them; STUDIO_WORKER_PORT, else none; 0: any free one"
        ),
    ] = None,
    data: DataOption = None,
    db: DbOption = None,
    allow_path: AllowPathOption = None,
    allow_host: AllowHostOption = None,
    lang: LangOption = None,
    debug: DebugOption = False,
) -> int:
    """Start a worker, which runs executions until it is told to stop.

    SIGTERM and Ctrl-C hand over what is unfinished. One worker at a time drives a data folder with SQLite; on Postgres
    any number of them share the work. With --worker-port it answers /healthz, /readyz and /metrics.
    """
    from studio.bootstrap import Studio, server_settings, work

    voice = Voice(lang)
    settings = settings_from(data=data, db=db, allow_path=allow_path, allow_host=allow_host, lang=voice.lang)
    chosen = server_settings(settings.data, {"worker_host": worker_host, "worker_port": worker_port})

    def announce(url: str | None) -> None:
        started()
        write_line(voice.say("cli.working") if url is None else voice.say("cli.working_at", url=url))

    async def run() -> None:
        async with Studio(settings) as studio:
            await work(studio, chosen, announce)

    run_service(run())
    return 0
