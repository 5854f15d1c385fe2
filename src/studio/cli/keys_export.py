"""``studio keys export``."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from studio.cli._options import DataOption, DbOption, DebugOption, JsonOption, LangOption, settings_from
from studio.cli._passphrase import passphrase
from studio.cli._say import Voice
from studio.cli._terminal import write, write_json


def command(
    file: Annotated[Path, typer.Argument(help="The file to write; must not exist", show_default=False)],
    passphrase_file: Annotated[
        Path | None,
        typer.Option("--passphrase-file", metavar="F", help="Read it from here; else STUDIO_PASSPHRASE, else asked"),
    ] = None,
    data: DataOption = None,
    db: DbOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """Write the master key and all data keys to a file protected by a passphrase of twelve characters or more.

    Keep it apart from backups: a backup is unreadable without it, and readable with it.
    """
    from studio.bootstrap import Maintenance

    voice = Voice(lang)
    secret = passphrase(passphrase_file, voice, twice=True)
    asyncio.run(Maintenance(settings_from(data=data, db=db, lang=voice.lang)).export_keys(file.absolute(), secret))
    if json:
        write_json({"file": str(file)})
    else:
        write(voice.say("cli.keys_exported", path=str(file)) + "\n")
    return 0
