"""Driving several executions, and what is printed of them: a line each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any

from studio.cli._errors import show_stopped
from studio.cli._following import Outcome, Stopped, stoppable
from studio.cli._process import run_driving, started
from studio.cli._running import EXIT_WAITING, patience, result_json, result_line, waits_json
from studio.cli._say import Voice
from studio.cli._terminal import write, write_json

if TYPE_CHECKING:
    from studio.bootstrap import ExecutionResult, Settings, StartRequest, Studio


def run_requests(
    settings: Settings,
    make: Callable[[Studio], Awaitable[Sequence[StartRequest]]],
    voice: Voice,
    *,
    wait: str | None,
    as_json: bool,
) -> int:
    """Accept all requests, run them side by side, and print how each ended; returns the exit code.

    Nothing is accepted where one of them cannot be made.
    """
    seconds, patient = patience(wait)

    async def drive(studio: Studio) -> list[ExecutionResult]:
        requests = await make(studio)
        started()
        await studio.driver.try_start()
        ids = [await studio.engine.submit(request) for request in requests]
        return [await studio.driver.wait(id, timeout=seconds, patient=patient) for id in ids]

    return run_several(settings, drive, voice, as_json=as_json)


def run_several(
    settings: Settings,
    work: Callable[[Studio], Coroutine[Any, Any, list[ExecutionResult]]],
    voice: Voice,
    *,
    as_json: bool,
) -> int:
    """Do work that leads to several results, and print them; Ctrl-C hands over what is unfinished."""
    from studio.bootstrap import Studio

    async def drive() -> list[Outcome]:
        async with Studio(settings) as studio:
            await studio.open()
            results = await stoppable(work(studio))
            return [Outcome(one, await studio.present(one.output)) for one in results]

    try:
        outcomes = run_driving(drive())
    except Stopped as stopped:
        show_stopped(voice, as_json=as_json)
        return stopped.code
    if as_json:
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
