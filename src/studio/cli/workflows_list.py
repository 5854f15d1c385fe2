"""``studio workflows list``."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from studio.cli._options import DebugOption, JsonOption, LangOption, ServerOption
from studio.cli._say import Voice
from studio.cli.remote.connection import needed
from studio.cli.remote.lists import of, show_list, when


def command(
    words: Annotated[list[str] | None, typer.Argument(metavar="[WORDS]", help="Only what has these words")] = None,
    folder: Annotated[str | None, typer.Option("--folder", metavar="ID", help="Only in this folder; or root")] = None,
    tag: Annotated[str | None, typer.Option("--tag", metavar="TAG", help="Only with this tag")] = None,
    state: Annotated[
        str, typer.Option("--state", metavar="active|archived|deleted|all", help="Which of them")
    ] = "active",
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, max=10_000, help="How many")] = 100,
    server: ServerOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """List the workflows of a server that you may see, by name."""
    voice = Voice(lang)
    chosen: Any = state
    return show_list(
        needed(server), voice, "workflows",
        lambda client: client.iter_workflows(
            q=" ".join(words or ()) or None, folder=folder, tag=tag, state=chosen, limit=min(200, limit)
        ),
        [("key", of("key")), ("name", of("name")), ("version", of("published")), ("tags", of("tags")),
         ("changed", when("draft_at"))],
        limit=limit, as_json=json,
    )  # fmt: skip
