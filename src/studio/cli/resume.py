"""``studio resume``: take up what was left behind."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from studio.cli._errors import show_stopped
from studio.cli._following import Outcome, Stopped, stoppable
from studio.cli._options import DataOption, DbOption, DebugOption, JsonOption, LangOption, settings_from
from studio.cli._process import run_driving, started
from studio.cli._running import EXIT_WAITING, patience, result_json, result_line, waits_json
from studio.cli._say import Voice
from studio.cli._terminal import write, write_json


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
    from studio.bootstrap import Studio

    voice = Voice(lang)
    settings = settings_from(data=data, db=db, lang=voice.lang)
    seconds = patience(wait)[0] if wait is not None else 0.0

    async def resume() -> list[Outcome]:
        async with Studio(settings) as studio:
            await studio.open()
            started()
            await studio.driver.start()
            results = await stoppable(studio.engine.resume_all(wait=seconds))
            return [Outcome(one, await studio.present(one.output)) for one in results]

    try:
        outcomes = run_driving(resume())
    except Stopped as stopped:
        show_stopped(voice, as_json=json)
        return stopped.code
    if json:
        write_json({"executions": [_facts(one, voice) for one in outcomes]})
    else:
        write("".join(result_line(one, voice) + "\n" for one in outcomes) or voice.say("cli.nothing_left") + "\n")
    statuses = {one.result.status.value for one in outcomes}
    if statuses & {"failed", "cancelled", "dead"}:
        return 1
    return 0 if statuses <= {"succeeded"} else EXIT_WAITING


def _facts(outcome: Outcome, voice: Voice) -> dict[str, Any]:
    shown = result_json(outcome, voice)
    return shown if outcome.result.status.terminal else {**shown, "waits": waits_json(outcome.result, voice)}
