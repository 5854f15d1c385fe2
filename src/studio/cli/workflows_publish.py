"""``studio workflows publish``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli._errors import problem_lines
from studio.cli._options import DebugOption, JsonOption, LangOption, ServerOption
from studio.cli._say import Voice
from studio.cli._terminal import write, write_error, write_json
from studio.cli.remote.connection import needed, on_server, told_problem

if TYPE_CHECKING:
    from studio.client import Client
    from studio.client.models import PublishedOut


def command(
    workflow: Annotated[str, typer.Argument(metavar="KEY", help="The workflow's key or id")],
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="What is new in this version")] = "",
    server: ServerOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """Freeze a workflow's draft as its next version, which runs from now on.

    Exit code: 0 published (warnings are printed), 1 refused, 2 the draft is not valid.
    """
    voice = Voice(lang)

    async def work(client: Client) -> PublishedOut:
        return await client.publish_workflow(workflow, {"note": note})

    made = on_server(needed(server), voice.lang, work)
    if json:
        write_json(made)
        return 0
    for one in made["warnings"]:
        write_error("\n".join(problem_lines("", told_problem(one), voice)) + "\n")
    write(voice.say("cli.published", workflow=workflow, number=made["version"]["number"]) + "\n")
    return 0
