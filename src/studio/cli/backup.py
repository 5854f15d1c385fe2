"""``studio backup``."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from studio.cli._options import DataOption, DbOption, DebugOption, JsonOption, LangOption, settings_from
from studio.cli._say import Voice
from studio.cli._terminal import write, write_json


def command(
    file: Annotated[Path, typer.Argument(help="The archive to write; must not exist", show_default=False)],
    data: DataOption = None,
    db: DbOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """Write a consistent backup of the database, all large values and the files of nodes, while work goes on.

    It holds what is encrypted as it is, without the keys: `studio keys export` writes them apart. Files that nodes
    wrote into the data folder stand in it in clear, as they do on disk.
    """
    from studio.bootstrap import Maintenance

    voice = Voice(lang)
    settings = settings_from(data=data, db=db, lang=voice.lang)
    facts = asyncio.run(Maintenance(settings).backup(file.absolute()))
    if json:
        write_json({"file": str(file), **facts._asdict()})
    else:
        write(voice.say("cli.backup_written", path=str(file), megabytes=-(-facts.bytes // 1024**2)) + "\n")
    return 0
