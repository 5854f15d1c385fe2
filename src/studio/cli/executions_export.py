"""``studio executions export``."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from studio.cli._options import DataOption, DbOption, DebugOption, JsonOption, LangOption, ServerOption, settings_from
from studio.cli._say import Voice
from studio.cli._terminal import json_text, write_as_it_is, write_error


def command(
    execution: Annotated[str, typer.Argument(metavar="ID", help="An id, its beginning, or `last`")],
    file: Annotated[Path | None, typer.Option("--to", metavar="FILE", help="Where to write; else stdout")] = None,
    data: DataOption = None,
    db: DbOption = None,
    server: ServerOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """Write everything known about an execution as JSON: facts, input, events, outputs, errors."""
    from studio.bootstrap import Studio

    voice = Voice(lang)
    if server is not None:
        from studio.cli.remote.executions import export as export_there

        return export_there(server, voice, execution, file=file, pretty=not json)

    async def read() -> str:
        async with Studio(settings_from(data=data, db=db, lang=voice.lang)) as studio:
            await studio.open()
            return json_text(await studio.export(execution), pretty=not json)

    text = asyncio.run(read())
    if file is None:
        write_as_it_is(text + "\n")
        return 0
    file.write_text(text + "\n", encoding="utf-8")
    write_error(voice.say("cli.written", path=str(file)) + "\n")
    return 0
