"""``studio tables import``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from studio.cli._options import DataOption, DbOption, DebugOption, JsonOption, LangOption, ServerOption
from studio.cli._say import Voice
from studio.cli._tables import TableArgument, Tables, on_tables, read_bytes
from studio.cli._terminal import write, write_json
from studio.domain.errors import UserError

_DELIMITERS = {",": ",", ";": ";", "|": "|", "tab": "\t", "\t": "\t"}


def command(
    name: TableArgument,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV file that names the columns; - is stdin")],
    delimiter: Annotated[str, typer.Option("--delimiter", metavar=",|;|tab", help="What parts cells")] = ",",
    upsert: Annotated[
        str | None,
        typer.Option("--upsert", metavar="COLUMN", help="Change the rows whose value in this unique column is known"),
    ] = None,
    data: DataOption = None,
    db: DbOption = None,
    server: ServerOption = None,
    lang: LangOption = None,
    json: JsonOption = False,
    debug: DebugOption = False,
) -> int:
    """Add the rows of a CSV file to a data table. Every cell is checked before the first row is written."""
    if delimiter not in _DELIMITERS:
        raise UserError("cli.delimiter", "Cells are parted by a comma, a semicolon, a bar or a tab.").at(
            param="--delimiter"
        )
    voice = Voice(lang)
    content = read_bytes(file)

    async def work(tables: Tables) -> int:
        return await tables.take(name, content, delimiter=_DELIMITERS[delimiter], upsert=upsert)

    count = on_tables(work, voice, data=data, db=db, server=server)
    if json:
        write_json({"count": count})
    else:
        write(voice.say("cli.rows_written", count=count) + "\n")
    return 0
