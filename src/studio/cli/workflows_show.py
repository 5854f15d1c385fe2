"""``studio workflows show``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli._options import DebugOption, JsonOption, LangOption, ServerOption
from studio.cli._say import Voice
from studio.cli._terminal import shown_time, table, write, write_json
from studio.cli.remote.connection import needed, on_server
from studio.cli.remote.finding import microseconds

if TYPE_CHECKING:
    from studio.client import Client
    from studio.client.models import WorkflowOut


def command(
    workflow: Annotated[str, typer.Argument(metavar="KEY", help="The workflow's key or id")],
    server: ServerOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """Show a workflow of a server: what it is called, what is published, who changed the draft and when."""
    voice = Voice(lang)

    async def work(client: Client) -> WorkflowOut:
        return await client.show_workflow(workflow)

    found = on_server(needed(server), voice.lang, work)
    if json:
        write_json(found)
        return 0
    facts = [
        ("name", found["name"]), ("key", found["key"]), ("id", found["id"]),
        ("version", "" if found["published"] is None else str(found["published"])), ("tags", ", ".join(found["tags"])),
        ("state", found["state"]), ("changed", shown_time(microseconds(found["draft_at"]))),
        ("about", found["description"]),
    ]  # fmt: skip
    rows = [[voice.say(f"cli.column.{name}"), value] for name, value in facts if value]
    write(table(rows[1:], rows[0]))
    return 0
