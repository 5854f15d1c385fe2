"""``executions show`` on a server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any, NamedTuple

from studio.cli._say import Voice
from studio.cli._terminal import json_text, shown_seconds, shown_time, write, write_json
from studio.cli.executions_show import value_text, waterfall
from studio.cli.remote.connection import on_server
from studio.cli.remote.ending import Ending, ending_json, read_ending, waiting, waits_json
from studio.cli.remote.finding import execution_id, microseconds
from studio.client import Missing
from studio.domain.status import NodeStatus

if TYPE_CHECKING:
    from studio.bootstrap import Bar
    from studio.client import Client
    from studio.client.models import BarOut


class _Shown(NamedTuple):
    ending: Ending
    bars: list[Bar]
    outputs: dict[str, Any]
    errors: dict[str, Any]


def show(server: str, voice: Voice, execution: str, *, values: bool, as_json: bool) -> int:
    """One execution: its nodes as a waterfall, its output or error, and why it waits."""

    async def work(client: Client) -> _Shown:
        detail = await client.show_execution(await execution_id(client, execution))
        ending = await read_ending(client, detail, nodes=as_json)
        lines = [_bar(one) async for one in _timeline(client, detail["id"])]
        found = _Shown(ending, sorted(lines, key=lambda bar: (bar.start, bar.path)), {}, {})
        if values:
            await _read_values(client, detail["id"], found)
        return found

    shown = on_server(server, voice.lang, work)
    detail, ending = shown.ending.detail, shown.ending
    if as_json:
        facts = {**ending_json(ending), "workflow": detail["workflow"]}
        facts["usage"] = {"tokens": detail["tokens"], "cost": detail["cost"]}
        if not ending.over:
            facts["waits"] = waits_json(ending, voice)
        write_json({**facts, "outputs": shown.outputs, "errors": shown.errors} if values else facts)
        return 0
    took = f"  {shown_seconds(detail['seconds'])}" if detail["seconds"] else ""
    accepted = shown_time(microseconds(detail["accepted_at"]))
    status = voice.say("status." + detail["status"])
    write(f"{detail['id']}  {detail['workflow']}\n{status}{took}  {accepted}\n\n")
    write(waterfall(shown.bars, voice))
    write(_end(ending, voice))
    for path, value in shown.outputs.items():
        write(value_text(path, value))
    return 0


async def _timeline(client: Client, id: str) -> AsyncIterator[BarOut]:
    cursor: str | None = None
    while True:
        page = await client.show_timeline(id, cursor=cursor, limit=200)
        for one in page["items"]:
            yield one
        cursor = page.get("next")
        if cursor is None:
            return


def _bar(one: BarOut) -> Bar:
    from studio.bootstrap import Bar

    return Bar(
        one["path"], NodeStatus(one["status"]), start=round((one["start"] or 0.0) * 1e6),
        duration=round(one["seconds"] * 1e6), waited=round(one["waited"] * 1e6), attempts=one["attempts"],
        error=one["error_code"],
    )  # fmt: skip


async def _read_values(client: Client, id: str, found: _Shown) -> None:
    """Outputs and errors of the node runs outside maps."""
    for bar in found.bars:
        if bar.status is NodeStatus.SUCCEEDED:
            try:
                found.outputs[bar.path] = await client.whole_value(id, bar.path)
            except Missing:
                continue  # a turn of a loop, whose values are not kept
        elif bar.status is NodeStatus.FAILED:
            found.errors[bar.path] = (await client.show_attempts(id, path=bar.path))["error"]


def _end(ending: Ending, voice: Voice) -> str:
    error = ending.detail["error"]
    if not ending.over:
        return f"\n{waiting(ending, voice)}\n"
    if error is not None:
        place = f" ({error['node']})" if error["node"] else ""
        return f"\n{error['message']}{place}\n"
    return f"\n{json_text(ending.output, pretty=True)}\n" if ending.output is not None else ""
