"""Looking at executions: one with where it stands, its node runs, and the values at its nodes, page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, cast

import orjson

from studio.contracts.blobs import BlobStore
from studio.contracts.records import Records
from studio.contracts.store import Store
from studio.contracts.stored import ExecutionRow, NodeRunRow
from studio.domain.access import Actor, Permission
from studio.domain.errors import Conflict, NotFound
from studio.domain.status import ExecutionStatus
from studio.domain.values import FileRef, TableRef
from studio.engine import ErrorInfo, ExecutionResult, Look, read_history
from studio.engine.looking import Attempt
from studio.services.auditing import entry
from studio.services.executing.finding import ExecutionFinder
from studio.services.executing.masking import Mask, Masking, conceal, hidden_in, node_of
from studio.services.exporting import exported
from studio.services.values import LongList, present

INPUTS, EVENT, OUTPUT = "$inputs", "$event", "$output"
"""What stands for the inputs, the trigger's event and the execution's output where a node's path is asked for."""

Part: TypeAlias = Literal["output", "input"]
"""Which side of a node run."""

MOST_EXPORTED = 64 * 1024 * 1024
"""Bytes of a journal that are exported at once."""
_QUEUE, _PAGE, _MOST_PAGES = 1000, 1000, 20

MAX_TEXT = 64 * 1024
"""Characters of a text in one answer."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A part of a value.

    Args:
        kind: object, list, text, number, boolean, null, file or table.
        size: Entries of an object or list, characters of a text; None for others.
        offset: Where ``value`` begins.
        value: Up to the asked-for number of entries or characters as plain JSON. Members that are large are cut to
            their kind and size: ``{"$more": {"kind": "list", "size": 12000}}``.
    """

    kind: str
    size: int | None
    offset: int
    value: Any


