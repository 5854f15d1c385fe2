"""SQL written once and rendered for both databases, and the requests that plans make of a driver.

A statement works on a whole batch at once. On SQLite that matters more than it seems: every step of a statement gives
up the interpreter lock and, while the event loop is busy, waits milliseconds to get it back. So a batch travels as one
JSON text and one blob, and is one step however many rows it has; on Postgres it travels as one array per column. A
batch of one row, which is what somebody waits for who is alone, travels as plain values: that takes half the time.

Marks in the text:

    :name          a parameter
    {rows}         the batch, as a table ``u`` with the columns given in ``rows``
    {now}          the database's clock, microseconds
    {in name}      ``IN (...)`` over a list parameter
    {bytes column} a column of bytes to select, as bytes whatever a damaged row of SQLite holds there
    {hex column}   the same where the statement is packed: read it with ``unhex``
    {lite: text}   only on SQLite          {pg: text}   only on Postgres
"""

# ruff: noqa: S608 - the texts are put together from constants; values are always bound

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias, TypeVar

import orjson

Row: TypeAlias = tuple[Any, ...]
_T = TypeVar("_T")

_MARK = re.compile(r"\{rows\}|\{now\}|\{in (\w+)\}|\{(bytes|hex) ([\w.]+)\}|\{(lite|pg):([^}]*)\}|(?<![:\w]):([a-z_]+)")
_POSTGRES_NOW = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"


class Request(NamedTuple):
    """A statement with what it works on."""

    statement: Statement
    rows: Sequence[Row]
    params: dict[str, Any]


Plan: TypeAlias = Generator[Request, Any, _T]
"""Logic without I/O: yields requests, is sent their results (rows, or a count), returns what it found."""


class Bound(NamedTuple):
    """A text in one dialect, and which parameters it wants in which order."""

    text: str
    names: tuple[str, ...]
    lists: frozenset[str]


class Statement:
    """One statement in both dialects.

    Args:
        text: SQL with the marks above.
        rows: Columns of the batch as ``name type`` pairs (types bigint, text, bytea, boolean), or empty.
        fetch: How many columns it returns; 0 where only the number of changed rows counts.
        lite: Texts for SQLite where they differ; the count is that of the first.
        packed: On SQLite, fetch all rows in one step.
    """

    def __init__(
        self, text: str, *, rows: str = "", fetch: int = 0, lite: Sequence[str] = (), packed: bool = False
    ) -> None:
        self._text = text
        self._columns = tuple(tuple(column.split()) for column in rows.split(",")) if rows else ()
        self._lite = tuple(lite) or (text,)
        self.fetch = fetch
        self.packed = packed
        self.bytes_at = tuple(place for place, column in enumerate(self._columns) if column[1] == "bytea")
        self.batch = bool(self._columns)

    def __call__(self, rows: Sequence[Row] = (), /, **params: Any) -> Request:
        """The request to run this on ``rows`` with ``params``."""
        return Request(self, rows, params)

    @cached_property
    def sqlite(self) -> tuple[Bound, ...]:
        """The texts for SQLite."""
        return self._for_sqlite(self._rows_sqlite(), self.batch + bool(self.bytes_at))

    @cached_property
    def sqlite_one(self) -> tuple[Bound, ...]:
        """The texts for SQLite where the batch is one row."""
        row = ", ".join(f"?{place} AS {name}" for place, (name, _) in enumerate(self._columns, 1))
        return self._for_sqlite(f"(SELECT {row}) AS u", len(self._columns))

    def _for_sqlite(self, rows: str, first: int) -> tuple[Bound, ...]:
        bound = [_render(text, rows, first, postgres=False) for text in self._lite]
        if self.packed:
            names = ", ".join(f"c{place}" for place in range(self.fetch))
            bound = [
                part._replace(
                    text=f"WITH r({names}) AS ({part.text}) SELECT json_group_array(json_array({names})) FROM r"
                )
                for part in bound
            ]
        return tuple(bound)

    @cached_property
    def postgres(self) -> Bound:
        """The text for Postgres."""
        return _render(self._text, self._rows_postgres(), len(self._columns), postgres=True)

    @cached_property
    def postgres_one(self) -> Bound:
        """The text for Postgres where the batch is one row."""
        row = ", ".join(f"${place}::{kind} AS {name}" for place, (name, kind) in enumerate(self._columns, 1))
        return _render(self._text, f"(SELECT {row}) AS u", len(self._columns), postgres=True)

    def _rows_sqlite(self) -> str:
        parts: list[str] = []
        place = 0
        for name, kind in self._columns:
            if kind == "bytea":
                parts.append(f"substr(?2, value ->> {place}, value ->> {place + 1}) AS {name}")
                place += 1
            else:
                parts.append(f"value ->> {place} AS {name}")
            place += 1
        return f"(SELECT {', '.join(parts)} FROM jsonb_each(?1)) AS u"

    def _rows_postgres(self) -> str:
        arrays = ", ".join(f"${place}::{kind}[]" for place, (_, kind) in enumerate(self._columns, 1))
        return f"unnest({arrays}) AS u({', '.join(name for name, _ in self._columns)})"


def _render(text: str, rows: str, first: int, *, postgres: bool) -> Bound:
    names: list[str] = []
    lists: set[str] = set()
    sign = "$" if postgres else "?"

    def number(name: str) -> str:
        if name not in names:
            names.append(name)
        return f"{sign}{first + names.index(name) + 1}"

    def replace(match: re.Match[str]) -> str:
        in_name, form, column, dialect, inner, name = match.groups()
        if in_name:
            lists.add(in_name)
            mark = number(in_name)
            return f"= ANY({mark}::text[])" if postgres else f"IN (SELECT value FROM json_each({mark}))"
        if column:
            return column if postgres else f"CAST({column} AS BLOB)" if form == "bytes" else f"hex({column})"
        if dialect:
            return _MARK.sub(replace, inner) if (dialect == "pg") == postgres else ""
        if name:
            return number(name)
        if match.group() == "{now}":
            return _POSTGRES_NOW if postgres else number("now")
        return rows

    rendered = _MARK.sub(replace, text)
    return Bound(rendered, tuple(names), frozenset(lists))


def unhex(value: Any) -> Any:
    """The bytes of a column that was selected as ``{hex column}``."""
    return bytes.fromhex(value) if isinstance(value, str) else value


def pack_rows(statement: Statement, rows: Sequence[Row]) -> list[str | bytes]:
    """A batch for SQLite: the rows as JSON, then all their bytes in one piece, referred to by offset and length."""
    if not statement.bytes_at:
        return [orjson.dumps(rows, default=tuple).decode()]
    # One byte in front: of an empty blob SQLite gives NULL, not an empty piece.
    pieces = [b"-"]
    offset = 2
    packed: list[list[Any]] = []
    for row in rows:
        out: list[Any] = list(row)
        for place in reversed(statement.bytes_at):
            piece = row[place]
            if piece is None:
                out[place : place + 1] = (None, None)
            else:
                out[place : place + 1] = (offset, len(piece))
                offset += len(piece)
                pieces.append(piece)
        packed.append(out)
    return [orjson.dumps(packed).decode(), b"".join(pieces)]
