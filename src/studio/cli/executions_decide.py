"""``studio executions decide``."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from studio.cli._acting import act
from studio.cli._options import DataOption, DbOption, DebugOption, JsonOption, LangOption, ServerOption, settings_from
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
    server: ServerOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """Settle an effect that is in doubt: it may or may not have happened before a crash or a time-out.

    happened: it did, with this output. run: do it (again). fail: let the node fail.
    """
    from studio.bootstrap import DECISIONS, read_value, unknown_decision

    voice = Voice(lang)
    value = read_value(output, "--output") if output is not None else None
    if server is not None:
        from studio.cli.remote.executions import act as act_there

        if decision not in DECISIONS:
            raise unknown_decision(decision)
        chosen: Any = decision
        return act_there(
            server, voice, execution,
            lambda client, id: client.decide_execution(id, {"path": node, "decision": chosen, "output": value}),
            as_json=json,
        )  # fmt: skip
    settings = settings_from(data=data, db=db, lang=voice.lang)
    return act(settings, lambda studio: studio.control.decide(execution, node, decision, value), voice, as_json=json)
