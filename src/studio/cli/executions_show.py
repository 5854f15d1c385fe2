"""``studio executions show``."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, Any

import typer

from studio.cli._following import Outcome
from studio.cli._options import DataOption, DbOption, DebugOption, JsonOption, LangOption, ServerOption, settings_from
from studio.cli._running import result_json, waiting_text, waits_json
from studio.cli._say import Voice
from studio.cli._terminal import json_text, shorten, shown_seconds, shown_time, write, write_json

if TYPE_CHECKING:
    from studio.bootstrap import Bar, History

_BAR_WIDTH = 32
_VALUE_WIDTH = 2000
_MOST_INSIDE = 40


def command(
    execution: Annotated[str, typer.Argument(metavar="ID", help="An id, its beginning, or `last`")],
    values: Annotated[
        bool, typer.Option("--values", help="Show input, every node's output, and errors in full")
    ] = False,
    data: DataOption = None,
    db: DbOption = None,
    server: ServerOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """Show one execution: its nodes as a waterfall, its output or error, and why it waits."""
    from studio.bootstrap import Studio, bars

    voice = Voice(lang)
    if server is not None:
        from studio.cli.remote.showing import show

        return show(server, voice, execution, values=values, as_json=json)

    async def read() -> tuple[History, Outcome, dict[str, Any], dict[str, Any]]:
        async with Studio(settings_from(data=data, db=db, lang=voice.lang)) as studio:
            await studio.open()
            history = await studio.executions.history(execution)
            outputs = await history.outputs() if values else {}
            shown = {path: await studio.present(value) for path, value in outputs.items()}
            errors: dict[str, Any] = (await studio.mask()).plain(history.errors()) if values else {}
            told = await studio.told(history.result)
            return history, Outcome(told, await studio.present(history.result.output)), shown, errors

    history, outcome, outputs, errors = asyncio.run(read())
    if json:
        shown = {**result_json(outcome, voice), "workflow": history.row.workflow_name}
        shown["usage"] = {"tokens": history.result.tokens, "cost": history.result.cost}
        if not history.result.status.terminal:
            shown["waits"] = waits_json(history.result, voice)
        write_json({**shown, "outputs": outputs, "errors": errors} if values else shown)
        return 0
    write(_head(history, voice))
    write(waterfall(bars(history), voice))
    write(_end(outcome, voice))
    for path, value in outputs.items():
        write(value_text(path, value))
    return 0


def value_text(path: str, value: Any) -> str:
    """A node run's output, cut to what can be read."""
    return f"\n{path}\n  {shorten(json_text(value), _VALUE_WIDTH)}\n"


def _head(history: History, voice: Voice) -> str:
    row, result = history.row, history.result
    # Less than the clock tells is a time too.
    took = f"  {shown_seconds(result.seconds)}" if result.seconds or row.status.terminal else ""
    status = voice.say(f"status.{row.status}")
    return f"{row.id}  {row.workflow_name}\n{status}{took}  {shown_time(row.accepted_at)}\n\n"


def waterfall(found: list[Bar], voice: Voice) -> str:
    """Node runs on a common time axis, a line each."""
    if not found:
        return ""
    end = max((bar.start + bar.duration + bar.waited for bar in found), default=0) or 1
    shown, left_out = _readable(found)
    width = max(len(bar.path) for bar in shown)
    statuses = {bar.path: voice.say(f"status.{bar.status}") for bar in shown}
    status_width = max(map(len, statuses.values()))
    lines = [
        f"  {bar.path:<{width}}  {statuses[bar.path]:<{status_width}}  "
        f"{_took(bar):>8}  {_drawn(bar, end)}  {_notes(bar, voice)}".rstrip()
        for bar in shown
    ]
    if left_out:
        lines.append("  " + voice.say("cli.more_inside", count=left_out))
    return "\n".join(lines) + "\n"


def _readable(found: list[Bar]) -> tuple[list[Bar], int]:
    """What is worth a line: everything, or of many items and turns only the first that did not succeed."""
    inside = [bar for bar in found if "[" in bar.path]
    if len(inside) <= _MOST_INSIDE:
        return found, 0
    telling = [bar for bar in inside if bar.status.value not in ("succeeded", "skipped")][:_MOST_INSIDE]
    kept = {bar.path for bar in telling}
    shown = [bar for bar in found if "[" not in bar.path or bar.path in kept]
    return shown, len(found) - len(shown)


def _took(bar: Bar) -> str:
    spent = bar.duration + bar.waited
    return shown_seconds(spent / 1e6) if spent or bar.status.value == "succeeded" else ""


def _drawn(bar: Bar, end: int) -> str:
    """A bar on the common time axis; the part spent waiting is light."""
    spent = bar.duration + bar.waited
    first = min(_BAR_WIDTH - 1, bar.start * _BAR_WIDTH // end)
    length = max(1, round(spent * _BAR_WIDTH / end)) if bar.status.value != "skipped" else 0
    length = min(length, _BAR_WIDTH - first)
    light = round(length * bar.waited / spent) if spent else 0
    return (" " * first + "░" * light + "█" * (length - light)).ljust(_BAR_WIDTH)


def _notes(bar: Bar, voice: Voice) -> str:
    parts: list[str] = []
    if bar.items:
        parts.append(voice.say("cli.items", count=bar.items))
    if bar.turns:
        parts.append(voice.say("cli.turns", count=bar.turns))
    if bar.failed_items:
        parts.append(voice.say("cli.items_failed", count=bar.failed_items))
    if bar.attempts > 1:
        parts.append(voice.say("cli.attempts", count=bar.attempts))
    if bar.status.value == "skipped" and bar.note:
        parts.append(voice.say(f"skipped.{bar.note}"))
    elif bar.note:
        parts.append(bar.note)
    parts += [bar.error] if bar.error else []
    return shorten("  ".join(parts), 80)


def _end(outcome: Outcome, voice: Voice) -> str:
    result, error = outcome.result, outcome.result.error
    if not result.status.terminal:
        return f"\n{waiting_text(result, voice)}\n"
    if error is not None:
        place = f" ({error.node})" if error.node else ""
        return f"\n{voice.sentence(error.code, error.template or error.message, error.args)}{place}\n"
    return f"\n{json_text(outcome.output, pretty=True)}\n" if outcome.output is not None else ""
