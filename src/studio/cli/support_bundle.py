"""``studio support-bundle``."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from studio.cli._options import DataOption, DbOption, DebugOption, LangOption, settings_from
from studio.cli._say import Voice
from studio.cli._terminal import write

LogOption = Annotated[
    Path | None, typer.Option("--log", metavar="FILE", help="A log of the server; its last 500 lines go along, masked")
]


def command(
    file: Annotated[Path, typer.Argument(help="The archive (ZIP) to write; must not exist", show_default=False)],
    log: LogOption = None,
    data: DataOption = None,
    db: DbOption = None,
    lang: LangOption = None,
    debug: DebugOption = False,
) -> int:
    """Write a file that tells whoever helps you what they need to know, and no secrets.

    In it are versions, settings without what is secret, what `studio doctor` and `studio upgrade check` find, and
    counts. Names, values and ids of what you keep in Studio are not. Look into it before you give it away.
    """
    from studio.bootstrap import write_support_bundle

    voice = Voice(lang)
    settings = settings_from(data=data, db=db, lang=voice.lang)
    asyncio.run(write_support_bundle(settings, file.absolute(), log))
    write(voice.say("cli.bundle_written", path=str(file)) + "\n")
    return 0
