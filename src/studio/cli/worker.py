"""``studio worker``: run executions until told to stop."""

from __future__ import annotations

from studio.cli._options import (
    AllowHostOption,
    AllowPathOption,
    DataOption,
    DbOption,
    DebugOption,
    LangOption,
    settings_from,
)
from studio.cli._process import run_driving, started
from studio.cli._say import Voice
from studio.cli._terminal import write_line


def command(
    data: DataOption = None,
    db: DbOption = None,
    allow_path: AllowPathOption = None,
    allow_host: AllowHostOption = None,
    lang: LangOption = None,
    debug: DebugOption = False,
) -> int:
    """Start a worker, which runs executions until it is told to stop.

    SIGTERM and Ctrl-C hand over what is unfinished. One worker at a time drives a data folder with SQLite; on Postgres
    any number of them share the work.
    """
    from studio.bootstrap import Studio, server_settings, work

    voice = Voice(lang)
    settings = settings_from(data=data, db=db, allow_path=allow_path, allow_host=allow_host, lang=voice.lang)
    chosen = server_settings(settings.data, {})

    def announce() -> None:
        started()
        write_line(voice.say("cli.working"))

    async def run() -> None:
        async with Studio(settings) as studio:
            await work(studio, chosen, announce)

    run_driving(run())
    return 0
