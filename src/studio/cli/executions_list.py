"""``studio executions list``."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from studio.cli._options import DataOption, DbOption, DebugOption, JsonOption, LangOption, ServerOption, settings_from
from studio.cli._say import Voice
from studio.cli._terminal import shown_seconds, shown_time, table, write, write_json


def command(
    status: Annotated[
        list[str] | None, typer.Option("--status", metavar="STATUS", help="Only these; may be given several times")
    ] = None,
    workflow: Annotated[
        str | None, typer.Option("--workflow", metavar="NAME", help="Only this workflow; on a server its key or id")
    ] = None,
    tag: Annotated[str | None, typer.Option("--tag", metavar="TAG", help="Only with this tag")] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="TIME", help="Not older than this: 2h, 1d or an ISO 8601 time")
    ] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="TIME", help="Older than this: the same")] = None,
    before: Annotated[
        str | None, typer.Option("--before", metavar="ID", help="Older than this one: the last of the page before")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, max=10_000, help="How many")] = 20,
    data: DataOption = None,
    db: DbOption = None,
    server: ServerOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """List executions, newest first."""
    from studio.bootstrap import Studio

    voice = Voice(lang)
    if server is not None:
        from studio.cli.remote.executions import list_executions

        return list_executions(
            server, voice, status=status or [], workflow=workflow, tag=tag, since=since, until=until, before=before,
            limit=limit, as_json=json,
        )  # fmt: skip

    async def read() -> list[dict[str, object]]:
        async with Studio(settings_from(data=data, db=db, lang=voice.lang)) as studio:
            await studio.open()
            rows = await studio.executions.list(
                status=status or (), workflow=workflow, tag=tag, before=before, since=since, until=until, limit=limit
            )
            return [
                {
                    "id": row.id,
                    "workflow": row.workflow_name,
                    "status": str(row.status),
                    "reason": row.reason,
                    "mode": row.mode,
                    "trigger": row.trigger,
                    "accepted_at": row.accepted_at,
                    "ended_at": row.ended_at,
                    "wake_at": row.wake_at,
                    "error": row.error_code,
                    "parent": row.parent_id,
                    "tags": row.tags,
                    "held": row.held,
                }
                for row in rows
            ]

    found = asyncio.run(read())
    if json:
        write_json({"executions": found})
        return 0
    head = [voice.say(f"cli.column.{name}") for name in ("id", "status", "accepted", "took", "workflow")]
    write(table([_row(one, voice) for one in found], head) if found else voice.say("cli.no_executions") + "\n")
    return 0


def _row(one: dict[str, object], voice: Voice) -> list[str]:
    accepted, ended = one["accepted_at"], one["ended_at"]
    took = ""
    if isinstance(accepted, int) and isinstance(ended, int):
        took = shown_seconds((ended - accepted) / 1e6)
    shown_at = shown_time(accepted) if isinstance(accepted, int) else ""
    return [str(one["id"]), voice.say(f"status.{one['status']}"), shown_at, took, str(one["workflow"])]
