"""Following an execution from the command line: progress, Ctrl-C, and what is printed at its end."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from studio.cli._errors import EXIT_FAILED, EXIT_INVALID, located_problems, problem_json, show_failure
from studio.cli._progress import Lines, Silent, View
from studio.cli._say import Voice
from studio.cli._terminal import colours, shorten, shown_seconds, shown_time, write, write_error, write_json
from studio.domain.durations import parse_duration
from studio.domain.errors import StudioError, UserError, WorkflowInvalid
from studio.domain.phrases import reason_of

if TYPE_CHECKING:
    from studio.bootstrap import ExecutionResult, Settings, StartRequest, Studio

T = TypeVar("T")
EXIT_WAITING = 3
EXIT_LEFT = 130
EXIT_TERMINATED = 143
_TIMERS_WITHIN = 10.0


@dataclass(slots=True)
class Outcome:
    """Where an execution stood when it was left. ``output`` is plain JSON."""

    result: ExecutionResult
    output: Any
    handed_over: bool = False


def patience(written: str | None) -> tuple[float, bool]:
    """Seconds to wait, and whether for signals too, from what ``--wait`` says.

    Raises:
        UserError: It is no duration.
    """
    if written is None:
        return _TIMERS_WITHIN, False
    try:
        return parse_duration(written), True
    except ValueError as error:
        raise UserError("cli.wait", "--wait: {reason}.", reason=reason_of(error)).at(param="--wait") from error


def run_request(
    settings: Settings,
    make: Callable[[Studio], Awaitable[StartRequest]],
    voice: Voice,
    *,
    wait: str | None,
    as_json: bool,
    debug: bool,
) -> int:
    """Make a request, run it and print how it ended; returns the exit code.

    With ``as_json`` what was not accepted becomes an object on stdout too, so that there is always exactly one.
    """
    from studio.bootstrap import Studio

    async def drive() -> Outcome:
        async with Studio(settings) as studio:
            seconds, patient = patience(wait)
            request = await make(studio)
            await studio.open()
            return await follow(studio, request, voice, seconds=seconds, patient=patient, quiet=as_json)

    try:
        return show_outcome(asyncio.run(drive()), voice, as_json=as_json)
    except StudioError as error:
        if not as_json or debug:
            raise
        return show_refused(error, voice)


async def stoppable(work: Coroutine[Any, Any, T]) -> T | None:
    """The result of ``work``; None where Ctrl-C or SIGTERM came first."""
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        return None
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


async def follow(
    studio: Studio, request: StartRequest, voice: Voice, *, seconds: float, patient: bool, quiet: bool
) -> Outcome:
    """Accept an execution and stay with it until it ends, or waits beyond what we wait for."""
    await studio.driver.try_start()
    execution_id = await studio.engine.submit(request)
    view = _view(request.workflow.nodes, voice, quiet=quiet)
    watching = asyncio.create_task(_watch(studio, execution_id, view))
    waiting = asyncio.create_task(studio.driver.wait(execution_id, timeout=seconds, patient=patient))
    try:
        with _interrupts(studio, execution_id, waiting, voice):
            result = await waiting
        if result.status.terminal:
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(watching), 1.0)
        return Outcome(result, await studio.present(result.output))
    except asyncio.CancelledError:
        if not waiting.cancelled():
            raise
        await studio.driver.stop()
        return Outcome(await studio.executions.result(execution_id), None, handed_over=True)
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError, StudioError):
            await watching
        view.close()


async def _watch(studio: Studio, execution_id: str, view: View) -> None:
    async for event in studio.engine.events(execution_id):
        view.show(event)


def _view(ids: Any, voice: Voice, *, quiet: bool) -> View:
    if quiet:
        return Silent()
    if colours():
        from studio.cli._live import LiveList

        return LiveList(ids, voice)
    return Lines(ids, voice)


@contextmanager
def _interrupts(
    studio: Studio, execution_id: str, waiting: asyncio.Task[ExecutionResult], voice: Voice
) -> Generator[None]:
    """First Ctrl-C: cancel durably and go on until that has taken effect. Second: leave. SIGTERM: hand over."""
    loop = asyncio.get_running_loop()
    cancels: list[asyncio.Task[Any]] = []

    def interrupted() -> None:
        if cancels:
            write_error("\n" + voice.say("cli.left", id=execution_id) + "\n")
            os._exit(EXIT_LEFT)
        write_error("\n" + voice.say("cli.cancelling") + "\n")
        cancels.append(loop.create_task(studio.engine.post(execution_id, "cancel", {"reason": "interrupted"})))

    loop.add_signal_handler(signal.SIGINT, interrupted)
    loop.add_signal_handler(signal.SIGTERM, waiting.cancel)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


def result_json(outcome: Outcome, voice: Voice) -> dict[str, Any]:
    """The one object that ``--json`` prints."""
    result = outcome.result
    error = result.error
    shown: dict[str, Any] = {
        "execution_id": result.execution_id,
        "status": str(result.status),
        "output": outcome.output,
        "error": None,
        "seconds": round(result.seconds, 6),
        "nodes": {
            path: {"status": str(node.status), "seconds": round(node.seconds, 6), "attempts": node.attempts}
            for path, node in result.nodes.items()
        },
    }
    if error is not None:
        message = voice.sentence(error.code, error.template or error.message, error.args)
        shown["error"] = {"code": error.code, "message": message, "node": error.node, "param": error.param}
    if not result.status.terminal:
        shown["reason"] = waiting_text(result, voice)
    return shown


def result_line(outcome: Outcome, voice: Voice) -> str:
    """How one execution of several stands, on a line."""
    result, error = outcome.result, outcome.result.error
    note = ""
    if error is not None:
        note = voice.sentence(error.code, error.template or error.message, error.args)
    elif not result.status.terminal:
        note = waiting_text(result, voice)
    return f"{result.execution_id}  {voice.say(f'status.{result.status}')}  {shorten(note, 120)}".rstrip()


def show_outcome(outcome: Outcome, voice: Voice, *, as_json: bool) -> int:
    """Print how it ended; returns the exit code."""
    if as_json:
        write_json(result_json(outcome, voice))
    else:
        _show_for_people(outcome, voice)
    if outcome.handed_over:
        return EXIT_TERMINATED
    if not outcome.result.status.terminal:
        return EXIT_WAITING
    return 0 if outcome.result.status.value == "succeeded" else EXIT_FAILED


def _show_for_people(outcome: Outcome, voice: Voice) -> None:
    result, error = outcome.result, outcome.result.error
    if outcome.handed_over:
        write_error(voice.say("cli.handed_over", id=result.execution_id) + "\n")
        return
    if not result.status.terminal:
        write_error(f"{waiting_text(result, voice)}\n  → {_next_step(result, voice)}\n")
        return
    if error is not None:
        message = voice.sentence(error.code, error.template or error.message, error.args)
        show_failure(
            message, error.code, error.node, error.param, voice, as_json=False, execution_id=result.execution_id
        )
    show_value(outcome.output)
    sys.stdout.flush()
    status = voice.say(f"status.{result.status}")
    write_error(f"{status} · {shown_seconds(result.seconds)} · {result.execution_id}\n")


def show_value(value: Any) -> None:
    """Text as it is, anything else as indented JSON; nothing for null."""
    if isinstance(value, str):
        write(value if value.endswith("\n") else value + "\n")
    elif value is not None:
        write_json(value, pretty=True)


def waiting_text(result: ExecutionResult, voice: Voice) -> str:
    """Why an execution waits, and until when."""
    if result.reason is None:
        return voice.say(f"status.{result.status}")
    known = {"node": (result.reason_args or [""])[0], "name": (result.reason_args or [""])[-1]}
    return voice.say(result.reason, until=shown_time(result.wake_at), **known)


def _next_step(result: ExecutionResult, voice: Voice) -> str:
    kind = (result.reason or "").removeprefix("wait.")
    node, name = (result.reason_args or ["NODE"])[0], (result.reason_args or ["NAME"])[-1]
    key = f"cli.next.{kind}" if kind in ("approval", "signal", "in_doubt") else "cli.next.resume"
    return voice.say(key, id=result.execution_id, node=node, name=name)


def show_refused(error: StudioError, voice: Voice) -> int:
    """The one object of ``--json`` for what was not accepted; returns the exit code."""
    invalid = isinstance(error, WorkflowInvalid)
    shown: dict[str, Any] = {
        "execution_id": None,
        "status": "invalid" if invalid else "failed",
        "output": None,
        "error": {"code": error.code, "message": voice.error(error), "node": error.node, "param": error.param},
        "seconds": 0.0,
        "nodes": {},
    }
    if isinstance(error, WorkflowInvalid):
        shown["problems"] = [problem_json(path, one, voice) for path, one in located_problems(error)]
    write_json(shown)
    return EXIT_INVALID if invalid else EXIT_FAILED
