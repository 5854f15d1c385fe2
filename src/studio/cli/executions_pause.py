"""``studio executions pause``."""

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
    """Let an execution stand still after what runs now, until it is resumed."""
    voice = Voice(lang)
    if server is not None:
        from studio.cli.remote.executions import act as act_there

        return act_there(server, voice, execution, lambda client, id: client.pause_execution(id), as_json=json)
    settings = settings_from(data=data, db=db, lang=voice.lang)
    return act(settings, lambda studio: studio.control.pause(execution), voice, as_json=json)
