"""``studio db check``."""

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
    """Tell whether the database fits this version of Studio. Exit code: 0 it does, 1 it does not."""
    from studio.bootstrap import Maintenance

    voice = Voice(lang)
    found, wanted = asyncio.run(Maintenance(settings_from(data=data, db=db, lang=voice.lang)).revision())
    if json:
        write_json({"revision": found, "wanted": wanted, "fits": found == wanted})
    else:
        key = "cli.db_newest" if found == wanted else "cli.db_behind"
        write(voice.say(key, revision=found, wanted=wanted) + "\n")
    return 0 if found == wanted else 1
