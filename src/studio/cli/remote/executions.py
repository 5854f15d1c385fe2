"""``executions list``, ``cancel``, ``signal`` and ``export`` on a server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from studio.cli._say import Voice
from studio.cli._terminal import table, write, write_json
from studio.cli.remote.connection import on_server

if TYPE_CHECKING:
    from studio.client import Client
    from studio.client.models import ExecutionOut


def list_executions(
    server: str, voice: Voice, *, status: list[str], workflow: str | None, tag: str | None, limit: int, as_json: bool
) -> int:
    """The newest executions."""

    async def work(client: Client) -> list[ExecutionOut]:
        found: list[ExecutionOut] = []
        cursor: str | None = None
        while len(found) < limit:
            page = await client.list_executions(
                status=status or None,  # pyright: ignore[reportArgumentType] - the server knows which there are
                workflow=workflow, tag=tag, cursor=cursor, limit=min(200, limit - len(found)),
            )  # fmt: skip
            found += page["items"]
            cursor = page.get("next")
            if cursor is None:
                break
        return found

    found = on_server(server, voice.lang, work)
    if as_json:
        write_json({"executions": found})
        return 0
    head = [voice.say(f"cli.column.{name}") for name in ("id", "status", "accepted", "workflow")]
    rows = [[one["id"], voice.say(f"status.{one['status']}"), one["accepted_at"], one["workflow"]] for one in found]
    write(table(rows, head) if rows else voice.say("cli.no_executions") + "\n")
    return 0


def act(server: str, voice: Voice, send: Callable[[Client], Awaitable[ExecutionOut]], *, as_json: bool) -> int:
    """Send something to an execution, and say that it is stored."""
    done = on_server(server, voice.lang, send)
    if as_json:
        write_json({"execution_id": done["id"], "accepted": True, "driven": True})
    else:
        write(voice.say("cli.accepted_driven", id=done["id"]) + "\n")
    return 0


def show(server: str, voice: Voice, execution: str, *, values: bool, as_json: bool) -> int:
    """One execution with its node runs."""

    async def work(client: Client) -> dict[str, Any]:
        detail = await client.show_execution(execution)
        runs = await client.all_node_runs(execution)
        shown: dict[str, Any] = {"execution": detail, "nodes": runs}
        if values:
            shown["inputs"] = await client.whole_value(execution, "$inputs")
        if detail["status"] == "succeeded":
            shown["output"] = await client.whole_value(execution)
        return shown

    shown = on_server(server, voice.lang, work)
    if as_json or values:
        write_json(shown, pretty=not as_json)
        return 0
    detail = shown["execution"]
    write(f"{detail['id']}  {detail['workflow']}\n{voice.say('status.' + detail['status'])}\n\n")
    head = [voice.say(f"cli.column.{name}") for name in ("status", "took", "type")]
    rows = [[voice.say(f"status.{one['status']}"), f"{one['seconds']:.3f} s", one["path"]] for one in shown["nodes"]]
    write(table(rows, head) if rows else "")
    if detail["error"] is not None:
        write(f"\n{detail['error']['message']}\n")
    elif detail["reason"] is not None:
        write(f"\n{detail['reason']['message']}\n")
    return 0
