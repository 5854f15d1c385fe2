"""The real parts that a test run uses: the engine's expressions, the HTTP client, the host's files.

They are wired in ``studio.bootstrap``; this module only says what is wanted of it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from studio.sdk import Apart, CredentialType, DataTables, Dialer, HostFiles, HttpClient

CredentialLookup = Callable[[str, str], Awaitable[tuple[CredentialType, Mapping[str, Any]]]]


class OpenTables(DataTables, Protocol):
    """Data tables that are closed in the end."""

    async def close(self) -> None:
        """Let go of the database."""
        ...


class Parts(Protocol):
    """What a test run is made of."""

    def evaluate(self, value: Any, scope: Mapping[str, Any]) -> Any:
        """A param value with its expressions evaluated."""
        ...

    def per_item(self, value: Any, shape: str, scope: Mapping[str, Any]) -> Any:
        """The value of a per-item param of a shape (``per_item_shape``), its expressions turned into functions."""
        ...

    def http(self, allow: Sequence[str], credentials: CredentialLookup) -> HttpClient:
        """A client that reaches ``allow`` beside public addresses."""
        ...

    def dial(self, allow: Sequence[str]) -> Dialer:
        """The same for what is not HTTP."""
        ...

    def files(self, folder: Path) -> HostFiles:
        """The files of one folder."""
        ...

    async def data_tables(self, folder: Path) -> OpenTables:
        """The data tables of a database in a folder."""
        ...

    def apart(self) -> Apart:
        """Processes that can be killed."""
        ...
