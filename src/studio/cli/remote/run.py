"""``studio --server URL run WORKFLOW``: start a published workflow on a server and wait for its end."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.cli._errors import EXIT_FAILED, show_failure
from studio.cli._running import EXIT_WAITING, show_value
from studio.cli._say import Voice
from studio.cli._terminal import shown_seconds, write_error, write_json
from studio.cli.remote.connection import on_server

if TYPE_CHECKING:
    from studio.client import Client
    from studio.client.models import ExecutionDetail

TERMINAL = ("succeeded", "failed", "cancelled", "dead")
_RESTING = ("waiting", "paused")
_POLLS = (0.05, 0.1, 0.2, 0.4, 0.8)


def run(
    server: str,
    workflow: str,
    voice: Voice,
    *,
    inputs: Sequence[tuple[str, str]],
    input_file: Path | None,
    wait: tuple[float, bool],
    as_json: bool,
) -> int:
    """Start it, wait, print how it ended; returns the exit code of ``studio run``."""
    from studio.bootstrap import read_input_file, read_value

    async def work(client: Client) -> tuple[ExecutionDetail, Any, dict[str, Any]]:
        kinds = await _input_kinds(client, workflow)
        given = dict(read_input_file(input_file))
        for name, text in inputs:
            # What an input takes as text is not read as JSON, so that 007 stays what it is.
            given[name] = text if kinds.get(name) == "string" else read_value(text, "--input")
        started = await client.start_execution({"workflow": workflow, "inputs": given})
        detail = await _settled(client, started["id"], *wait)
        ended = detail["status"] in TERMINAL
        output = await client.whole_value(detail["id"]) if detail["status"] == "succeeded" else None
        nodes = {
            one["path"]: {"status": one["status"], "seconds": one["seconds"], "attempts": one["attempts"]}
            for one in (await client.all_node_runs(detail["id"]) if ended and as_json else [])
        }
        return detail, output, nodes

    detail, output, nodes = on_server(server, voice.lang, work)
    if as_json:
        write_json(_object(detail, output, nodes))
    else:
        _show(detail, output, voice)
    if detail["status"] not in TERMINAL:
        return EXIT_WAITING
    return 0 if detail["status"] == "succeeded" else EXIT_FAILED


async def _input_kinds(client: Client, workflow: str) -> Mapping[str, Any]:
    head = await client.show_workflow(workflow)
    files = (await client.export_workflow(head["id"], version=head["published"], format="json"))["files"]
    document: dict[str, Any] = json.loads(files[0]["text"])
    return {name: one.get("type") for name, one in document.get("inputs", {}).items()}


async def _settled(client: Client, id: str, seconds: float, patient: bool) -> ExecutionDetail:
    """The execution at its end, or waiting for what does not come in time."""
    waiting_since: float | None = None
    polls = 0
    while True:
        detail = await client.show_execution(id)
        if detail["status"] in TERMINAL:
            return detail
        if detail["status"] not in _RESTING:
            waiting_since = None
        elif waiting_since is None:
            waiting_since = time.monotonic()
        if waiting_since is not None:
            over = time.monotonic() - waiting_since >= seconds
            if over or (not patient and detail["wake_at"] is None):
                return detail
        await asyncio.sleep(_POLLS[min(polls, len(_POLLS) - 1)])
        polls += 1


def _object(detail: ExecutionDetail, output: Any, nodes: dict[str, Any]) -> dict[str, Any]:
    """The same six keys that a run on this machine prints."""
    error = detail["error"]
    shown = None
    if error is not None:
        shown = {key: error[key] for key in ("code", "message", "node", "param")}
    return {
        "execution_id": detail["id"], "status": detail["status"], "output": output, "error": shown,
        "seconds": round(detail["seconds"], 6), "nodes": nodes,
    }  # fmt: skip


def _show(detail: ExecutionDetail, output: Any, voice: Voice) -> None:
    error, reason = detail["error"], detail["reason"]
    if detail["status"] not in TERMINAL:
        said = reason["message"] if reason is not None else voice.say(f"status.{detail['status']}")
        write_error(f"{said}\n{detail['id']}\n")
        return
    if error is not None:
        show_failure(error["message"], error["code"], error["node"], error["param"], voice, as_json=False)
    show_value(output)
    status = voice.say(f"status.{detail['status']}")
    write_error(f"{status} · {shown_seconds(detail['seconds'])} · {detail['id']}\n")
