"""How an execution of a server stands, printed as one of this machine is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from studio.cli._errors import EXIT_FAILED, show_failure
from studio.cli._running import EXIT_WAITING, MOST_INSIDE, show_value
from studio.cli._say import Voice
from studio.cli._terminal import shorten, shown_seconds, shown_time, write_error, write_error_json, write_json
from studio.cli.remote.finding import microseconds

if TYPE_CHECKING:
    from studio.client import Client
    from studio.client.models import ExecutionDetail

TERMINAL = ("succeeded", "failed", "cancelled", "dead")
BAD = ("failed", "cancelled", "dead")


class Ending(NamedTuple):
    """Where an execution stood when it was left."""

    detail: ExecutionDetail
    output: Any
    nodes: dict[str, Any]

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.detail["status"] in TERMINAL


async def read_ending(client: Client, detail: ExecutionDetail, *, nodes: bool) -> Ending:
    """An execution with its output, and its node runs where they are wanted."""
    output = await client.whole_value(detail["id"]) if detail["status"] == "succeeded" else None
    runs: dict[str, Any] = {}
    if nodes:
        every = [one async for one in client.iter_node_runs(detail["id"])]
        few = sum(1 for one in every if "[" in one["path"]) <= MOST_INSIDE
        runs = {
            one["path"]: {"status": one["status"], "seconds": round(one["seconds"], 6), "attempts": one["attempts"]}
            for one in every
            if few or "[" not in one["path"]
        }
    return Ending(detail, output, runs)


def ending_json(ending: Ending) -> dict[str, Any]:
    """The one object that ``--json`` prints."""
    detail, error = ending.detail, ending.detail["error"]
    shown = None if error is None else {key: error[key] for key in ("code", "message", "node", "param")}
    return {
        "execution_id": detail["id"], "status": detail["status"], "output": ending.output, "error": shown,
        "seconds": round(detail["seconds"], 6), "nodes": ending.nodes,
    }  # fmt: skip


def waits_json(ending: Ending, voice: Voice) -> dict[str, Any]:
    """Why it waits, for programs."""
    detail, reason = ending.detail, ending.detail["reason"]
    kind = detail["status"] if reason is None else reason["code"].removeprefix("wait.")
    node = None if reason is None else reason.get("node")
    return {"for": kind, "node": node, "wake_at": microseconds(detail["wake_at"]), "message": waiting(ending, voice)}


def waiting(ending: Ending, voice: Voice) -> str:
    """Why it waits, and until when."""
    detail, reason = ending.detail, ending.detail["reason"]
    if reason is None:
        return voice.say("wait.queued" if detail["status"] == "queued" else f"status.{detail['status']}")
    if reason["code"] in ("wait.timer", "wait.retry", "wait.rate", "wait.later"):
        # The server tells times in UTC; here they are those of this machine.
        return voice.say(reason["code"], until=shown_time(microseconds(detail["wake_at"])))
    return reason["message"]


def ending_line(ending: Ending, voice: Voice) -> str:
    """How one execution of several stands, on a line."""
    detail, error = ending.detail, ending.detail["error"]
    note = error["message"] if error is not None else "" if ending.over else waiting(ending, voice)
    return f"{detail['id']}  {voice.say('status.' + detail['status'])}  {shorten(note, 120)}".rstrip()


def exit_code(ending: Ending) -> int:
    """The exit code of ``studio run``."""
    if not ending.over:
        return EXIT_WAITING
    return 0 if ending.detail["status"] == "succeeded" else EXIT_FAILED


def show_ending(ending: Ending, voice: Voice, *, as_json: bool) -> int:
    """Print how it ended; returns the exit code."""
    if as_json:
        write_json(ending_json(ending))
        if not ending.over:
            write_error_json({"waits": waits_json(ending, voice)})
        return exit_code(ending)
    detail, error = ending.detail, ending.detail["error"]
    if not ending.over:
        write_error(f"{waiting(ending, voice)}\n  → {_next_step(ending, voice)}\n")
        return exit_code(ending)
    if error is not None:
        show_failure(
            error["message"], error["code"], error["node"], error["param"], voice, as_json=False,
            execution_id=detail["id"],
        )  # fmt: skip
    show_value(ending.output)
    status = voice.say(f"status.{detail['status']}")
    write_error(f"{status} · {shown_seconds(detail['seconds'])} · {detail['id']}\n")
    return exit_code(ending)


def _next_step(ending: Ending, voice: Voice) -> str:
    reason = ending.detail["reason"]
    kind = "" if reason is None else reason["code"].removeprefix("wait.")
    node = (reason or {}).get("node") or "NODE"
    name = (reason or {}).get("name") or node
    key = f"cli.next_there.{kind if kind in ('approval', 'signal', 'in_doubt') else 'rest'}"
    return voice.say(key, id=ending.detail["id"], node=node, name=name)
