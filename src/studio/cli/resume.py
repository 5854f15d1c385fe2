"""``studio resume``: take up what was left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli._options import DataOption, DbOption, DebugOption, JsonOption, LangOption, settings_from
from studio.cli._process import started
from studio.cli._running import patience
from studio.cli._say import Voice
from studio.cli._several import run_several

if TYPE_CHECKING:
    from studio.bootstrap import ExecutionResult, Studio


def command(
    wait: Annotated[
        str | None, typer.Option("--wait", metavar="60s", help="Also wait for timers that are due within this time")
    ] = None,
    data: DataOption = None,
    db: DbOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """Take up every unfinished execution whose owner is gone and run it to its end, or until it waits.

    Also runs what is queued, what a signal or a timer has woken, and what was cancelled meanwhile. Exit code: 0 all
    succeeded (or there was nothing to do), 1 one failed, 3 one waits. Ctrl-C hands everything over again.
    """
    voice = Voice(lang)
    settings = settings_from(data=data, db=db, lang=voice.lang)
    seconds = patience(wait)[0] if wait is not None else 0.0

    async def resume(studio: Studio) -> list[ExecutionResult]:
        started()
        await studio.driver.start()
        return await studio.engine.resume_all(wait=seconds)

    return run_several(settings, resume, voice, as_json=json)
