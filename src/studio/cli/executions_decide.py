"""``studio executions decide``."""

from __future__ import annotations

from typing import Annotated

import typer

from studio.cli._acting import act
from studio.cli._options import DataOption, DbOption, DebugOption, JsonOption, LangOption, settings_from
from studio.cli._say import Voice


def command(
    execution: Annotated[str, typer.Argument(metavar="ID", help="An id, its beginning, or `last`")],
    node: Annotated[str, typer.Argument(metavar="NODE", help="Path of the node that is in doubt")],
    decision: Annotated[str, typer.Argument(metavar="happened|run|fail", help="What to do")],
    output: Annotated[
        str | None, typer.Option("--output", metavar="JSON", help="With happened: what the node would have given")
    ] = None,
    data: DataOption = None,
    db: DbOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """Settle an effect that is in doubt: it may or may not have happened before a crash or a time-out.

    happened: it did, with this output. run: do it (again). fail: let the node fail.
    """
    from studio.bootstrap import read_value

    voice = Voice(lang)
    value = read_value(output, "--output") if output is not None else None
    settings = settings_from(data=data, db=db, lang=voice.lang)
    return act(settings, lambda studio: studio.control.decide(execution, node, decision, value), voice, as_json=json)
