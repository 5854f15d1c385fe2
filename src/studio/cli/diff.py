"""``studio diff``: what differs between two versions of a workflow."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from studio.cli._options import DebugOption, JsonOption, LangOption, ServerOption, settings_from
from studio.cli._say import Voice
from studio.cli._terminal import write, write_json


def command(
    old: Annotated[Path, typer.Argument(metavar="A", help="The older file", show_default=False)],
    new: Annotated[Path, typer.Argument(metavar="B", help="The newer file", show_default=False)],
    server: ServerOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """Show what differs between two versions of a workflow: nodes, params, edges, settings; never mere formatting.

    Exit code: 0 no difference, 1 there are differences, 2 a file cannot be read as a workflow. With --server A and B
    are versions there: KEY@1, KEY@draft, or KEY for the published one.
    """
    from studio.bootstrap import Studio

    voice = Voice(lang)
    if server is not None:
        from studio.cli.remote.documents import diff

        return diff(server, str(old), str(new), voice, as_json=json)
    difference = Studio(settings_from(lang=voice.lang)).documents.compare(old, new)
    if json:
        write_json({"changes": difference.changes})
    else:
        write((difference.text or voice.say("cli.no_difference")) + "\n")
    return 1 if difference.changes else 0
