"""Names of tables and columns, and columns as they are asked for."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

import msgspec

from studio.domain.errors import Conflict, UserError
from studio.services.tables.cells import checked, size_of
from studio.services.tables.model import LARGEST_ROW, MOST_COLUMNS, SYSTEM, TYPES, Column, DataTable

MOST_LETTERS = 100
MOST_ABOUT = 2000


def check_name(name: str, param: str = "name") -> str:
    """A name on one line, without blanks around it and without control or direction characters in it.

    Raises:
        UserError: It is empty or too long, or has such characters.
    """
    plain = " ".join(unicodedata.normalize("NFC", name).split())
    if not 1 <= len(plain) <= MOST_LETTERS or any(_hidden(letter) for letter in plain):
        raise UserError(
            "data_table.name", "A name has from 1 to {most} characters, on one line.", most=MOST_LETTERS
        ).at(param=param)  # fmt: skip
    return plain


def _hidden(letter: str) -> bool:
    # Joiners belong to names in Arabic, Persian and Indic scripts.
    return unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co") and letter not in "\u200c\u200d"


def folded(name: str) -> str:
    """What two names share that count as the same."""
    return unicodedata.normalize("NFC", name.casefold())


def check_about(text: str) -> str:
    """A description.

    Raises:
        UserError: It is too long, or no sound text.
    """
    if len(text) > MOST_ABOUT or any(unicodedata.category(one) == "Cs" for one in text):
        raise UserError("data_table.description", "A description has {most} characters at most.", most=MOST_ABOUT).at(
            param="description"
        )
    return text


def check_column(column: Column) -> Column:
    """A column as it is kept.

    Raises:
        UserError: Its name, type or default will not do.
    """
    name = check_name(column.name)
    if folded(name) in SYSTEM:
        raise UserError("data_table.reserved", "Every row has {name} by itself; choose another name.", name=name).at(
            param="name"
        )
    if column.type not in TYPES:
        raise UserError(
            "data_table.type", "There is no column type {type}; there are {known}.",
            type=repr(column.type[:40]), known=", ".join(TYPES),
        ).at(param="type")  # fmt: skip
    if column.type == "json" and (column.unique or column.indexed):
        raise UserError("data_table.json_key", "A column of JSON can be neither unique nor indexed.").at(param="type")
    default = checked(msgspec.structs.replace(column, name="default"), column.default)
    if default is not None and (column.unique or size_of({name: default}) > LARGEST_ROW // 4):
        raise UserError(
            "data_table.default", "A unique column has no default, and no default is larger than 64 KiB."
        ).at(param="default")
    return msgspec.structs.replace(column, name=name, default=default, description=check_about(column.description))


def check_columns(columns: Iterable[Column], taken: Iterable[str] = ()) -> list[Column]:
    """Columns as they are kept, each with a name of its own.

    Raises:
        UserError: One will not do, or there are too many.
        Conflict: Two have the same name.
    """
    names = {folded(name) for name in taken}
    out: list[Column] = []
    for column in columns:
        checked_column = check_column(column)
        if folded(checked_column.name) in names:
            raise Conflict(
                "data_table.column_taken", "There is a column {name} already.", name=checked_column.name
            ).at(param="name")  # fmt: skip
        names.add(folded(checked_column.name))
        out.append(checked_column)
    if len(names) > MOST_COLUMNS:
        raise UserError("data_table.too_many_columns", "A table has {most} columns at most.", most=MOST_COLUMNS)
    return out


def column_at(table: DataTable, name: str) -> Column | None:
    """A column by its name, or by its id."""
    wanted = folded(unicodedata.normalize("NFC", name))
    return next((one for one in table.columns if folded(one.name) == wanted or one.id == name), None)


def column_of(table: DataTable, name: str) -> Column:
    """A column that values or a filter name.

    Raises:
        UserError: The table has no such column.
    """
    column = column_at(table, name)
    if column is None:
        raise UserError(
            "data_table.no_column", "The table {table} has no column {column}.",
            table=table.name, column=name[:MOST_LETTERS],
        ).at(param=name[:MOST_LETTERS])  # fmt: skip
    return column
