"""``studio keys rotate``."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from studio.cli._options import DataOption, DbOption, DebugOption, JsonOption, LangOption, settings_from
from studio.cli._say import Voice
from studio.cli._terminal import write, write_json


def command(
    master: Annotated[
        bool, typer.Option("--master", help="Also make a new master.key; no engine may run meanwhile")
    ] = False,
    data: DataOption = None,
    db: DbOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """Make new keys for what is written from now on, and seal what can be anew.

    Older keys stay, so that backups and large values written before remain readable. Export the keys again afterwards.
    """
    from studio.bootstrap import Maintenance

    voice = Voice(lang)
    asyncio.run(Maintenance(settings_from(data=data, db=db, lang=voice.lang)).rotate_keys(master=master))
    if json:
        write_json({"rotated": True, "master": master})
    else:
        write(voice.say("cli.keys_rotated") + "\n")
    return 0
