"""``studio workflows versions``."""

from __future__ import annotations

from typing import Annotated

import typer

from studio.cli._options import DebugOption, JsonOption, LangOption, ServerOption
from studio.cli._say import Voice
from studio.cli.remote.connection import needed
from studio.cli.remote.lists import of, show_list, when


def command(
    workflow: Annotated[str, typer.Argument(metavar="KEY", help="The workflow's key or id")],
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, max=10_000, help="How many")] = 20,
    server: ServerOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """List the versions of a workflow of a server, newest first."""
    return show_list(
        needed(server), Voice(lang), "versions",
        lambda client: client.iter_versions(workflow, limit=min(200, limit)),
        [("version", of("number")), ("published_at", when("at")), ("by", of("by")), ("note", of("note"))],
        limit=limit, as_json=json,
    )  # fmt: skip
