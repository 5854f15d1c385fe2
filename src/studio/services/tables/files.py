"""Tables as CSV and lines of JSON: in, checked before anything is written, and out, piece by piece."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import orjson

from studio.domain.errors import UserError
from studio.services._collection import Kept
from studio.services.tables.cells import read, written
from studio.services.tables.filters import Filter
from studio.services.tables.model import LARGEST_ROW, MOST_ROWS, SYSTEM, Column, DataTable, StoredRow
from studio.services.tables.names import column_of, folded
from studio.services.tables.rows import too_large
from studio.services.tables.scanning import Scanner, shown

Format: TypeAlias = Literal["csv", "ndjson"]
_PIECE = 64 * 1024
_LONGEST_CELL = 16 * 1024 * 1024
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_GIVEN = tuple(SYSTEM)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows of a CSV file, each with the number of its line."""

    rows: list[Mapping[str, Any]]
    lines: list[int]


def read_csv(table: DataTable, content: bytes, delimiter: str = ",") -> Sheet:
    """The rows of a CSV file whose first line names the columns. What every row has by itself is left out.

    Raises:
        UserError: It is no UTF-8 or no CSV, names a column that is not there, a cell does not fit, or there are too
            many rows; names the line.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError("data_table.csv_encoding", "The file is not written in UTF-8.") from error
    # The limit is the whole process's: never lowered, since others read larger cells.
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_CELL))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines = _lines(reader)
    head = next(lines, None)
    if head is None:
        raise UserError("data_table.csv_empty", "The first line of the file must name the columns.")
    columns = _columns(table, head[1])
    sheet = Sheet([], [])
    for number, cells in lines:
        if len(cells) != len(columns):
            raise UserError(
                "data_table.csv_width", "Line {line} has {found} cells instead of {wanted}.",
                line=number, found=len(cells), wanted=len(columns),
            )  # fmt: skip
        if len(sheet.rows) == MOST_ROWS:
            raise UserError("data_table.csv_long", "A file has {most} rows at most.", most=MOST_ROWS)
        sheet.rows.append(_row(columns, cells, number))
        sheet.lines.append(number)
    return sheet


def _lines(reader: Any) -> Iterator[tuple[int, list[str]]]:
    try:
        for cells in reader:
            if cells:
                yield reader.line_num, cells
    except csv.Error as error:
        raise UserError("data_table.csv", "Line {line} is no CSV.", line=reader.line_num) from error


def _columns(table: DataTable, names: Sequence[str]) -> list[Column | None]:
    columns = [None if folded(name.strip()) in _GIVEN else column_of(table, name.strip()) for name in names]
    ids = [column.id for column in columns if column is not None]
    if len(set(ids)) < len(ids):
        raise UserError("data_table.csv_twice", "The first line names a column twice.")
    return columns


def _row(columns: Sequence[Column | None], cells: Sequence[str], number: int) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for column, cell in zip(columns, cells, strict=True):
        if column is None:
            continue
        if len(cell) > LARGEST_ROW:
            raise too_large(len(cell)).at(param=f"line {number}: {column.name}")
        try:
            value = read(column, cell)
        except UserError as error:
            error.param = f"line {number}: {column.name}"
            raise
        # What is empty gets the column's default.
        if value is not None:
            out[column.name] = value
    return out


class Exporter:
    """Gives tables out as files."""

    def __init__(self, scanner: Scanner) -> None:
        self._scanner = scanner

    async def pieces(
        self, workspace: str, table: Kept[DataTable], wanted: Filter, format: Format, *, safe: bool
    ) -> AsyncIterator[bytes]:
        """The file in pieces. A table that is deleted meanwhile ends it."""
        piece = io.StringIO(newline="")
        writer = csv.writer(piece)
        if format == "csv":
            names = [*_GIVEN, *(column.name for column in table.value.columns)]
            writer.writerow([_plain(name, safe) for name in names])
        async with aclosing(self._scanner.rows(workspace, table, wanted)) as rows:
            async for row in rows:
                if format == "csv":
                    writer.writerow(_cells(table.value, row, safe))
                else:
                    piece.write(orjson.dumps(shown(table.value, row)).decode() + "\n")
                if piece.tell() >= _PIECE:
                    yield piece.getvalue().encode()
                    piece.seek(0)
                    piece.truncate()
        if piece.tell():
            yield piece.getvalue().encode()


def _cells(table: DataTable, row: Kept[StoredRow], safe: bool) -> list[str]:
    given = shown(table, row)
    cells = [str(given[name]) for name in _GIVEN]
    for column in table.columns:
        value = row.value.cells.get(column.id)
        text = "" if value is None else written(column.type, value)
        cells.append(_plain(text, safe) if column.type in ("text", "json") else text)
    return cells


def _plain(text: str, safe: bool) -> str:
    """A text that spreadsheets do not take for a formula: with an apostrophe in front (OWASP)."""
    return f"'{text}" if safe and text.startswith(_FORMULA) else text
