"""``studio tables rows``."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from studio.cli._options import DataOption, DbOption, DebugOption, JsonOption, LangOption, ServerOption
from studio.cli._say import Voice
from studio.cli._tables import FilterOption, TableArgument, Tables, filter_from, on_tables
from studio.cli._terminal import json_text, shorten, table, write, write_json

_WIDTH = 40


def command(
    name: TableArgument,
    filter: FilterOption = None,
    sort: Annotated[
        str | None, typer.Option("--sort", metavar="COLUMN", help="By this column; else by their age")
    ] = None,
    descending: Annotated[bool, typer.Option("--descending", help="The other way round")] = False,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, max=50_000, help="How many")] = 20,
    data: DataOption = None,
    db: DbOption = None,
    server: ServerOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """Show rows of a data table. Long values are cut, except with --json."""
    voice = Voice(lang)
    where = filter_from(filter)

    async def work(tables: Tables) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        rows = await tables.rows(name, where, sort=sort, descending=descending, limit=limit)
        return rows, await tables.show(name)

    rows, found = on_tables(work, voice, data=data, db=db, server=server)
    if json:
        write_json({"rows": rows})
        return 0
    columns = [one["name"] for one in found["columns"]]
    lines = [[row["id"], *(_cell(row["cells"].get(one)) for one in columns)] for row in rows]
    write(table(lines, [voice.say("cli.column.id"), *columns]) if rows else voice.say("cli.none") + "\n")
    return 0


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return shorten(value if isinstance(value, str) else json_text(value), _WIDTH)
