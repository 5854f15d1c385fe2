"""``run``, ``executions replay`` and ``executions fork`` on a server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from studio.cli._following import Stopped
from studio.cli._running import EXIT_WAITING
from studio.cli._say import Voice
from studio.cli._terminal import write, write_json
from studio.cli.remote.connection import on_server
from studio.cli.remote.ending import BAD, Ending, ending_json, ending_line, read_ending, show_ending, waits_json
from studio.cli.remote.finding import execution_id
from studio.cli.remote.following import follow
from studio.client import Missing
from studio.domain.errors import UserError

if TYPE_CHECKING:
    from studio.client import Client
    from studio.client.models import ExecutionOut, ReplayIn, StartIn

Wait = tuple[float, bool]
Which = int | Literal["published", "draft"]
Start = Callable[["Client", str], Awaitable["ExecutionOut"]]


def reference(text: str) -> tuple[str, Which]:
    """A workflow and a version of it: ``KEY``, ``KEY@3``, ``KEY@draft`` or ``KEY@published``.

    Raises:
        UserError: The version is none of these.
    """
    key, _, which = text.partition("@")
    if which in ("", "published"):
        return key, "published"
    if which == "draft":
        return key, "draft"
    if which.isascii() and which.isdigit() and 0 < int(which) < 100_000_000:
        return key, int(which)
    raise UserError(
        "cli.which", "{text}: behind the @ stands the number of a version, draft or published.", text=text[:100]
    )


def run(
    server: str,
    workflow: str,
    voice: Voice,
    *,
    inputs: Sequence[tuple[str, str]],
    input_file: Path | None,
    until: str | None,
    pins: Sequence[tuple[str, str]],
    wait: Wait,
    as_json: bool,
) -> int:
    """Start a workflow, stay with it, print how it ended; returns the exit code of ``studio run``."""
    from studio.bootstrap import read_input_file, read_pin, read_value

    key, which = reference(workflow)

    async def work(client: Client) -> Ending:
        try:
            document = await _document(client, key, which)
        except Missing as error:
            if Path(workflow).is_file():
                raise UserError(
                    "cli.file_here",
                    "{file} is a file here, and there is no workflow of that name on the server. "
                    "`studio workflows import {file} --publish` makes one of it.",
                    file=workflow,
                ) from error
            raise
        kinds = {name: one.get("type") for name, one in document.get("inputs", {}).items()}
        given = dict(read_input_file(input_file))
        for name, text in inputs:
            # What an input takes as text is not read as JSON, so that 007 stays what it is.
            given[name] = text if kinds.get(name) == "string" else read_value(text, "--input")
        body: StartIn = {"workflow": key, "which": which, "inputs": given, "until": until}
        if pins:
            body["pinned"] = {node: read_pin(node, text) for node, text in pins}
        started = await client.start_execution(body)
        detail = await follow(client, started["id"], voice, nodes=document.get("nodes", {}), wait=wait, quiet=as_json)
        return await read_ending(client, detail, nodes=as_json)

    return _shown(lambda: on_server(server, voice.lang, work), voice, as_json=as_json)


async def _document(client: Client, key: str, which: Which) -> Mapping[str, Any]:
    """The document that will run, for the types of its inputs and the names of its nodes."""
    if which == "draft":
        return (await client.show_draft(key))["document"]
    number = (await client.show_workflow(key))["published"] if which == "published" else which
    # What is not published is refused at the start, with a sentence about that.
    return (await client.show_version(key, number))["document"] if number is not None else {}


def run_again(server: str, executions: Sequence[str], voice: Voice, start: Start, *, wait: Wait, as_json: bool) -> int:
    """Start new executions from earlier ones, stay with them, print how they ended; returns the exit code."""

    async def work(client: Client) -> list[Ending]:
        ids = [await execution_id(client, one) for one in executions]
        started = [(await start(client, one))["id"] for one in ids]
        quiet = as_json or len(started) > 1
        details = [await follow(client, one, voice, nodes=(), wait=wait, quiet=quiet) for one in started]
        return [await read_ending(client, one, nodes=as_json) for one in details]

    if len(executions) == 1:
        return _shown(lambda: on_server(server, voice.lang, work)[0], voice, as_json=as_json)
    try:
        endings = on_server(server, voice.lang, work)
    except Stopped as stopped:
        return stopped.code
    if as_json:
        write_json({"executions": [_facts(one, voice) for one in endings]})
    else:
        write("".join(ending_line(one, voice) + "\n" for one in endings))
    statuses = {one.detail["status"] for one in endings}
    if statuses & set(BAD):
        return 1
    return 0 if statuses <= {"succeeded"} else EXIT_WAITING


def replay(
    server: str,
    executions: Sequence[str],
    voice: Voice,
    *,
    start: str | None,
    failed: bool,
    on: str | None,
    inputs: Sequence[tuple[str, str]],
    wait: Wait,
    as_json: bool,
) -> int:
    """Run executions again, or what failed of them; returns the exit code."""
    from studio.bootstrap import read_value

    if failed:
        refuse_with_failed({"--from": start, "--on": on, "--input": inputs})
    body: ReplayIn = {
        "on": version_of(on), "start": start, "inputs": {name: read_value(text, "--input") for name, text in inputs},
    }  # fmt: skip

    async def again(client: Client, id: str) -> ExecutionOut:
        return await (client.retry_execution(id) if failed else client.replay_execution(id, body))

    return run_again(server, executions, voice, again, wait=wait, as_json=as_json)


def version_of(on: str | None) -> Literal["same", "published", "draft"]:
    """What ``--on`` says.

    Raises:
        UserError: There is no such version.
    """
    known: tuple[Literal["same", "published", "draft"], ...] = ("same", "published", "draft")
    for one in known:
        if on in (None, one):
            return one
    raise UserError("cli.on", "--on takes one of {known}.", known=", ".join(known)).at(param="--on")


def refuse_with_failed(given: Mapping[str, object]) -> None:
    """Refuse what cannot be chosen where only what failed runs again.

    Raises:
        UserError: Something was.
    """
    for name, value in given.items():
        if value:
            raise UserError("cli.option_failed", "{option} cannot be used with --failed.", option=name).at(param=name)


def _shown(work: Callable[[], Ending], voice: Voice, *, as_json: bool) -> int:
    try:
        return show_ending(work(), voice, as_json=as_json)
    except Stopped as stopped:
        return stopped.code


def _facts(ending: Ending, voice: Voice) -> dict[str, Any]:
    shown = ending_json(ending)
    return shown if ending.over else {**shown, "waits": waits_json(ending, voice)}
