"""What a node run is given beside its input.

Everything here is an async call with values that can be serialised, so that the same node runs in this process, in a
sandbox or on another machine.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

from studio.contracts.apart import Apart
from studio.contracts.blobs import BlobFile
from studio.contracts.data_tables import DataTables
from studio.contracts.files import HostFiles
from studio.contracts.http import Dialer, HttpClient
from studio.domain.values import FileRef, TableRef
from studio.sdk._model import ItemsBase


class StateHandle(ABC):
    """State kept per node across executions."""

    @abstractmethod
    async def get(self, default: Any = None) -> Any:
        """The present value, ``default`` where there is none."""

    @abstractmethod
    async def set(self, value: Any, *, now: bool = False) -> None:
        """Keep a value: once this node run has succeeded, or at once with ``now``.

        Raises:
            Conflict: Another execution has changed it since it was read here.
        """


class TableDraft(ABC):
    """A table being written by a library that wants a path. The file must become Arrow IPC (Feather 2)."""

    path: Path

    @abstractmethod
    async def commit(self, rows: int, columns: Iterable[tuple[str, str]]) -> TableRef:
        """Keep what was written as a table."""


class NodeContext(ABC):
    """Given to ``run``. ``path`` is the scope path, such as ``loop[3]/charge``."""

    workspace: str
    execution_id: str
    workflow_name: str
    path: str
    attempt: int
    now: datetime
    """The node run's recorded start; the same on a rerun."""
    time_zone: str
    idempotency_key: str
    """Stable over attempts, recovery and retries of failed items; new where a person reruns on purpose."""
    recovering: bool
    """True where an earlier attempt may already have had its effect."""
    intent: Any
    """What ``prepare`` returned before the intent was recorded; the same on a rerun."""
    batch: Sequence[NodeContext]
    """In ``run_many``: the context of each input in their order, for its own key, path and intent."""

    @property
    @abstractmethod
    def http(self) -> HttpClient:
        """HTTP under the egress policy."""

    @property
    @abstractmethod
    def dial(self) -> Dialer:
        """Addresses for what is not HTTP, under the same policy."""

    @property
    @abstractmethod
    def files(self) -> HostFiles:
        """The host's files in the allowed folders."""

    @property
    @abstractmethod
    def data_tables(self) -> DataTables:
        """The data tables of the workspace. Give changes ``idempotency_key``, so that a rerun does nothing twice."""

    @property
    @abstractmethod
    def apart(self) -> Apart:
        """Processes that can be killed, for native calls that cannot be interrupted."""

    @property
    @abstractmethod
    def state(self) -> StateHandle:
        """State kept for this node across executions."""

    @property
    @abstractmethod
    def credential_alias(self) -> str | None:
        """The credential chosen on the node, for ``HttpRequest.credential``."""

    @abstractmethod
    async def credential(self, alias: str | None = None) -> Mapping[str, Any]:
        """The fields of a credential, for protocols that the HTTP broker does not speak.

        ``alias`` may be the name under which the node lists one of several; without it, the first one is meant.

        Raises:
            UserError: None is chosen, or there is none of that name.
        """

    @abstractmethod
    async def progress(self, percent: float | None = None, message: str | None = None) -> None:
        """Show how far this run is, 0 to 100. Not recorded."""

    @abstractmethod
    async def emit(self, part: Any) -> None:
        """Show a part of the output while it comes. Not recorded."""

    @abstractmethod
    async def log(self, level: str, message: str, **fields: Any) -> None:
        """Write to the execution's log. Values marked secret are masked."""

    @abstractmethod
    async def check_cancelled(self) -> None:
        """Raise ``asyncio.CancelledError`` where this run is being cancelled; also lets others run."""

    @abstractmethod
    def translate(self, key: str, **arguments: Any) -> str:
        """A text of the pack's strings in the execution's language."""

    @abstractmethod
    async def make_file(self, data: bytes | AsyncIterator[bytes], name: str, media_type: str | None = None) -> FileRef:
        """Keep data as a file; the media type is guessed from the name where it is not given."""

    @abstractmethod
    async def read_file(self, file: FileRef, *, max_bytes: int = 256 * 1024 * 1024) -> bytes:
        """The whole content.

        Raises:
            UserError: It is longer than ``max_bytes``.
        """

    @abstractmethod
    def stream_file(self, file: FileRef, offset: int = 0) -> AsyncIterator[bytes]:
        """The content in pieces."""

    @abstractmethod
    def local_file(self, file: FileRef) -> AbstractAsyncContextManager[Path]:
        """The content as a private temporary file, for libraries that want a path."""

    @abstractmethod
    def local_table(self, table: TableRef) -> AbstractAsyncContextManager[Path]:
        """A table's Arrow IPC file as a private temporary file."""

    @abstractmethod
    def new_table(self) -> AbstractAsyncContextManager[TableDraft]:
        """Where to write a new table."""

    async def keep_table(
        self, write: Callable[[BlobFile], object], rows: int, columns: Iterable[tuple[str, str]], size: int
    ) -> TableRef:
        """Keep a table that ``write`` writes as Arrow IPC, which may be after this has returned.

        It is called in a thread, so what it writes must not change any more. Nothing is committed that refers to the
        table before it is kept. A disk that is full is not told here, but fails the execution.

        Args:
            write: Writes the table from its beginning to its end.
            rows: How many there are.
            columns: (name, data type) pairs in order.
            size: About how many bytes of memory are held until it is written.
        """
        async with self.new_table() as draft:
            await asyncio.to_thread(_write_to, draft.path, write)
            return await draft.commit(rows, columns)

    @abstractmethod
    async def make_items(self, items: AsyncIterator[Any] | Iterable[Any]) -> ItemsBase | list[Any]:
        """A list of any length: short ones come back as they are, long ones as chunks by reference."""

    @abstractmethod
    async def usage(self, *, tokens: int = 0, cost: float = 0.0) -> None:
        """Report what this run has used, as soon as it is known. It counts at once, and on every attempt anew.

        Where the execution's budget is used up by it, the execution ends. ``cost`` is in the currency of the budget.

        Raises:
            NodeError: A number is negative or not finite.
        """

    @abstractmethod
    async def call(self, workflow: str, inputs: Mapping[str, Any]) -> Any:
        """Run another workflow as a child execution and give its output."""

    async def call_all(self, calls: Sequence[tuple[str, Mapping[str, Any]]]) -> list[Any]:
        """Run workflows side by side, each given as (workflow, inputs), and give their outputs in order.

        While all of them wait, the execution may leave memory, which ``asyncio.gather`` over ``call`` prevents.

        Raises:
            CallFailed: One did not succeed: the first in order. All of them have ended then.
        """
        return [await self.call(workflow, inputs) for workflow, inputs in calls]


def _write_to(path: Path, write: Callable[[BlobFile], object]) -> None:
    with path.open("wb") as file:
        write(file)
