"""``studio executions resume``."""

from __future__ import annotations

from typing import Annotated

import typer

from studio.cli._acting import act
from studio.cli._options import DataOption, DbOption, DebugOption, JsonOption, LangOption, ServerOption, settings_from
from studio.cli._say import Voice


def command(
    execution: Annotated[str, typer.Argument(metavar="ID", help="An id, its beginning, or `last`")],
    data: DataOption = None,
    db: DbOption = None,
    server: ServerOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """Let a paused execution go on.

    On a server, one that a restore holds is released by it too; here `studio restore --resume` releases all of them.
    """
    voice = Voice(lang)
    if server is not None:
        from studio.cli.remote.executions import act as act_there

        return act_there(server, voice, execution, lambda client, id: client.resume_execution(id), as_json=json)
    settings = settings_from(data=data, db=db, lang=voice.lang)
    return act(settings, lambda studio: studio.control.resume(execution), voice, as_json=json)
