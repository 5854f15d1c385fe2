"""``NodeContext`` in the process apart: everything is asked of the host, by the names in ``answers``."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn, cast

import msgspec

from studio.catalog.apart.offered import Draft, Files, Here, Http, State, Tables
from studio.catalog.apart.values import ITEMS, PER_ITEM, numbered, packed, reference, unpacked
from studio.contracts.apart import Ask
from studio.domain.errors import AccessRefused
from studio.domain.values import FileRef, TableRef
from studio.sdk import (
    ItemsBase,
    NodeContext,
    PerItem,
    StateHandle,
    TableDraft,
)

_AT_ONCE = 500
"""Items fetched or sent together."""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What a node is told of its run."""

    type: str
    workspace: str = ""
    execution_id: str = ""
    workflow_name: str = ""
    path: str = ""
    attempt: int = 1
    now: float = 0.0
    time_zone: str = "UTC"
    idempotency_key: str = ""
    recovering: bool = False
    intent: Any = None
    credential_alias: str | None = None


class WireContext(NodeContext):
    """The context of one run."""

    def __init__(self, ask: Ask, facts: Facts) -> None:
        self._ask = ask
        self._type = facts.type
        self._alias = facts.credential_alias
        self.workspace = facts.workspace
        self.execution_id = facts.execution_id
        self.workflow_name = facts.workflow_name
        self.path = facts.path
        self.attempt = facts.attempt
        self.now = datetime.fromtimestamp(facts.now, UTC)
        self.time_zone = facts.time_zone
        self.idempotency_key = facts.idempotency_key
        self.recovering = facts.recovering
        self.intent: Any = self.found(facts.intent)
        self.batch: Sequence[NodeContext] = (self,)
        self._state = State(self)

    def found(self, value: Any) -> Any:
        """A value that the host gave."""
        return unpacked(value, self._find)

    def sent(self, value: Any) -> Any:
        """A value as the host takes it."""
        return packed(value, _kept)

    async def asked(self, name: str, *args: Any) -> Any:
        """Ask the host."""
        return self.found(await self._ask(name, *(self.sent(one) for one in args)))

    def _find(self, kind: int, found: list[Any]) -> Any:
        if kind == ITEMS:
            return RemoteItems(self, found[0], found[1])
        if kind == PER_ITEM:
            return self._per_item(*found)
        return found[0]

    def _per_item(self, number: int, source: str, tree: Any, parts: list[Any], param: str) -> PerItem[Any]:
        def call(item: Any, index: int) -> Any:
            return self.found(self._ask.now("per_item", number, self.sent(item), index))

        return PerItem[Any](call, source, tree, tuple(self.found(one) for one in parts), param)

    def items_of(self, number: int, start: int, stop: int) -> list[Any]:
        """Some items of a long list."""
        return self.found(self._ask.now("items", number, start, stop))

    @property
    def http(self) -> Any:
        return Http(self)

    @property
    def dial(self) -> Any:
        self._refuse("dial")

    @property
    def files(self) -> Any:
        return Files(self)

    @property
    def data_tables(self) -> Any:
        return Tables(self)

    @property
    def apart(self) -> Any:
        return Here()

    @property
    def state(self) -> StateHandle:
        return self._state

    @property
    def credential_alias(self) -> str | None:
        return self._alias

    async def credential(self, alias: str | None = None) -> Mapping[str, Any]:
        return await self.asked("credential", alias)

    async def progress(self, percent: float | None = None, message: str | None = None) -> None:
        await self.asked("progress", percent, message)

    async def emit(self, part: Any) -> None:
        await self.asked("emit", part)

    async def log(self, level: str, message: str, **fields: Any) -> None:
        await self.asked("log", level, message, fields)

    async def check_cancelled(self) -> None:
        await asyncio.sleep(0)

    def translate(self, key: str, **arguments: Any) -> str:
        return str(self._ask.now("translate", key, self.sent(arguments)))

    async def make_file(self, data: bytes | AsyncIterator[bytes], name: str, media_type: str | None = None) -> FileRef:
        if isinstance(data, bytes):
            return await self.asked("make_file", data, name, media_type)
        number: int = await self.asked("file_begin", name, media_type)
        async for piece in data:
            await self.asked("file_piece", number, piece)
        return await self.asked("file_end", number)

    async def read_file(self, file: FileRef, *, max_bytes: int = 256 * 1024 * 1024) -> bytes:
        return await self.asked("read_file", file, max_bytes)

    async def stream_file(self, file: FileRef, offset: int = 0) -> AsyncIterator[bytes]:
        number: int = await self.asked("read_begin", file, offset)
        try:
            while piece := await self.asked("read_piece", number):
                yield piece
        finally:
            await self.asked("read_end", number)

    @asynccontextmanager
    async def local_file(self, file: FileRef) -> AsyncGenerator[Path]:
        async with self._local(file) as path:
            yield path

    @asynccontextmanager
    async def local_table(self, table: TableRef) -> AsyncGenerator[Path]:
        async with self._local(table) as path:
            yield path

    @asynccontextmanager
    async def _local(self, what: FileRef | TableRef) -> AsyncGenerator[Path]:
        path = _scratch()
        try:
            number: int = await self.asked("read_begin", what, 0)
            with path.open("wb") as out:
                while piece := await self.asked("read_piece", number):
                    out.write(piece)
            yield path
        finally:
            path.unlink(missing_ok=True)

    @asynccontextmanager
    async def new_table(self) -> AsyncGenerator[TableDraft]:
        path = _scratch()
        try:
            yield Draft(self, path)
        finally:
            path.unlink(missing_ok=True)

    async def make_items(self, items: AsyncIterator[Any] | Iterable[Any]) -> ItemsBase | list[Any]:
        number: int = await self.asked("items_begin")
        batch: list[Any] = []
        async for item in _each(items):
            batch.append(item)
            if len(batch) >= _AT_ONCE:
                await self.asked("items_add", number, batch)
                batch = []
        return await self.asked("items_end", number, batch)

    async def usage(self, *, tokens: int = 0, cost: float = 0.0) -> None:
        await self.asked("usage", tokens, cost)

    async def call(self, workflow: str, inputs: Mapping[str, Any]) -> Any:
        return (await self.asked("call", [[workflow, dict(inputs)]]))[0]

    async def call_all(self, calls: Sequence[tuple[str, Mapping[str, Any]]]) -> list[Any]:
        return await self.asked("call", [[workflow, dict(inputs)] for workflow, inputs in calls])

    def _refuse(self, what: str) -> NoReturn:
        raise AccessRefused(
            "pack.not_apart", "{type} comes from a private pack, which has no {what}; it runs apart from the network.",
            type=self._type, what=f"ctx.{what}",
        )  # fmt: skip


