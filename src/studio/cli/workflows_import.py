"""``studio workflows import``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from studio.cli._errors import problem_json, problem_lines
from studio.cli._options import DebugOption, JsonOption, LangOption, ServerOption
from studio.cli._say import Voice
from studio.cli._terminal import write, write_error, write_json
from studio.cli.remote.connection import needed, on_server, told_problem
from studio.cli.remote.files import named_files
from studio.client import Invalid

if TYPE_CHECKING:
    from studio.client import Client
    from studio.client.models import ImportedOut, ImportIn, PublishedOut


def command(
    files: Annotated[list[Path], typer.Argument(help="Workflow files; of folders, all that is in them")],
    folder: Annotated[str | None, typer.Option("--folder", metavar="ID", help="Folder to put them in")] = None,
    existing: Annotated[
        str,
        typer.Option(
            "--existing",
            metavar="refuse|new|draft",
            help="Where there is such a key already: refuse all, take another key, or replace its draft",
        ),
    ] = "refuse",
    publish: Annotated[bool, typer.Option("--publish", help="Publish each of them too, what is called first")] = False,
    server: ServerOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """Make workflows of files on a server: of all of them, or of none where one is no workflow.

    The name of a file gives the key. Calls among the files are put right. What is wrong with a workflow yet is printed.
    Exit code: 0 done, 1 refused, 2 a file is no workflow, or cannot be published.
    """
    voice = Voice(lang)
    sent = named_files(files)
    chosen: Any = existing

    async def work(client: Client) -> tuple[list[ImportedOut], list[PublishedOut]]:
        body: ImportIn = {"files": sent, "existing": chosen, "folder": folder}
        items = (await client.import_workflows(body))["items"]
        return items, await publish_all(client, [one["workflow"]["id"] for one in items]) if publish else []

    items, published = on_server(needed(server), voice.lang, work)
    numbers = {one["version"]["workflow"]: one["version"]["number"] for one in published}
    if json:
        shown = [
            {
                "file": one["file"], "key": one["workflow"]["key"], "id": one["workflow"]["id"],
                "version": numbers.get(one["workflow"]["id"]),
                "problems": [problem_json(one["file"], told_problem(found), voice) for found in one["problems"]],
            }
            for one in items
        ]  # fmt: skip
        write_json({"workflows": shown})
        return 0
    for one in items:
        for found in one["problems"] if not publish else []:
            write_error("\n".join(problem_lines(one["file"], told_problem(found), voice)) + "\n")
        number = numbers.get(one["workflow"]["id"])
        write(f"{one['workflow']['key']}{'' if number is None else f'@{number}'}\n")
    return 0


async def publish_all(client: Client, ids: list[str]) -> list[PublishedOut]:
    """Publish workflows that may call each other: what is called must be published before what calls it."""
    done: list[PublishedOut] = []
    while ids:
        waiting: list[str] = []
        for id in ids:
            try:
                done.append(await client.publish_workflow(id, {}))
            except Invalid as error:
                codes = {one.get("code") for one in error.problems if one.get("severity") == "error"}
                last = id == ids[-1] and len(waiting) == len(ids) - 1
                if last or codes != {"workflow.call_unpublished"}:
                    raise
                waiting.append(id)
        ids = waiting
    return done
