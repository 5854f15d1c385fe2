"""SQLite through apsw, held to one file and a time limit."""

# apsw's annotations name buffers without saying of what.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import apsw

from studio.nodes.sql._values import plain, unique_names
from studio.sdk import ItemsBase, NodeTimeout, UserError, describe

_STEPS = 20_000
_MOST_BYTES = 64 * 1024 * 1024
"""Of one value."""
_LONGEST_PATTERN = 1_000
_BATCH_ROWS = 2_000
_BATCH_BYTES = 8 * 1024 * 1024
_READING = frozenset(
    {apsw.SQLITE_SELECT, apsw.SQLITE_READ, apsw.SQLITE_FUNCTION, apsw.SQLITE_RECURSIVE, apsw.SQLITE_TRANSACTION}
)
_NEVER = frozenset({apsw.SQLITE_ATTACH, apsw.SQLITE_DETACH, apsw.SQLITE_PRAGMA})
_FUNCTIONS = frozenset({"load_extension", "fts3_tokenizer", "readfile", "writefile", "edit"})


class Database:
    """One open file. ``seconds`` runs from opening, over everything done with it; use it from one thread at a time."""

    def __init__(self, path: Path, *, seconds: float, write: bool) -> None:
        flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE if write else apsw.SQLITE_OPEN_READONLY
        self._seconds = seconds
        self._deadline = time.monotonic() + seconds
        with self._explained():
            self.connection = apsw.Connection(str(path), flags=flags)
            self.connection.set_busy_timeout(int(min(seconds, 60) * 1000))
            self.connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
            self.connection.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
            self.connection.limit(apsw.SQLITE_LIMIT_LENGTH, _MOST_BYTES)
            self.connection.limit(apsw.SQLITE_LIMIT_ATTACHED, 0)
            self.connection.limit(apsw.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, _LONGEST_PATTERN)
            self.connection.set_progress_handler(self._expired, _STEPS)
            # Set last, because it would refuse the settings above.
            self.connection.authorizer = _writer if write else _reader

    def _expired(self) -> bool:
        return time.monotonic() > self._deadline

    def close(self) -> None:
        """Close the file; an open transaction is rolled back."""
        self.connection.close(True)

    def query(self, text: str, params: Any) -> tuple[list[str], Iterator[dict[str, Any]]]:
        """Columns and rows of one statement. Rows are read as they are taken.

        Raises:
            UserError: The statement is wrong, is not one, or does what is not allowed.
            NodeTimeout: Time is up.
        """
        names: list[str] = []
        statements: list[str] = []

        def begin(cursor: apsw.Cursor, statement: str, _bindings: Any) -> bool:
            if not cursor.has_vdbe:
                return True  # nothing but white space and comments
            statements.append(statement)
            if len(statements) > 1:
                raise UserError("sql.several", "Expected one statement; got several.")
            names.extend(unique_names([str(entry[0]) for entry in cursor.get_description()]))
            return True

        with self._explained():
            cursor = self.connection.cursor()
            cursor.exec_trace = begin
            rows = iter(cursor.execute(text, bindings(params)))
            first = next(rows, None)
        if not statements:
            raise UserError("sql.no_statement", "There is no statement.")
        return names, self._rows(names, first, rows)

    def _rows(self, names: list[str], first: Any, rest: Iterator[Any]) -> Iterator[dict[str, Any]]:
        row = first
        while row is not None:
            yield {name: plain(value) for name, value in zip(names, row, strict=True)}
            with self._explained():
                row = next(rest, None)

    @contextmanager
    def transaction(self) -> Generator[None]:
        """All that is done within is kept, or nothing."""
        with self._explained():
            self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            with self._explained():
                self.connection.execute("COMMIT")
        except BaseException:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            raise

    @contextmanager
    def _explained(self) -> Generator[None]:
        try:
            yield
        except apsw.InterruptError as error:
            raise NodeTimeout(
                "sql.timeout", "The statement took longer than {seconds} s.", seconds=self._seconds
            ) from error
        except apsw.AuthError as error:
            raise UserError(
                "sql.not_permitted", "The statement does what is not permitted here: {reason}.", reason=_reason(error)
            ) from error
        except apsw.Error as error:
            raise UserError("sql.sqlite", "SQLite refused the statement: {reason}.", reason=_reason(error)) from error


def batch(rows: Iterator[dict[str, Any]]) -> list[dict[str, Any]]:
    """The next rows: a few thousand, or fewer where they are long; none at the end."""
    found: list[dict[str, Any]] = []
    size = 0
    for row in rows:
        found.append(row)
        size += sum(len(value) for value in row.values() if isinstance(value, str))
        if len(found) >= _BATCH_ROWS or size >= _BATCH_BYTES:
            break
    return found


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:300]


def _reader(action: int, first: str | None, second: str | None, database: str | None, trigger: str | None) -> int:
    if action == apsw.SQLITE_FUNCTION and (second or "").lower() in _FUNCTIONS:
        return apsw.SQLITE_DENY
    return apsw.SQLITE_OK if action in _READING else apsw.SQLITE_DENY


def _writer(action: int, first: str | None, second: str | None, database: str | None, trigger: str | None) -> int:
    if action in _NEVER or (action == apsw.SQLITE_FUNCTION and (second or "").lower() in _FUNCTIONS):
        return apsw.SQLITE_DENY
    return apsw.SQLITE_OK


def bindings(params: Any) -> Any:
    """Parameters as SQLite binds them: a list by position, an object by name.

    Raises:
        UserError: A value is neither null, text, number, true nor false.
    """
    if isinstance(params, dict):
        return {name: _bound(value, name) for name, value in cast("dict[str, Any]", params).items()}
    if isinstance(params, list | ItemsBase):
        return tuple(_bound(value, str(place)) for place, value in enumerate(cast("Sequence[Any]", params), 1))
    raise UserError("sql.params", "Parameters are a list or an object; got {found}.", found=describe(params))


def _bound(value: Any, place: str) -> Any:
    if value is None or isinstance(value, str | int | float):
        return value
    raise UserError(
        "sql.parameter", "Parameter {place} must be text, a number, true, false or null; got {found}.",
        place=place, found=describe(value),
    )  # fmt: skip