def _kept(value: Any) -> Any:
    return numbered(ITEMS, value.number, len(value)) if isinstance(value, RemoteItems) else reference(value)


def _scratch() -> Path:
    handle, name = tempfile.mkstemp(dir=".")
    os.close(handle)
    return Path(name).absolute()


async def _each(items: AsyncIterator[Any] | Iterable[Any]) -> AsyncIterator[Any]:
    if hasattr(items, "__aiter__"):
        async for one in cast("AsyncIterator[Any]", items):
            yield one
    else:
        for one in cast("Iterable[Any]", items):
            yield one


class RemoteItems(ItemsBase):
    """A long list that the host keeps, read some items at a time."""

    __slots__ = ("_context", "_from", "_length", "_page", "number")

    def __init__(self, context: WireContext, number: int, length: int) -> None:
        self._context = context
        self.number = number
        self._length = length
        self._from = 0
        self._page: list[Any] = []

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, slice):
            return [self[position] for position in range(*key.indices(self._length))]
        position = key + self._length if key < 0 else key
        if not 0 <= position < self._length:
            raise IndexError(key)
        if not self._from <= position < self._from + len(self._page):
            self._from = position
            self._page = self._context.items_of(self.number, position, min(position + _AT_ONCE, self._length))
        return self._page[position - self._from]

    def __iter__(self) -> Iterator[Any]:
        for start in range(0, self._length, _AT_ONCE):
            yield from self._context.items_of(self.number, start, min(start + _AT_ONCE, self._length))
