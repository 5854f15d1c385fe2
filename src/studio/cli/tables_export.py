"""``studio tables export``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from studio.cli._options import DataOption, DbOption, DebugOption, LangOption, ServerOption
from studio.cli._say import Voice
from studio.cli._tables import FilterOption, TableArgument, Tables, filter_from, on_tables
from studio.cli._terminal import write_error
from studio.domain.errors import UserError

_FORMATS = ("csv", "ndjson")


def command(
    name: TableArgument,
    file: Annotated[Path | None, typer.Option("--to", metavar="FILE", help="Where to write; else stdout")] = None,
    as_format: Annotated[str, typer.Option("--format", metavar="csv|ndjson", help="CSV, or lines of JSON")] = "csv",
    filter: FilterOption = None,
    formulas: Annotated[
        bool, typer.Option("--formulas", help="Leave texts as they are that spreadsheets take for formulas")
    ] = False,
    data: DataOption = None,
    db: DbOption = None,
    server: ServerOption = None,
    lang: LangOption = None,
    debug: DebugOption = False,
) -> int:
    """Write a data table as a file, rows by their age. The audit log tells of it."""
    if as_format not in _FORMATS:
        raise UserError("cli.format", "{name} is no format; there are {known}.",
                        name=as_format[:100], known=", ".join(_FORMATS)).at(param="--format")  # fmt: skip
    voice = Voice(lang)
    where = filter_from(filter)

    async def work(tables: Tables) -> None:
        pieces = tables.export(name, where, as_format, safe=not formulas)
        if file is None:
            async for piece in pieces:
                sys.stdout.buffer.write(piece)
            return
        # The first piece is asked for before the file is made: what is refused leaves none.
        first = await anext(pieces, b"")
        with file.open("wb") as out:
            out.write(first)
            async for piece in pieces:
                out.write(piece)

    on_tables(work, voice, data=data, db=db, server=server)
    if file is not None:
        write_error(voice.say("cli.written", path=str(file)) + "\n")
    return 0