class Reading:
    """Shows executions to those who may see them."""

    def __init__(
        self, store: Store, blobs: BlobStore, records: Records, finder: ExecutionFinder, masking: Masking
    ) -> None:
        self._store = store
        self._blobs = blobs
        self._records = records
        self._finder = finder
        self._masking = masking

    async def show(self, actor: Actor, execution_id: str) -> tuple[ExecutionRow, ExecutionResult]:
        """An execution and where it stands, without values and nodes.

        Raises:
            NotFound: There is none that the actor may see.
        """
        row = await self._finder.find(actor, execution_id)
        look = Look(self._store, self._blobs, row)
        result = await look.result()
        usage = await look.usage()
        result.tokens, result.cost = usage.tokens, usage.cost
        if result.error is not None or result.reason_args:
            mask = await self._masking.of(row)
            result.error = hidden_in(mask, result.error)
            result.reason_args = [mask.text(one) for one in result.reason_args]
        if row.status is ExecutionStatus.QUEUED:
            await self._say_why_queued(row, result)
        return row, result

    async def _say_why_queued(self, row: ExecutionRow, result: ExecutionResult) -> None:
        """Why nobody has taken it up."""
        now = await self._store.now()
        if row.held:
            result.reason = "wait.held"
        elif row.wake_at is not None and row.wake_at > now:
            result.reason = "wait.later"
        elif not any(worker.lease_until > now for worker in await self._store.workers()):
            result.reason = "wait.nobody"
        else:
            queue = await self._store.backlog(row.workspace, _QUEUE)
            place = next((at for at, one in enumerate(queue) if one.row.id == row.id), len(queue))
            taken = place < len(queue) and queue[place].slot_taken
            result.reason = "wait.slot" if taken else "wait.turn"
            result.reason_args = [] if taken else [str(place)]

    async def document(self, actor: Actor, execution_id: str) -> dict[str, Any]:
        """The workflow as the execution runs it.

        Raises:
            NotFound: There is no such execution, or its version is not kept any more.
            AccessRefused: The actor may not see the workflow.
        """
        row = await self._finder.find(actor, execution_id, Permission.WORKFLOW_VIEW)
        found = await self._store.version(row.workspace, row.workflow_hash)
        if found is None:
            raise NotFound(
                "workflow.version_gone", "The workflow version {hash} is not kept here.", hash=row.workflow_hash
            )
        return orjson.loads(found)

    async def node_runs(
        self, actor: Actor, execution_id: str, after: str | None, limit: int
    ) -> tuple[list[NodeRunRow], str | None]:
        """Node runs in the order of their paths, and the path after which the next page begins."""
        row = await self._finder.find(actor, execution_id)
        runs = await self._store.node_runs(row.id, after=after, limit=limit)
        return runs, runs[-1].path if len(runs) >= limit else None

    async def timeline(
        self, actor: Actor, execution_id: str, after: str | None, limit: int
    ) -> tuple[ExecutionRow, list[NodeRunRow], str | None]:
        """Node runs outside maps, which a waterfall shows as bars, in the order of their paths."""
        row = await self._finder.find(actor, execution_id)
        found: list[NodeRunRow] = []
        for _ in range(_MOST_PAGES):
            runs = await self._store.node_runs(row.id, after=after, limit=_PAGE)
            for run in runs:
                if run.first is None:
                    found.append(run)
                after = run.path
                if len(found) == limit:
                    return row, found, after
            if len(runs) < _PAGE:
                return row, found, None
        return row, found, after

    async def attempts(
        self, actor: Actor, execution_id: str, path: str, *, reveal: bool = False
    ) -> tuple[list[Attempt], ErrorInfo | None]:
        """The failed attempts of a node run, and the error that it ended with.

        Raises:
            NotFound: There is no such execution that the actor may see.
            AccessRefused: They may not see what is masked.
        """
        row = await self._finder.find(actor, execution_id)
        attempts, error = await Look(self._store, self._blobs, row).attempts(path)
        mask = await self._mask(actor, row, path, reveal)
        shown = [one._replace(error=hidden_in(mask, one.error)) for one in attempts]
        return shown, hidden_in(mask, error)

    async def file(
        self, actor: Actor, execution_id: str, path: str, pointer: Sequence[str], *, reveal: bool = False
    ) -> tuple[FileRef, AsyncIterator[bytes]]:
        """A file or table among the values of an execution, and its content; a table as an Arrow file.

        Raises:
            NotFound: There is no such execution or file.
            AccessRefused: They may not see what is masked.
        """
        row = await self._finder.find(actor, execution_id)
        mask = await self._mask(actor, row, path, reveal)
        value = await self._value(row, path, pointer, mask)
        if isinstance(value, TableRef):
            value = FileRef(value.blob, "table.arrow", "application/vnd.apache.arrow.file")
        if not isinstance(value, FileRef):
            raise NotFound("execution.no_file", "There is no file at {path}.", path="/".join((path, *pointer)))
        content = mask.hidden.stream(self._blobs.stream(row.workspace, value.blob))
        return FileRef(value.blob, mask.text(value.name), value.media_type), content

    async def export(self, actor: Actor, execution_id: str, *, reveal: bool = False) -> dict[str, Any]:
        """Everything known about an execution as plain JSON, which the audit log tells.

        Raises:
            NotFound: There is no such execution that the actor may see.
            AccessRefused: They may not see what is masked.
            Conflict: It is too large to be given out at once.
        """
        row = await self._finder.find(actor, execution_id)
        if row.journal_bytes > MOST_EXPORTED:
            raise Conflict(
                "execution.export_large", "The execution {id} is too large to be exported at once.", id=row.id
            )
        mask = await self._mask(actor, row, "*", reveal)
        await self._records.commit(
            [], [entry(actor, "execution.exported", kind="execution", id=row.id, name=row.workflow_name)]
        )
        history = await read_history(self._store, self._blobs, row.id, row.workspace)
        found = await exported(history)
        found["accepted"].pop("grants", None)
        variables: dict[str, Any] = found["accepted"].get("vars") or {}
        found["accepted"]["vars"] = mask.hidden.variables(variables)
        found["accepted"]["inputs"] = mask.inputs(found["accepted"].get("inputs"))
        found["outputs"] = {path: mask.output(path, value) for path, value in found["outputs"].items()}
        return mask.plain(found)

    async def _mask(self, actor: Actor, row: ExecutionRow, path: str, reveal: bool) -> Mask:
        """What is masked. That what is marked is revealed stands in the audit log before.

        Raises:
            AccessRefused: It was asked for by somebody who may not.
        """
        if not reveal:
            return await self._masking.of(row)
        await self._finder.find(actor, row.id, Permission.EXECUTION_REVEAL)
        await self._records.commit(
            [],
            [entry(actor, "execution.revealed", kind="execution", id=row.id, name=row.workflow_name,
                   after={"path": path})],
        )  # fmt: skip
        return await self._masking.revealed(row)

    async def value(
        self,
        actor: Actor,
        execution_id: str,
        path: str,
        pointer: Sequence[str],
        offset: int,
        limit: int,
        *,
        part: Part = "output",
        reveal: bool = False,
    ) -> Shown:
        """A part of a value: the output of a node run, or ``$inputs``, ``$event``, ``$output``.

        Args:
            actor: Who asks.
            execution_id: Of which execution.
            path: Path of the node run.
            pointer: Keys and indexes that lead into the value.
            offset: Entries or characters to leave out.
            limit: Entries or characters to show.
            part: What it gave, or the ``input`` with which it runs, where that is recorded.
            reveal: Show what is marked secret or personal, too.

        Raises:
            NotFound: There is no such execution, output or part.
            AccessRefused: They may not see what is masked.
        """
        row = await self._finder.find(actor, execution_id)
        mask = await self._mask(actor, row, path, reveal)
        return await shown(await self._value(row, path, pointer, mask, part), offset, limit, mask)

    async def _value(
        self, row: ExecutionRow, path: str, pointer: Sequence[str], mask: Mask, part: Part = "output"
    ) -> Any:
        look = Look(self._store, self._blobs, row)
        if path in (INPUTS, EVENT):
            value = await look.given(path[1:])
        elif path == OUTPUT:
            value = (await look.result()).output
        elif part == "input":
            value = conceal(await look.input(path), mask.marks.params.get(node_of(path), ()))
        else:
            value = await look.output(path)
        if part == "output":
            value = mask.inputs(value) if path == INPUTS else mask.output(path, value)
        for at, key in enumerate(pointer):
            value = await into(value, key, "/".join(pointer[: at + 1]))
        return value


