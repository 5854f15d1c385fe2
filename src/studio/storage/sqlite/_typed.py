"""The part of apsw that is used here, typed. Its own stubs name a buffer type that Python 3.11 does not have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

from studio.storage._statement import Row


class Cursor(Protocol):
    """The outcome of a statement."""

    def fetchall(self) -> list[Row]:
        """All rows."""
        ...

    @property
    def get(self) -> Any:
        """All rows, or the one value where there is one row of one column; None where there is nothing."""
        ...


class Connection(Protocol):
    """An open database."""

    in_transaction: bool
    system_errno: int

    def execute(self, statements: str, bindings: Sequence[Any] | None = None) -> Cursor:
        """Run statements."""
        ...

    def executemany(self, statements: str, sequenceofbindings: Iterable[Sequence[Any]]) -> Cursor:
        """Run a statement once per binding."""
        ...

    def changes(self) -> int:
        """How many rows the last statement changed."""
        ...

    def pragma(self, name: str) -> Any:
        """The value of a pragma."""
        ...

    def set_busy_timeout(self, milliseconds: int) -> None:
        """How long to wait for other processes."""
        ...

    def set_wal_hook(self, callable: Callable[[Any, str, int], int] | None) -> None:
        """What to call after each commit."""
        ...

    def wal_checkpoint(self, dbname: str | None = None, mode: int = 0) -> tuple[int, int]:
        """Copy the log back."""
        ...

    def config(self, op: int, *args: Any) -> Any:
        """Set an option."""
        ...

    def close(self, force: bool = False) -> None:
        """Close it."""
        ...
