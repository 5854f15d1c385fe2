"""``studio restore``."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from studio.cli._options import DataOption, DbOption, DebugOption, JsonOption, LangOption, settings_from
from studio.cli._say import Voice
from studio.cli._terminal import write, write_json
from studio.domain.errors import UserError


def command(
    file: Annotated[Path | None, typer.Argument(help="What `studio backup` wrote", show_default=False)] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Release the executions that are held; without FILE only that")
    ] = False,
    data: DataOption = None,
    db: DbOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """Restore a backup into an empty data folder (or an empty database at --db).

    Unfinished executions are held, because what they did after the backup is unknown to it; --resume releases them.
    The master key must be there already: copy master.key into the folder, or use `studio keys import`.
    """
    from studio.bootstrap import Maintenance

    if file is None and not resume:
        raise UserError("cli.restore_nothing", "Name a backup to restore, or --resume to release what is held.")
    voice = Voice(lang)
    settings = settings_from(data=data, db=db, lang=voice.lang)
    maintenance = Maintenance(settings)

    async def restore() -> tuple[int, int]:
        if file is not None:
            await maintenance.restore(file.absolute())
        held = await maintenance.held(release=resume)
        return (0, held) if resume else (held, 0)

    held, released = asyncio.run(restore())
    if json:
        write_json({"file": str(file) if file else None, "held": held, "released": released})
        return 0
    if file is not None:
        write(voice.say("cli.restored", path="PostgreSQL" if settings.db else str(settings.data)) + "\n")
    if held:
        write(voice.say("cli.held", count=held) + "\n")
    if resume:
        write(voice.say("cli.released", count=released) + "\n")
    return 0
