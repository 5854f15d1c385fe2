"""``NodeContext`` as the engine gives it to nodes that run in this process."""

from __future__ import annotations

import asyncio
import mimetypes
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from studio.contracts.apart import Apart
from studio.contracts.blobs import BlobDraft, BlobFile
from studio.contracts.data_tables import DataTables
from studio.contracts.files import HostFiles
from studio.contracts.http import Dialer, HttpClient
from studio.contracts.stored import StateWrite
from studio.domain.errors import Conflict, UserError
from studio.domain.values import FileRef, ItemsRef, TableRef
from studio.engine.charges import charge_of
from studio.engine.encode import encode_small, reference_ids
from studio.engine.plan import PlanNode
from studio.sdk import ItemsBase, NodeContext, StateHandle, TableDraft, check_usage

if TYPE_CHECKING:
    from studio.engine.activity import Activity
    from studio.engine.node_calls import NodeCalls
    from studio.engine.run import Run


_AT_ONCE = 512
"""Most items of a list whose size is measured together."""


class RunContext(NodeContext):
    """The context of one attempt. Cheap to make: everything is looked up when it is asked for."""

    __slots__ = (
        "_alternative", "_run", "_state", "activity", "at", "attempt", "batch", "calls", "intent", "node", "path",
        "recovering",
    )  # fmt: skip

    def __init__(self, run: Run, path: str, node: PlanNode, at: int, attempt: int, alternative: int) -> None:
        self._run = run
        self.node = node
        self.at = at
        self._alternative = alternative
        self._state: NodeStateHandle | None = None
        self.path = path
        self.attempt = attempt
        self.recovering = attempt > 1
        self.intent: Any = None
        self.batch: Sequence[NodeContext] = ()
        self.activity: Activity | None = None
        self.calls: NodeCalls | None = None

    @property
    def workspace(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        return self._run.workspace

    @property
    def execution_id(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        return self._run.id

    @property
    def workflow_name(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        return self._run.plan.name

    @property
    def now(self) -> datetime:  # pyright: ignore[reportIncompatibleVariableOverride]
        return datetime.fromtimestamp(self.at / 1e6, UTC)

    @property
    def time_zone(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        return self._run.plan.settings.time_zone

    @property
    def idempotency_key(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        return self._run.key(self.path, self._alternative)

    @property
    def http(self) -> HttpClient:
        return self._run.engine.host.http_for(self._run.grants, self._run.workspace, charge_of(self._run.facts))

    @property
    def dial(self) -> Dialer:
        return self._run.engine.host.dial_for(self._run.grants, self._run.workspace)

    @property
    def files(self) -> HostFiles:
        return self._run.engine.host.files_for(self._run.grants)

    @property
    def data_tables(self) -> DataTables:
        return self._run.engine.host.data_tables_for(self._run.workspace, self._run.id, charge_of(self._run.facts))

    @property
    def apart(self) -> Apart:
        return self._run.engine.host.apart

    @property
    def state(self) -> StateHandle:
        if self._state is None:
            identities: dict[str, str] = self._run.facts.get("identities") or {}
            owner = identities.get("") or self._run.plan.name
            self._state = NodeStateHandle(self._run, f"{owner}/{static_path(self.path)}")
        return self._state

    async def state_on_success(self) -> StateWrite | None:
        """What is to be written together with the end of this node run; None where nothing is."""
        return None if self._state is None else await self._state.pending()

    @property
    def credential_alias(self) -> str | None:
        return self.node.credential

    async def credential(self, alias: str | None = None) -> Mapping[str, Any]:
        aliases = self.node.spec.credential
        name = aliases.get(alias, alias) if alias and isinstance(aliases, dict) else alias or self.node.credential
        if name is None:
            raise UserError(
                "node.no_credential", "{type} needs a credential; choose one on the node.", type=self.node.type
            )
        return await self._run.engine.host.credential(self._run.workspace, name, charge_of(self._run.facts))

    async def progress(self, percent: float | None = None, message: str | None = None) -> None:
        self._run.engine.show(self._run, "progress", self.path, {"percent": percent, "message": message})

    async def emit(self, part: Any) -> None:
        self._run.engine.show(self._run, "part", self.path, {"part": part})

    async def log(self, level: str, message: str, **fields: Any) -> None:
        self._run.engine.show(self._run, "log", self.path, {"level": level, "message": message, **fields})

    async def check_cancelled(self) -> None:
        await asyncio.sleep(0)

    def translate(self, key: str, **arguments: Any) -> str:
        run = self._run
        return run.engine.host.translate(self.node.type, key, run.grants.lang, arguments)

    async def make_file(self, data: bytes | AsyncIterator[bytes], name: str, media_type: str | None = None) -> FileRef:
        ref = await self._run.engine.blobs.put(self._run.workspace, data)
        self._run.values.hold((ref.id,))
        return FileRef(ref, name, media_type or mimetypes.guess_type(name)[0] or "application/octet-stream")

    async def read_file(self, file: FileRef, *, max_bytes: int = 256 * 1024 * 1024) -> bytes:
        if file.size > max_bytes:
            raise UserError(
                "file.too_large",
                "{name} has {size} bytes, more than {limit}.",
                name=file.name,
                size=file.size,
                limit=max_bytes,
            )
        return await self._run.engine.blobs.get(self._run.workspace, file.blob)

    def stream_file(self, file: FileRef, offset: int = 0) -> AsyncIterator[bytes]:
        return self._run.engine.blobs.stream(self._run.workspace, file.blob, offset)

    def local_file(self, file: FileRef) -> AbstractAsyncContextManager[Path]:
        return self._run.engine.blobs.local(self._run.workspace, file.blob)

    def local_table(self, table: TableRef) -> AbstractAsyncContextManager[Path]:
        return self._run.engine.blobs.local(self._run.workspace, table.blob)

    @asynccontextmanager
    async def new_table(self) -> AsyncGenerator[TableDraft]:
        async with self._run.engine.blobs.writable(self._run.workspace) as draft:
            yield _TableDraft(self._run, draft)

    async def keep_table(
        self, write: Callable[[BlobFile], object], rows: int, columns: Iterable[tuple[str, str]], size: int
    ) -> TableRef:
        ref = await self._run.engine.blobs.put_behind(self._run.workspace, write, size)
        self._run.values.hold((ref.id,))
        return TableRef(ref, rows, tuple(columns))

    async def make_items(self, items: AsyncIterator[Any] | Iterable[Any]) -> ItemsBase | list[Any]:
        writer = ItemsWriter(self._run)
        if hasattr(items, "__aiter__"):
            async for item in cast("AsyncIterator[Any]", items):
                if writer.add(item):
                    await writer.weigh()
        else:
            for item in cast("Iterable[Any]", items):
                if writer.add(item):
                    await writer.weigh()
        return await writer.finish()

    async def usage(self, *, tokens: int = 0, cost: float = 0.0) -> None:
        check_usage(tokens, cost)
        run = self._run
        # What runs in place is run again where it waits: let it wait before anything is counted.
        await asyncio.sleep(0)
        prefix, _slash, _node = self.path.rpartition("/")
        run.spending.record(f"{prefix}/" if prefix else "", self.node.id, tokens, cost)
        await run.journal.flush(run.engine.config.level)

    async def call(self, workflow: str, inputs: Mapping[str, Any]) -> Any:
        return await self._calls(workflow).call(workflow, inputs)

    async def call_all(self, calls: Sequence[tuple[str, Mapping[str, Any]]]) -> list[Any]:
        return await self._calls(calls[0][0]).call_all(calls) if calls else []

    def _calls(self, workflow: str) -> NodeCalls:
        if self.calls is None:
            raise UserError(
                "node.calls_undeclared",
                "{type} cannot call {workflow}: its class does not declare `calls`.",
                type=self.node.type,
                workflow=workflow,
            )
        return self.calls


class PlaceContext(RunContext):
    """The context of nodes that run in place, moved on from one to the next: what is pure keeps nothing of it."""

    __slots__ = ("prefix",)

    def __init__(self, run: Run, prefix: str, node: PlanNode, at: int) -> None:
        super().__init__(run, "", node, at, 1, 0)
        self.prefix = prefix

    @property
    def path(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        return self.prefix + self.node.id

    @path.setter
    def path(self, value: str) -> None:
        """Follows from the node."""

    @property
    def state(self) -> StateHandle:
        self._state = None
        return super().state


class _TableDraft(TableDraft):
    def __init__(self, run: Run, draft: BlobDraft) -> None:
        self._run = run
        self._draft = draft
        self.path = draft.path

    async def commit(self, rows: int, columns: Iterable[tuple[str, str]]) -> TableRef:
        ref = await self._draft.commit()
        self._run.values.hold((ref.id,))
        return TableRef(ref, rows, tuple(columns))


class ItemsWriter:
    """Gathers items into chunks of about ``items_bytes``; what stays below one chunk is given back as a list."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._limit = run.engine.config.items_bytes
        self._open: list[Any] = []
        self._bytes = 0
        self._weighed = 0
        self._weigh_at = 1
        self._chunks: list[Any] = []
        self._count = 0

    def add(self, item: Any) -> bool:
        """Add one item; whether it is time to ``weigh``."""
        self._open.append(item)
        return len(self._open) >= self._weigh_at

    async def weigh(self) -> None:
        """Look how large the items added since the last time are: many small ones at once, large ones one by one."""
        count = len(self._open) - self._weighed
        size = len(encode_small(self._open[self._weighed :])[1])
        self._bytes += size
        if self._bytes >= self._limit:
            await self._close()
        self._weighed = len(self._open)
        self._weigh_at = self._weighed + max(1, min(_AT_ONCE, self._limit // 16 * count // size))

    async def _close(self) -> None:
        self._count += len(self._open)
        self._chunks.append(await self._run.values.put_chunk(self._open))
        self._open, self._bytes = [], 0

    async def finish(self) -> ItemsBase | list[Any]:
        """The list."""
        if not self._chunks:
            return self._open
        if self._open:
            await self._close()
        return self._run.values.items(ItemsRef(self._count, tuple(self._chunks)))


class NodeStateHandle(StateHandle):
    """Node state in the store, by compare-and-set against what was read here."""

    def __init__(self, run: Run, key: str) -> None:
        self._run = run
        self._key = key
        self._version: int | None = None
        self._next: tuple[Any] | None = None

    async def get(self, default: Any = None) -> Any:
        if self._next is not None:
            return self._next[0]
        state = await self._run.engine.store.node_state(self._run.workspace, self._key)
        self._version = state.version
        return default if state.value is None else self._run.values.decode_now((state.value[0], state.value[1:]))

    async def set(self, value: Any, *, now: bool = False) -> None:
        encode_small(value, walk=True)
        self._next = (value,)
        if now:
            await self._run.journal.flush(self._run.engine.config.level)
            await self._write()

    async def pending(self) -> StateWrite | None:
        """The value that was set and is not written yet, for the version that was read."""
        if self._next is None:
            return None
        if self._version is None:
            self._version = (await self._run.engine.store.node_state(self._run.workspace, self._key)).version
        form, data = encode_small(self._next[0], walk=True)
        return StateWrite(self._key, bytes((form,)) + data, self._version, tuple(reference_ids(self._next[0])))

    async def _write(self) -> None:
        write = await self.pending()
        assert write is not None
        if not await self._run.engine.store.set_node_state(
            self._run.workspace, write.key, write.value, write.expected, write.blobs
        ):
            raise Conflict(
                "node.state_changed", "Another execution has changed the state of {key} meanwhile.", key=self._key
            )
        self._version = write.expected + 1
        self._next = None


def static_path(path: str) -> str:
    """A scope path without its indices: ``loop[3]/charge`` gives ``loop/charge``."""
    out: list[str] = []
    depth = 0
    for char in path:
        if char == "[":
            depth += 1
        elif char == "]":
            depth -= 1
        elif not depth:
            out.append(char)
    return "".join(out)
