"""``studio tables show``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from studio.cli._options import DataOption, DbOption, DebugOption, JsonOption, LangOption, ServerOption
from studio.cli._say import Voice
from studio.cli._tables import TableArgument, Tables, on_tables
from studio.cli._terminal import json_text, shown_time, table, write, write_json
from studio.cli.remote.finding import microseconds

_RULES = ("required", "unique", "indexed")


def command(
    name: TableArgument,
    data: DataOption = None,
    db: DbOption = None,
    server: ServerOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """Show a data table: its columns with their rules, and how many rows it has."""
    voice = Voice(lang)

    async def work(tables: Tables) -> dict[str, Any]:
        return await tables.show(name)

    found = on_tables(work, voice, data=data, db=db, server=server)
    if json:
        write_json(found)
        return 0
    write(shown(found, voice))
    return 0


def shown(found: Mapping[str, Any], voice: Voice) -> str:
    """A table for people."""
    facts = [
        ("name", found["name"]), ("id", found["id"]), ("rows", str(found["rows"] or 0)),
        ("changed", shown_time(microseconds(found["updated_at"]))), ("about", found["description"]),
    ]  # fmt: skip
    rows = [[voice.say(f"cli.column.{name}"), value] for name, value in facts if value]
    head = [voice.say(f"cli.column.{name}") for name in ("columns", "type", "rules", "default", "about")]
    columns = [
        [one["name"], one["type"], ", ".join(rule for rule in _RULES if one[rule]),
         "" if one["default"] is None else json_text(one["default"]), one["description"]]
        for one in found["columns"]
    ]  # fmt: skip
    return table(rows[1:], rows[0]) + ("\n" + table(columns, head) if columns else "")
