"""SQLite through apsw, held to one file and a time limit. Runs in a process that can be killed."""

# apsw's annotations name buffers without saying of what.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import apsw

# Not by the SDK, which would double the time that the process takes to start.
from studio.domain.errors import NodeTimeout, UserError
from studio.nodes.sql._plain import Returned, plain, unique_names

_STEPS = 20_000
_MOST_BYTES = 64 * 1024 * 1024
"""Of one value."""
_LONGEST_PATTERN = 1_000
_BATCH_ROWS = 2_000
_BATCH_BYTES = 8 * 1024 * 1024
_READING = frozenset(
    {apsw.SQLITE_SELECT, apsw.SQLITE_READ, apsw.SQLITE_FUNCTION, apsw.SQLITE_RECURSIVE, apsw.SQLITE_TRANSACTION}
)
_LOOK = "SELECT 1 FROM sqlite_schema LIMIT 1"
_UNFINISHED = frozenset({apsw.SQLITE_READONLY_ROLLBACK, apsw.SQLITE_READONLY_RECOVERY})
_NEVER = frozenset({apsw.SQLITE_ATTACH, apsw.SQLITE_DETACH, apsw.SQLITE_PRAGMA})
_FUNCTIONS = frozenset({"load_extension", "fts3_tokenizer", "readfile", "writefile", "edit"})
_LEDGER = "CREATE TABLE IF NOT EXISTS studio_done (key TEXT PRIMARY KEY, changes INTEGER NOT NULL) WITHOUT ROWID"


class Database:
    """One open file. ``seconds`` runs from opening, over everything done with it; use it from one thread at a time."""

    def __init__(self, path: Path, *, seconds: float, write: bool) -> None:
        flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE if write else apsw.SQLITE_OPEN_READONLY
        self._seconds = seconds
        self._deadline = time.monotonic() + seconds
        with self._explained():
            self.connection = apsw.Connection(str(path), flags=flags)
            self.connection.set_busy_timeout(int(min(seconds, 60) * 1000))
            if not write:
                self._settle(str(path))
            self.connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
            self.connection.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
            self.connection.limit(apsw.SQLITE_LIMIT_LENGTH, _MOST_BYTES)
            self.connection.limit(apsw.SQLITE_LIMIT_ATTACHED, 0)
            self.connection.limit(apsw.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, _LONGEST_PATTERN)
            self.connection.set_progress_handler(self._expired, _STEPS)
            # Set last, because it would refuse the settings above.
            self.connection.authorizer = _writer if write else _reader

    def _settle(self, path: str) -> None:
        """Undo what a writer that was killed has left half done, as any writer would; a reader may not, by itself."""
        try:
            self.connection.execute(_LOOK)
        except apsw.ReadOnlyError as error:
            if getattr(error, "extendedresult", 0) not in _UNFINISHED:  # known to apsw, not to its annotations
                raise
            with closing(apsw.Connection(path, flags=apsw.SQLITE_OPEN_READWRITE)) as writer:
                writer.set_busy_timeout(int(min(self._seconds, 60) * 1000))
                writer.execute(_LOOK)

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
            rows = iter(cursor.execute(text, params))
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
            raise timed_out(self._seconds) from error
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


def read_rows(path: str, text: str, params: Any, seconds: float, max_rows: int) -> Iterator[list[Any]]:
    """The columns' names, then the rows of a query in batches.

    Raises:
        UserError: The statement is wrong, gives no rows or too many, or does what is not allowed.
        NodeTimeout: Time is up.
    """
    with closing(Database(Path(path), seconds=seconds, write=False)) as database:
        names, rows = database.query(text, params)
        if not names:
            raise UserError("sql.not_a_query", "Expected a statement that gives rows, such as SELECT.")
        yield names
        count = 0
        while found := batch(rows):
            count += len(found)
            if count > max_rows:
                raise UserError("sql.too_many_rows", "The result has more than {limit} rows.", limit=max_rows)
            yield found


def change(
    path: str, text: str, seconds: float, key: str | None, *, feed: Iterator[Any]
) -> tuple[int, list[Any], bool]:
    """Run a statement once for each set of values, in one transaction: rows changed, rows returned, and whether an
    earlier run with this key had done it already.

    Raises:
        UserError: The statement is wrong, or does what is not allowed.
        NodeTimeout: Time is up.
    """
    with closing(Database(Path(path), seconds=seconds, write=True)) as database, database.transaction():
        if key is not None:
            _all(database, _LEDGER, [])
            known = _all(database, "SELECT changes FROM studio_done WHERE key = ?", [key])
            if known:
                return int(known[0]["changes"]), [], True
        before = database.connection.total_changes()
        returned = Returned()
        for values in feed:
            returned.add(database.query(text, values)[1])
        changes = database.connection.total_changes() - before
        if key is not None:
            _all(database, "INSERT INTO studio_done (key, changes) VALUES (?, ?)", [key, changes])
    return changes, returned.items, False


def _all(database: Database, statement: str, params: Any) -> list[dict[str, Any]]:
    return list(database.query(statement, params)[1])


def timed_out(seconds: float) -> NodeTimeout:
    """The statement took longer than it may."""
    return NodeTimeout("sql.timeout", "The statement took longer than {seconds} s.", seconds=seconds)


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
