"""The part of asyncpg that is used here, typed; it brings no complete types of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol


class Connection(Protocol):
    """An open connection."""

    async def execute(self, query: str, *args: Any) -> str:
        """Run a statement; gives its tag, such as ``UPDATE 3``."""
        ...

    async def fetch(self, query: str, *args: Any) -> Sequence[Sequence[Any]]:
        """All rows."""
        ...

    async def fetchval(self, query: str, *args: Any) -> Any:
        """The first column of the first row, None where there is none."""
        ...

    async def add_listener(self, channel: str, callback: Callable[..., None]) -> None:
        """Call back for each notification."""
        ...

    def add_termination_listener(self, callback: Callable[..., None]) -> None:
        """Call back when the connection ends."""
        ...

    def transaction(self, *, isolation: str | None = None, readonly: bool = False) -> AbstractAsyncContextManager[None]:
        """A transaction."""
        ...

    def is_closed(self) -> bool:
        """Whether it has ended."""
        ...

    async def close(self) -> None:
        """End it politely."""
        ...

    def terminate(self) -> None:
        """End it at once."""
        ...

    async def copy_from_query(self, query: str, *args: Any, output: Any, format: str) -> str:
        """Write the rows of a query to a file."""
        ...

    async def copy_to_table(self, table: str, *, source: Any, columns: Sequence[str], format: str) -> str:
        """Read rows of a table from a file."""
        ...


class Pool(Protocol):
    """Connections to borrow."""

    def acquire(self) -> AbstractAsyncContextManager[Connection]:
        """Borrow one."""
        ...

    async def close(self) -> None:
        """Wait for all to come back, and close them."""
        ...

    def terminate(self) -> None:
        """Close them at once."""
        ...
