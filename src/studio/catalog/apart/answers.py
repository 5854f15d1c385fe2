"""What a node of a private pack asks of the host, answered by the context that the engine made for its run.

The node is foreign code: it names things by numbers that it was given, gets no credential but those chosen on it, and
reaches what its pack's manifest asks for (``permissions``).
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Any, cast

import msgspec
from msgspec.msgpack import Ext

from studio.catalog.apart.opened import END, Open, each, pieces_of, table_pieces, written
from studio.catalog.apart.values import FILE, ITEMS, PER_ITEM, TABLE, numbered, packed, reference, unpacked
from studio.contracts.http import HttpRequest
from studio.domain.errors import AccessRefused
from studio.domain.values import FileRef, TableRef
from studio.sdk import ItemsBase, NodeContext, PerItem

HTTP, FILES, TABLES = "http", "files", "tables"
"""Permissions that a manifest may ask for."""
_FILES = frozenset({"read", "write", "append", "size", "tail", "list", "delete", "copy", "move"})
_TABLES = frozenset({
    "names", "columns", "ensure", "get", "find", "count", "insert", "update", "increment", "upsert", "delete",
})  # fmt: skip
_PIECE = 1024 * 1024
_MOST_OPEN = 64


class Answers:
    """For one piece of work.

    Args:
        type: The node type, for messages.
        context: Made by the engine, or by who lists choices.
        permissions: Those of the pack.
        aliases: Credentials chosen on the node.
    """

    def __init__(self, type: str, context: NodeContext, permissions: Sequence[str], aliases: Sequence[str]) -> None:
        self._type = type
        self._context = context
        self._permissions = permissions
        self._aliases = aliases
        self._numbers = itertools.count(1)
        self._kept: dict[int, Any] = {}
        self._given: set[Any] = set()
        self._open: dict[int, Open] = {}
        self._stack = AsyncExitStack()

    async def __call__(self, name: str, args: list[Any]) -> Any:
        """Answer.

        Raises:
            StudioError: It is refused, or failed.
        """
        method = getattr(self, f"_ask_{name}", None)
        if method is None:
            raise TypeError(f"{name} is no question")
        return self.sent(await method(*(self._found(one) for one in args)))

    async def close(self) -> None:
        """Give up what is still open."""
        for one in list(self._open.values()):
            await one.close()
        self._open.clear()
        await self._stack.aclose()

    # Values

    def sent(self, value: Any) -> Any:
        """A value as the node gets it."""
        return packed(value, self._keep)

    def _keep(self, value: Any) -> Ext | None:
        if isinstance(value, FileRef | TableRef):
            self._given.add(value.blob)
            return reference(value)
        if isinstance(value, ItemsBase):
            return numbered(ITEMS, self._number(value), len(value))
        if isinstance(value, PerItem):
            one = cast("PerItem[Any]", value)
            parts = [self.sent(part) for part in one.parts]
            return numbered(PER_ITEM, self._number(one), one.source, _tree(one.tree), parts, one.param)
        return None

    def _number(self, value: Any) -> int:
        number = next(self._numbers)
        self._kept[number] = value
        return number

    def found(self, value: Any) -> Any:
        """A value that the node gave back: a reference in it must be one that it was given."""
        return self._found(value)

    def _found(self, value: Any) -> Any:
        return unpacked(value, self._find)

    def _find(self, kind: int, facts: list[Any]) -> Any:
        if kind in (FILE, TABLE):
            if facts[0].blob not in self._given:
                raise self._forged()
            return facts[0]
        found = self._kept.get(facts[0])
        if kind != ITEMS or not isinstance(found, ItemsBase):
            raise self._forged()
        return found

    def _forged(self) -> AccessRefused:
        return AccessRefused("pack.forged", "{type} gave a file, table or list that it was not given.", type=self._type)

    async def _ask_per_item(self, number: int, item: Any, index: int) -> Any:
        return await self._complete(lambda: self._kept[number](item, index))

    async def _ask_items(self, number: int, start: int, stop: int) -> Any:
        return await self._complete(lambda: list(self._kept[number][start:stop]))

    async def _complete(self, read: Callable[[], Any]) -> Any:
        """What ``read`` gives; parts of long lists are fetched until it has all that it needs."""
        while True:
            try:
                return read()
            except Exception as error:
                fetch: Any = getattr(getattr(error, "items", None), "fetch", None)
                if fetch is None:
                    raise
                await fetch(cast("Any", error).number)

    # Plain questions

    async def _ask_progress(self, percent: float | None, message: str | None) -> None:
        await self._context.progress(percent, message)

    async def _ask_emit(self, part: Any) -> None:
        await self._context.emit(part)

    async def _ask_log(self, level: str, message: str, fields: dict[str, Any]) -> None:
        await self._context.log(level, message, **{key: one for key, one in fields.items() if key not in _LOG_NAMES})

    async def _ask_translate(self, key: str, arguments: dict[str, Any]) -> str:
        return self._context.translate(key, **{name: one for name, one in arguments.items() if name != "key"})

    async def _ask_usage(self, tokens: int, cost: float) -> None:
        await self._context.usage(tokens=int(tokens), cost=float(cost))

    async def _ask_state_get(self, default: Any) -> Any:
        return await self._context.state.get(default)

    async def _ask_state_set(self, value: Any, now: bool) -> None:
        await self._context.state.set(value, now=bool(now))

    async def _ask_credential(self, alias: str | None) -> dict[str, Any]:
        if alias is not None:
            self._check_alias(alias)
        return dict(await self._context.credential(alias))

    def _check_alias(self, alias: str | None) -> None:
        if alias is not None and alias not in self._aliases:
            raise AccessRefused(
                "pack.credential", "{type} asks for the credential {alias}, which is not chosen on the node.",
                type=self._type, alias=alias,
            )  # fmt: skip

    async def _ask_call(self, calls: list[Any]) -> list[Any]:
        return await self._context.call_all([(str(workflow), dict(inputs)) for workflow, inputs in calls])

    def _need(self, permission: str) -> None:
        if permission not in self._permissions:
            raise AccessRefused(
                "pack.permission",
                "{type} uses {permission}, which the manifest of its pack does not name in `permissions`.",
                type=self._type, permission=permission,
            )  # fmt: skip

    # HTTP

    def _request(self, fields: Any) -> HttpRequest:
        self._need(HTTP)
        request = msgspec.convert(fields, HttpRequest)
        self._check_alias(request.credential)
        return request

    async def _ask_http_send(self, fields: Any) -> Any:
        answer = await self._context.http.send(self._request(fields))
        return msgspec.to_builtins(answer, builtin_types=(bytes,))

    async def _ask_http_begin(self, fields: Any) -> list[Any]:
        request = self._request(fields)
        begun: asyncio.Future[tuple[int, list[Any]]] = asyncio.get_running_loop().create_future()

        async def pieces() -> AsyncGenerator[bytes]:
            async with self._context.http.stream(request) as stream:
                begun.set_result((stream.status, [list(one) for one in stream.headers]))
                yield b""
                async for piece in stream.pieces():
                    yield piece

        source = Open(pieces())
        await source.next()
        status, headers = begun.result()
        return [self._opened(source), status, headers]

    async def _ask_http_piece(self, number: int) -> bytes | None:
        found = await self._open[number].next()
        return None if found is END else found

    async def _ask_http_end(self, number: int) -> None:
        await self._closed(number)

    # Files and tables of the execution

    async def _ask_make_file(self, data: bytes, name: str, media_type: str | None) -> FileRef:
        return await self._context.make_file(data, name, media_type)

    async def _ask_file_begin(self, name: str, media_type: str | None) -> int:
        return self._opened(Open(sink=lambda pieces: self._context.make_file(pieces, name, media_type)))

    async def _ask_file_piece(self, number: int, piece: bytes) -> None:
        await self._open[number].put(piece)

    async def _ask_file_end(self, number: int) -> FileRef:
        return await self._open.pop(number).finish()

    async def _ask_read_file(self, file: FileRef, most: int) -> bytes:
        return await self._context.read_file(file, max_bytes=min(most, 200 * _PIECE))

    async def _ask_read_begin(self, what: Any, offset: int) -> int:
        if isinstance(what, FileRef):
            return self._opened(Open(pieces_of(self._context.stream_file(what, offset))))
        return self._opened(Open(table_pieces(self._context, what)))

    async def _ask_read_piece(self, number: int) -> bytes:
        found = await self._open[number].next()
        return b"" if found is END else found

    async def _ask_read_end(self, number: int) -> None:
        await self._closed(number)

    async def _ask_table_begin(self) -> int:
        draft = await self._stack.enter_async_context(self._context.new_table())
        number = self._opened(Open(sink=lambda pieces: written(draft.path, pieces)))
        self._kept[-number] = draft
        return number

    async def _ask_table_piece(self, number: int, piece: bytes) -> None:
        await self._open[number].put(piece)

    async def _ask_table_end(self, number: int, rows: int, columns: list[Any]) -> TableRef:
        await self._open.pop(number).finish()
        return await self._kept.pop(-number).commit(int(rows), [(str(name), str(kind)) for name, kind in columns])

    async def _ask_items_begin(self) -> int:
        return self._opened(Open(sink=lambda batches: self._context.make_items(each(batches))))

    async def _ask_items_add(self, number: int, items: list[Any]) -> None:
        await self._open[number].put(items)

    async def _ask_items_end(self, number: int, items: list[Any]) -> Any:
        one = self._open.pop(number)
        await one.put(items)
        return await one.finish()

    # The host's files, and data tables

    async def _ask_files(self, method: str, args: list[Any], named: dict[str, Any]) -> Any:
        self._need(FILES)
        if method not in _FILES:
            raise TypeError(f"{method} is no method of files")
        return msgspec.to_builtins(
            await getattr(self._context.files, method)(*args, **named), builtin_types=(bytes,)
        )  # fmt: skip

    async def _ask_tables(self, method: str, args: list[Any], named: dict[str, Any]) -> Any:
        self._need(TABLES)
        if method not in _TABLES:
            raise TypeError(f"{method} is no method of data tables")
        if isinstance(named.get("after"), list):
            named["after"] = tuple(named["after"])
        return msgspec.to_builtins(await getattr(self._context.data_tables, method)(*args, **named))

    # What is open

    def _opened(self, one: Open) -> int:
        if len(self._open) >= _MOST_OPEN:
            raise ValueError("too much is open at the same time")
        number = next(self._numbers)
        self._open[number] = one
        return number

    async def _closed(self, number: int) -> None:
        one = self._open.pop(number, None)
        if one is not None:
            await one.close()


_LOG_NAMES = ("level", "message")


def _tree(tree: Any) -> Any:
    """The portable tree of an expression, None where it is none that travels."""
    try:
        return packed(_listed(tree), lambda _value: None)
    except (AccessRefused, Exception):  # noqa: BLE001 - then the node gets none, as for any other expression
        return None


def _listed(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _listed(one) for key, one in cast("Mapping[str, Any]", value).items()}
    return [_listed(one) for one in cast("list[Any]", value)] if isinstance(value, list | tuple) else value
