"""``studio db upgrade``."""

from __future__ import annotations

import asyncio

from studio.cli._options import DataOption, DbOption, DebugOption, JsonOption, LangOption, settings_from
from studio.cli._say import Voice
from studio.cli._terminal import write, write_json


def command(
    data: DataOption = None,
    db: DbOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """Bring the database to the newest revision. It can be interrupted and run again."""
    from studio.bootstrap import Maintenance

    voice = Voice(lang)
    _, after = asyncio.run(Maintenance(settings_from(data=data, db=db, lang=voice.lang)).migrate(None))
    if json:
        write_json({"revision": after})
    else:
        write(voice.say("cli.db_newest", revision=after) + "\n")
    return 0
