"""``studio db downgrade``."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from studio.cli._options import DataOption, DbOption, DebugOption, JsonOption, LangOption, settings_from
from studio.cli._say import Voice
from studio.cli._terminal import write, write_json
from studio.domain.errors import UserError

EMPTY = "base"


def command(
    revision: Annotated[str, typer.Argument(help="The revision to go back to; `base` is an empty database")],
    yes: Annotated[bool, typer.Option("--yes", help="Needed for `base`, which deletes everything")] = False,
    data: DataOption = None,
    db: DbOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """Take the database back to an older revision. Make a backup first."""
    from studio.bootstrap import Maintenance

    if revision == EMPTY and not yes:
        raise UserError("cli.downgrade_base", "Going back to base deletes everything; add --yes if that is meant.")
    voice = Voice(lang)
    _, after = asyncio.run(Maintenance(settings_from(data=data, db=db, lang=voice.lang)).migrate(revision))
    if json:
        write_json({"revision": after})
    else:
        write(voice.say("cli.db_at", revision=after) + "\n")
    return 0
