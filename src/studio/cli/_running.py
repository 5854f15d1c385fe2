"""Running a request from the command line, and what is printed at its end."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

from studio.cli._errors import (
    EXIT_FAILED,
    show_failure,
)
from studio.cli._following import EXIT_TERMINATED, Outcome, follow
from studio.cli._process import run_driving, started
from studio.cli._say import Voice
from studio.cli._terminal import (
    shorten,
    shown_seconds,
    shown_time,
    write_as_it_is,
    write_error,
    write_error_json,
    write_json,
)
from studio.domain.durations import parse_duration
from studio.domain.errors import UserError
from studio.domain.phrases import reason_of

if TYPE_CHECKING:
    from studio.bootstrap import ExecutionResult, NodeSummary, Settings, StartRequest, Studio

T = TypeVar("T")
EXIT_WAITING = 3
_TIMERS_WITHIN = 10.0
MOST_INSIDE = 1000
"""Up to so many node runs inside items and turns are listed by themselves."""


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
) -> int:
    """Make a request, run it and print how it ended; returns the exit code.

    What was not accepted is raised; with ``--json`` it becomes an object on stdout too (see ``_errors.report``).
    """
    from studio.bootstrap import Studio

    async def drive() -> Outcome:
        async with Studio(settings) as studio:
            seconds, patient = patience(wait)
            request = await make(studio)
            await studio.open()
            started()
            return await follow(studio, request, voice, seconds=seconds, patient=patient, quiet=as_json)

    return show_outcome(run_driving(drive()), voice, as_json=as_json)


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
            for path, node in shown_nodes(result).items()
        },
    }
    if error is not None:
        message = voice.sentence(error.code, error.template or error.message, error.args)
        shown["error"] = {"code": error.code, "message": message, "node": error.node, "param": error.param}
    return shown


def shown_nodes(result: ExecutionResult) -> dict[str, NodeSummary]:
    """Node runs by path. Those inside items and turns only while they are few enough to be read."""
    inside = sum(1 for path in result.nodes if "[" in path)
    if inside <= MOST_INSIDE:
        return result.nodes
    return {path: node for path, node in result.nodes.items() if "[" not in path}


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
        if not outcome.result.status.terminal:
            write_error_json({"waits": waits_json(outcome.result, voice)})
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
        write_as_it_is(value if value.endswith("\n") else value + "\n")
    elif value is not None:
        write_json(value, pretty=True)


def waiting_text(result: ExecutionResult, voice: Voice) -> str:
    """Why an execution waits, and until when."""
    if result.reason is None:
        return voice.say("wait.queued" if result.status.value == "queued" else f"status.{result.status}")
    known = {"node": (result.reason_args or [""])[0], "name": (result.reason_args or [""])[-1]}
    return voice.say(result.reason, until=shown_time(result.wake_at), **known)


def waits_json(result: ExecutionResult, voice: Voice) -> dict[str, Any]:
    """Why an execution waits, for programs: what it waits for, at which node, until when, and the sentence."""
    kind = (result.reason or "").removeprefix("wait.") or str(result.status)
    node = result.reason_args[0] if result.reason_args else None
    return {"for": kind, "node": node, "wake_at": result.wake_at, "message": waiting_text(result, voice)}


def _next_step(result: ExecutionResult, voice: Voice) -> str:
    kind = (result.reason or "").removeprefix("wait.")
    node, name = (result.reason_args or ["NODE"])[0], (result.reason_args or ["NAME"])[-1]
    key = f"cli.next.{kind}" if kind in ("approval", "signal", "in_doubt") else "cli.next.resume"
    return voice.say(key, id=result.execution_id, node=node, name=name)
