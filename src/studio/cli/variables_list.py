"""``studio variables list``."""

from __future__ import annotations

from studio.cli._options import DebugOption, JsonOption, LangOption, ServerOption
from studio.cli._say import Voice
from studio.cli._terminal import json_text
from studio.cli.remote.connection import needed
from studio.cli.remote.lists import of, show_list, when


def command(
    server: ServerOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """List the variables of a workspace, which expressions see as `vars`. Secret values are not shown."""
    return show_list(
        needed(server), Voice(lang), "variables", lambda client: client.iter_variables(limit=200),
        [("name", of("name")), ("value", lambda one: "•••" if one["secret"] else json_text(one["value"])),
         ("changed", when("updated_at")), ("about", of("description"))],
        as_json=json,
    )  # fmt: skip
