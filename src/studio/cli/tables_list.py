"""``studio tables list``."""

from __future__ import annotations

from typing import Any

from studio.cli._options import DataOption, DbOption, DebugOption, JsonOption, LangOption, ServerOption
from studio.cli._say import Voice
from studio.cli._tables import Tables, on_tables
from studio.cli._terminal import shown_time, table, write, write_json
from studio.cli.remote.finding import microseconds


def command(
    data: DataOption = None,
    db: DbOption = None,
    server: ServerOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """List the data tables of a workspace, by name."""
    voice = Voice(lang)
    found = on_tables(_work, voice, data=data, db=db, server=server)
    if json:
        write_json({"tables": found})
        return 0
    head = [voice.say(f"cli.column.{name}") for name in ("name", "columns", "changed", "id", "about")]
    rows = [
        [one["name"], str(len(one["columns"])), shown_time(microseconds(one["updated_at"])), one["id"],
         one["description"]]
        for one in found
    ]  # fmt: skip
    write(table(rows, head) if rows else voice.say("cli.none") + "\n")
    return 0


async def _work(tables: Tables) -> list[dict[str, Any]]:
    return await tables.list()
