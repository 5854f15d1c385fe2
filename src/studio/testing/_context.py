"""``NodeContext`` of a test: everything in memory or in a scratch folder."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from studio.domain.errors import StudioError, UserError
from studio.domain.values import FileRef, TableRef
from studio.sdk import (
    Apart,
    CredentialType,
    DataTables,
    Dialer,
    HostFiles,
    HttpClient,
    HttpRequest,
    HttpResponse,
    HttpStream,
    ItemsBase,
    NodeContext,
    StateHandle,
    TableDraft,
    check_usage,
)
from studio.testing._parts import OpenTables, Parts
from studio.testing._plain import NodeContractError, check_plain
from studio.testing._store import PAGE, ScratchBlobs, ScratchItems

NOW = datetime(2026, 1, 15, 10, 30, tzinfo=UTC)
"""The recorded start of every test run, so that examples give the same each day."""


@dataclass(slots=True)
class Seen:
    """What a node did beside giving an output."""

    parts: list[Any] = field(default_factory=list[Any])
    progress: list[tuple[float | None, str | None]] = field(default_factory=list[tuple[float | None, str | None]])
    logs: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list[tuple[str, str, dict[str, Any]]])
    requests: list[HttpRequest] = field(default_factory=list[HttpRequest])
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list[tuple[str, dict[str, Any]]])
    tokens: int = 0
    cost: float = 0.0


class ScratchContext(NodeContext):
    """The context of one test run."""

    workspace = "default"
    execution_id = "01example000000000000000000"
    workflow_name = "example"
    path = "example"
    attempt = 1
    now = NOW
    time_zone = "UTC"
    idempotency_key = "example-key"
    recovering = False
    intent: Any = None
    batch: Sequence[NodeContext] = ()

    def __init__(
        self,
        folder: Path,
        parts: Parts,
        *,
        allow: Iterable[str] = (),
        credential: Mapping[str, Any] | None = None,
        credential_type: CredentialType | None = None,
        state: Any = None,
        answers: Mapping[str, Any] | None = None,
        http: HttpClient | None = None,
    ) -> None:
        """``folder`` holds the files; ``answers`` are what child workflows give, by name."""
        self.seen = Seen()
        self.folder = folder / "files"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.blobs = ScratchBlobs(folder / "blobs")
        self._parts = parts
        self._allow = list(allow)
        self._credential = credential
        self._type = credential_type
        self._state = ScratchState(state)
        self._answers = answers or {}
        self._given_http = http
        self._http: _WatchedHttp | None = None
        self._tables: OpenTables | None = None

    @property
    def http(self) -> HttpClient:
        if self._http is None:
            client = self._given_http or self._parts.http(self._allow, self._look_up)
            self._http = _WatchedHttp(client, self.seen)
        return self._http

    @property
    def dial(self) -> Dialer:
        return self._parts.dial(self._allow)

    @property
    def files(self) -> HostFiles:
        return self._parts.files(self.folder)

    @property
    def data_tables(self) -> DataTables:
        if self._tables is None:
            raise NodeContractError("the test gives no data tables; give `tables`")
        return self._tables

    async def open_tables(self, tables: Mapping[str, Any]) -> None:
        """Make data tables: name to ``columns`` and ``rows``."""
        self._tables = await self._parts.data_tables(self.folder.parent / "data")
        for name, table in tables.items():
            await self._tables.ensure(name, table["columns"])
            await self._tables.insert(name, table.get("rows", ()), key=f"before {name}")

    async def table_rows(self) -> dict[str, list[dict[str, Any]]]:
        """The rows of each data table, the first thousand."""
        if self._tables is None:
            return {}
        return {name: (await self._tables.find(name, limit=1000)).rows for name in await self._tables.names()}

    @property
    def apart(self) -> Apart:
        return self._parts.apart()

    @property
    def state(self) -> ScratchState:
        return self._state

    @property
    def credential_alias(self) -> str | None:
        return None if self._credential is None else "example"

    async def credential(self, alias: str | None = None) -> Mapping[str, Any]:
        if self._credential is None:
            raise UserError("node.no_credential", "{type} needs a credential; choose one on the node.", type=self.path)
        return self._credential

    async def _look_up(self, workspace: str, alias: str) -> tuple[CredentialType, Mapping[str, Any]]:
        if self._credential is None or self._type is None:
            raise UserError("net.no_credentials", "There is no credential {alias} here.", alias=alias)
        return self._type, self._credential

    async def progress(self, percent: float | None = None, message: str | None = None) -> None:
        if percent is not None and not 0 <= percent <= 100:
            raise NodeContractError(f"progress is {percent!r}; it goes from 0 to 100")
        self.seen.progress.append((percent, message))

    async def emit(self, part: Any) -> None:
        check_plain(part, "the part")
        self.seen.parts.append(part)

    async def log(self, level: str, message: str, **fields: Any) -> None:
        check_plain(fields, "the log entry")
        self.seen.logs.append((level, message, fields))

    async def check_cancelled(self) -> None:
        await asyncio.sleep(0)

    def translate(self, key: str, **arguments: Any) -> str:
        return key

    async def make_file(self, data: bytes | AsyncIterator[bytes], name: str, media_type: str | None = None) -> FileRef:
        if not isinstance(data, bytes):
            data = b"".join([piece async for piece in data])
        return self.blobs.file(data, name, media_type)

    async def read_file(self, file: FileRef, *, max_bytes: int = 256 * 1024 * 1024) -> bytes:
        if file.size > max_bytes:
            raise UserError(
                "file.too_large",
                "{name} has {size} bytes, more than {limit}.",
                name=file.name,
                size=file.size,
                limit=max_bytes,
            )
        return self.blobs.get(file.blob)

    def stream_file(self, file: FileRef, offset: int = 0) -> AsyncIterator[bytes]:
        return self.blobs.stream(file.blob, offset)

    def local_file(self, file: FileRef) -> AbstractAsyncContextManager[Path]:
        return self.blobs.local(file.blob)

    def local_table(self, table: TableRef) -> AbstractAsyncContextManager[Path]:
        return self.blobs.local(table.blob)

    @asynccontextmanager
    async def new_table(self) -> AsyncGenerator[TableDraft]:
        draft = ScratchDraft(self.blobs)
        try:
            yield draft
        finally:
            draft.path.unlink(missing_ok=True)

    async def make_items(self, items: AsyncIterator[Any] | Iterable[Any]) -> ItemsBase | list[Any]:
        if isinstance(items, AsyncIterator):
            found = [item async for item in items]
        else:
            found = list(items)
        check_plain(found, "the items")
        return ScratchItems(found) if len(found) > PAGE else found

    async def call(self, workflow: str, inputs: Mapping[str, Any]) -> Any:
        self.seen.calls.append((workflow, dict(inputs)))
        check_plain(dict(inputs), "the inputs of the call")
        if workflow not in self._answers:
            raise UserError("workflow.unknown", "There is no workflow {workflow}.", workflow=workflow)
        answer = self._answers[workflow]
        if callable(answer):
            answer = answer(dict(inputs))
        if isinstance(answer, StudioError):
            raise answer
        check_plain(answer, "the answer of the workflow")
        return answer

    async def usage(self, *, tokens: int = 0, cost: float = 0.0) -> None:
        check_usage(tokens, cost)
        self.seen.tokens += tokens
        self.seen.cost += cost

    async def close(self) -> None:
        """Let go of what the run opened."""
        if self._tables is not None:
            await self._tables.close()
        closing = getattr(self._http and self._http.client, "aclose", None)
        if closing is not None and self._given_http is None:
            await closing()


class ScratchState(StateHandle):
    """State of one node: ``value`` is what is kept, ``pending`` what is kept if the run succeeds."""

    def __init__(self, value: Any = None) -> None:
        self.value = value
        self.pending: list[Any] = []

    async def get(self, default: Any = None) -> Any:
        if self.pending:
            return self.pending[-1]
        return default if self.value is None else self.value

    async def set(self, value: Any, *, now: bool = False) -> None:
        check_plain(value, "the state")
        self.pending.append(value)
        if now:
            self.commit()

    def commit(self) -> None:
        """Keep what was set."""
        if self.pending:
            self.value = self.pending[-1]
            self.pending = []


class ScratchDraft(TableDraft):
    """A table being written."""

    def __init__(self, blobs: ScratchBlobs) -> None:
        self._blobs = blobs
        self.path = blobs.draft()

    async def commit(self, rows: int, columns: Iterable[tuple[str, str]]) -> TableRef:
        return TableRef(self._blobs.adopt(self.path), rows, tuple(columns))


class _WatchedHttp:
    """A client that remembers what was sent through it."""

    def __init__(self, client: HttpClient, seen: Seen) -> None:
        self.client = client
        self._seen = seen

    async def send(self, request: HttpRequest) -> HttpResponse:
        self._seen.requests.append(request)
        return await self.client.send(request)

    def stream(self, request: HttpRequest) -> AbstractAsyncContextManager[HttpStream]:
        self._seen.requests.append(request)
        return self.client.stream(request)
