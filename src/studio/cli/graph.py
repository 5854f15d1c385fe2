"""``studio graph``: a workflow as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from studio.cli._options import AllowPathOption, DataOption, DebugOption, JsonOption, LangOption, settings_from
from studio.cli._say import Voice
from studio.cli._terminal import write, write_as_it_is, write_error, write_json


def command(
    file: Annotated[Path, typer.Argument(help="Workflow file", show_default=False)],
    svg: Annotated[
        Path | None, typer.Option("--svg", metavar="FILE", help="Where to write the picture; - for stdout")
    ] = None,
    data: DataOption = None,
    allow_path: AllowPathOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """Draw a workflow: as text, and with --svg as an SVG picture.

    The text has a line per node in the order of running: its layer, id, type, and what it waits for (← an edge, ⇠ a
    reference). What containers hold is indented below them. With --json the same as an
    object.
    """
    from studio.bootstrap import Studio, workflow_facts, workflow_svg, workflow_text

    voice = Voice(lang)
    studio = Studio(settings_from(data=data, allow_path=allow_path, lang=voice.lang))
    workflow = studio.documents.readable(file)
    if json and svg is None:
        write_json(workflow_facts(workflow, studio.catalog))
        return 0
    if svg is None:
        write(workflow_text(workflow, studio.catalog))
        return 0
    picture = workflow_svg(workflow, studio.catalog)
    if str(svg) == "-":
        write_as_it_is(picture)
        return 0
    svg.write_text(picture, encoding="utf-8")
    write(workflow_text(workflow, studio.catalog))
    write_error(voice.say("cli.written", path=str(svg)) + "\n")
    return 0
