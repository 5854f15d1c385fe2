"""``studio executions cancel``."""

from __future__ import annotations

from typing import Annotated

import typer

from studio.cli._acting import act
from studio.cli._options import DataOption, DbOption, DebugOption, JsonOption, LangOption, ServerOption, settings_from
from studio.cli._say import Voice


def command(
    execution: Annotated[str, typer.Argument(metavar="ID", help="An id, its beginning, or `last`")],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; recorded")] = "",
    data: DataOption = None,
    db: DbOption = None,
    server: ServerOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """Cancel an execution. Once accepted it takes effect, also across a crash; what runs is told to stop."""
    voice = Voice(lang)
    if server is not None:
        from studio.cli.remote.executions import act as act_there

        return act_there(
            server, voice, execution, lambda client, id: client.cancel_execution(id, {"reason": reason}), as_json=json
        )
    settings = settings_from(data=data, db=db, lang=voice.lang)
    return act(settings, lambda studio: studio.control.cancel(execution, reason), voice, as_json=json)