async def into(value: Any, key: str, pointer: str) -> Any:
    """What lies at a key or index of a value.

    Raises:
        NotFound: Nothing does.
    """
    if isinstance(value, Mapping) and key in value:
        return cast("Mapping[str, Any]", value)[key]
    if key.isdecimal() and len(key) < 16:
        found = await _slice(value, int(key), 1)
        if found:
            return found[0]
    raise NotFound("execution.no_part", "The value has nothing at {pointer}.", pointer=pointer)


async def _slice(value: Any, offset: int, limit: int) -> list[Any]:
    """Items of a list, of one in chunks only those chunks that hold them."""
    if isinstance(value, LongList):
        out: list[Any] = []
        at, number = 0, 0
        while at < min(offset + limit, len(value)):
            chunk = await value.load(number)
            out += chunk[max(0, offset - at) : max(0, offset + limit - at)]
            at, number = at + len(chunk), number + 1
        return out
    if isinstance(value, list | tuple):
        return list(cast("Sequence[Any]", value)[offset : offset + limit])
    return []


async def shown(value: Any, offset: int, limit: int, mask: Mask) -> Shown:
    """A part of a value, ready to be given out."""
    if isinstance(value, str):
        value = mask.text(value)
        text = value[offset : offset + min(limit, MAX_TEXT)]
        return Shown("text", len(value), offset, text)
    if isinstance(value, Mapping):
        entries = list(cast("Mapping[str, Any]", value).items())
        part = {key: await _brief(inner, mask) for key, inner in entries[offset : offset + limit]}
        part = mask.plain(part)
        return Shown("object", len(entries), offset, part)
    if isinstance(value, LongList | list | tuple):
        items = await _slice(value, offset, limit)
        part = mask.plain([await _brief(inner, mask) for inner in items])
        return Shown("list", len(cast("Sequence[Any]", value)), offset, part)
    plain = mask.plain(await present(value))
    if isinstance(plain, str):
        return Shown("text", len(plain), offset, plain)
    kind = next(iter(cast("dict[str, Any]", plain)))[1:] if isinstance(plain, dict) else _scalar(plain)
    return Shown(kind, None, 0, plain)


def _scalar(value: Any) -> str:
    if value is None:
        return "null"
    return "boolean" if isinstance(value, bool) else "number"


_BRIEF_TEXT, _BRIEF_ENTRIES, _BRIEF_DEPTH = 400, 20, 4


async def _brief(value: Any, mask: Mask, depth: int = 0) -> Any:
    """A member of a value: whole where it is small, else what it is and how large."""
    if isinstance(value, str):
        value = mask.text(value)
        return value if len(value) <= _BRIEF_TEXT else _more("text", len(value))
    if isinstance(value, Mapping):
        entries = cast("Mapping[str, Any]", value)
        if len(entries) > _BRIEF_ENTRIES or depth >= _BRIEF_DEPTH:
            return _more("object", len(entries))
        return {key: await _brief(inner, mask, depth + 1) for key, inner in entries.items()}
    if isinstance(value, LongList | list | tuple):
        size = len(cast("Sequence[Any]", value))
        if size > _BRIEF_ENTRIES or depth >= _BRIEF_DEPTH:
            return _more("list", size)
        return [await _brief(inner, mask, depth + 1) for inner in await _slice(value, 0, size)]
    return await present(value)


def _more(kind: str, size: int) -> dict[str, Any]:
    return {"$more": {"kind": kind, "size": size}}
