"""``studio tables create``."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from studio.cli._options import DataOption, DbOption, DebugOption, JsonOption, LangOption, ServerOption
from studio.cli._say import Voice
from studio.cli._tables import TableArgument, Tables, on_tables
from studio.cli._terminal import write, write_json
from studio.cli.tables_show import shown


def command(
    name: TableArgument,
    column: Annotated[
        list[str] | None,
        typer.Option(
            "--column", metavar="NAME[:TYPE[:RULE]]", help="A column, such as mail:text:unique; several times for more"
        ),
    ] = None,
    description: Annotated[str, typer.Option("--description", metavar="TEXT", help="What it is for")] = "",
    data: DataOption = None,
    db: DbOption = None,
    server: ServerOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """Make a data table.

    Types are text, integer, number, boolean, date, datetime and json; rules are required, unique and indexed, with
    colons between.
    """
    from studio.bootstrap import column_asked

    voice = Voice(lang)
    columns = [column_asked(one) for one in column or []]

    async def work(tables: Tables) -> dict[str, Any]:
        return await tables.create(name, columns, description)

    made = on_tables(work, voice, data=data, db=db, server=server)
    if json:
        write_json(made)
    else:
        write(shown(made, voice))
    return 0
