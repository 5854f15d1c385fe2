"""``studio audit verify``."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli._options import DataOption, DbOption, DebugOption, JsonOption, LangOption, ServerOption, settings_from
from studio.cli._say import Voice
from studio.cli._terminal import write, write_json

if TYPE_CHECKING:
    from studio.bootstrap import AuditVerified


def command(
    workspace: Annotated[
        str | None, typer.Option("--workspace", metavar="ID", help="Only this workspace; _instance for the instance")
    ] = None,
    data: DataOption = None,
    db: DbOption = None,
    server: ServerOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """Check that the audit logs are what was written: nothing missing, changed, moved or cut off.

    Reads the database itself, also while a server runs; with --server the server checks the log of your workspace.
    Exit code: 0 every log is right, 1 one is not.
    """
    from studio.bootstrap import Maintenance

    voice = Voice(lang)
    if server is not None:
        from studio.cli.remote.audit import verify

        return verify(server, workspace, voice, as_json=json)
    found = asyncio.run(Maintenance(settings_from(data=data, db=db, lang=voice.lang)).verify_audit(workspace))
    if json:
        write_json({"right": _right(found), "logs": [_facts(one) for one in found]})
    else:
        for one in found:
            if one.broken is None:
                write("✔ " + voice.say("cli.audit_right", workspace=one.workspace, count=one.entries) + "\n")
            else:
                key = f"cli.audit_{one.broken.kind}"
                write("✘ " + voice.say(key, workspace=one.workspace, seq=one.broken.seq) + "\n")
    return 0 if _right(found) else 1


def _right(found: list[AuditVerified]) -> bool:
    return all(one.broken is None for one in found)


def _facts(one: AuditVerified) -> dict[str, object]:
    broken = {"seq": one.broken.seq, "kind": one.broken.kind} if one.broken is not None else None
    return {"workspace": one.workspace, "entries": one.entries, "broken": broken}
