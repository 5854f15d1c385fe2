"""``executions list``, ``show``, ``export``, and what is sent to executions, on a server."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.cli._say import Voice
from studio.cli._terminal import (
    json_text,
    shown_seconds,
    shown_time,
    table,
    write,
    write_as_it_is,
    write_error,
    write_json,
)
from studio.cli.remote.connection import on_server
from studio.cli.remote.finding import execution_id, microseconds, written
from studio.domain.errors import UserError
from studio.domain.status import ExecutionStatus

if TYPE_CHECKING:
    from studio.client import Client
    from studio.client.models import ExecutionOut


def list_executions(
    server: str,
    voice: Voice,
    *,
    status: Sequence[str],
    workflow: str | None,
    tag: str | None,
    since: str | None,
    until: str | None,
    before: str | None,
    limit: int,
    as_json: bool,
) -> int:
    """The newest executions."""
    known = ", ".join(ExecutionStatus)
    for name in status:
        if name not in set(ExecutionStatus):
            raise UserError("cli.status", "There is no status {name}; there are {known}.", name=name, known=known)

    async def work(client: Client) -> list[ExecutionOut]:
        found: list[ExecutionOut] = []
        async for one in client.iter_executions(
            status=list(status) or None,  # pyright: ignore[reportArgumentType] - looked at above
            workflow=workflow, tag=tag, since=moment_there(since, "--since"), until=moment_there(until, "--until"),
            before=before, limit=min(200, limit),
        ):  # fmt: skip
            found.append(one)
            if len(found) == limit:
                break
        return found

    found = [_facts(one) for one in on_server(server, voice.lang, work)]
    if as_json:
        write_json({"executions": found})
        return 0
    head = [voice.say(f"cli.column.{name}") for name in ("id", "status", "accepted", "took", "workflow")]
    write(table([_row(one, voice) for one in found], head) if found else voice.say("cli.no_executions") + "\n")
    return 0


def moment_there(text: str | None, option: str) -> str | None:
    """A moment as a person writes it, as the API takes it."""
    from studio.bootstrap import read_moment

    return None if text is None else written(-(-read_moment(text, option, time.time_ns() // 1000) // 1000))


def _facts(one: ExecutionOut) -> dict[str, Any]:
    """What the same command prints of executions on this machine."""
    return {
        "id": one["id"], "workflow": one["workflow"], "status": one["status"], "reason": one["reason_code"],
        "mode": one["mode"], "trigger": one["trigger"], "accepted_at": microseconds(one["accepted_at"]),
        "ended_at": microseconds(one["ended_at"]), "wake_at": microseconds(one["wake_at"]),
        "error": one["error_code"], "parent": one["parent"], "tags": one["tags"], "held": one["held"],
    }  # fmt: skip


def _row(one: dict[str, Any], voice: Voice) -> list[str]:
    took = shown_seconds((one["ended_at"] - one["accepted_at"]) / 1e6) if one["ended_at"] is not None else ""
    return [one["id"], voice.say(f"status.{one['status']}"), shown_time(one["accepted_at"]), took, one["workflow"]]


def act(
    server: str,
    voice: Voice,
    execution: str,
    send: Callable[[Client, str], Awaitable[ExecutionOut]],
    *,
    as_json: bool,
) -> int:
    """Send something to an execution, and say that it is stored."""

    async def work(client: Client) -> ExecutionOut:
        return await send(client, await execution_id(client, execution))

    done = on_server(server, voice.lang, work)
    if as_json:
        write_json({"execution_id": done["id"], "accepted": True, "driven": True})
    else:
        write(voice.say("cli.accepted_driven", id=done["id"]) + "\n")
    return 0


def export(server: str, voice: Voice, execution: str, *, file: Path | None, pretty: bool) -> int:
    """Everything known about an execution."""

    async def work(client: Client) -> dict[str, Any]:
        return await client.export_execution(await execution_id(client, execution))

    text = json_text(on_server(server, voice.lang, work), pretty=pretty)
    if file is None:
        write_as_it_is(text + "\n")
        return 0
    file.write_text(text + "\n", encoding="utf-8")
    write_error(voice.say("cli.written", path=str(file)) + "\n")
    return 0
