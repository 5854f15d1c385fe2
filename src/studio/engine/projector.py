"""Projections: node runs as lists and views show them, made from committed records and written in batches."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from msgspec import structs

from studio.contracts.stored import NodeRunRow, Projection
from studio.domain.errors import RecordCorrupt, StorageError, StudioError, WriteRefused
from studio.domain.status import NodeStatus
from studio.engine import records as r
from studio.engine.context import static_path
from studio.engine.plan import Level, Plan
from studio.engine.records import Record

if TYPE_CHECKING:
    from studio.contracts.store import Store
    from studio.contracts.stored import ExecutionRow
    from studio.engine.engine import Engine

_BATCH = 256
_GATHER = 0.02
"""Seconds between projections while little is to be projected."""
_MOST_WAITING = 20_000
_SUCCEEDED = NodeStatus.SUCCEEDED


class Projector:
    """Writes projections behind the journal. ``lag`` is how many segments wait."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._queue: list[Projection] = []
        self._task: asyncio.Task[None] | None = None
        self._hurry = asyncio.Event()
        self.failure: StorageError | None = None

    @property
    def lag(self) -> int:
        """Segments committed and not yet projected."""
        return len(self._queue)

    @property
    def behind(self) -> bool:
        """Whether the lag is so long that nothing new should be accepted."""
        return len(self._queue) > _MOST_WAITING

    def add(self, execution_id: str, workspace: str, seq: int, rows: list[NodeRunRow]) -> None:
        """Queue the node runs of a segment."""
        self._queue.append(Projection(execution_id=execution_id, workspace=workspace, seq=seq, rows=rows))
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._work())

    async def _work(self) -> None:
        try:
            while self._queue:
                await self._pause()
                batch, self._queue = self._queue[:_BATCH], self._queue[_BATCH:]
                try:
                    await self._write(merge(batch))
                except StorageError as error:
                    # Nothing may be missing in the middle: what comes next tries it again.
                    self.failure = error
                    self._queue = batch + self._queue
                    return
        finally:
            self._task = None

    async def _pause(self) -> None:
        """Let a batch gather: who waits for every commit of the journal would wait for ours each time, too."""
        if len(self._queue) < _BATCH and not self._hurry.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(_GATHER):
                    await self._hurry.wait()

    async def _write(self, batch: list[Projection]) -> None:
        try:
            await self._store.project(batch)
        except WriteRefused as error:
            if len(batch) == 1:
                # Its rows cannot be shown; that they were written is all there is to note.
                self.failure = error
                await self._store.project([structs.replace(batch[0], rows=[])])
                return
            for one in batch:
                await self._write([one])

    async def drain(self) -> None:
        """Wait until everything queued is written."""
        self._hurry.set()
        try:
            while self._task is not None:
                await asyncio.shield(self._task)
        finally:
            self._hurry.clear()


async def catch_up(engine: Engine, limit: int = 100) -> int:
    """Project what crashes left behind of what is in nobody's hands; returns how many executions that were."""
    rows = await engine.store.unprojected(limit)
    for row in rows:
        await project_missed(engine, row)
    await engine.projector.drain()
    return len(rows)


async def project_missed(engine: Engine, row: ExecutionRow) -> None:
    """Queue the segments that were committed and not projected; what cannot be read stays as it is."""
    try:
        plan = await engine.plan(row.workspace, row.workflow_hash)
        for segment in await engine.store.read(row.id, after=row.projected_seq):
            engine.projector.add(row.id, row.workspace, segment.seq, node_rows(plan, r.unpack(segment.payload)))
    except StudioError as error:
        if isinstance(error, StorageError) and not isinstance(error, RecordCorrupt):
            raise


def merge(batch: list[Projection]) -> list[Projection]:
    """One projection per execution, later rows of a path over earlier ones."""
    parts: dict[str, list[Projection]] = {}
    for one in batch:
        parts.setdefault(one.execution_id, []).append(one)
    return [_merged(of_one) if len(of_one) > 1 else of_one[0] for of_one in parts.values()]


def _merged(parts: list[Projection]) -> Projection:
    rows = {row.path: row for part in parts for row in part.rows}
    first = parts[0]
    return Projection(
        execution_id=first.execution_id,
        workspace=first.workspace,
        seq=max(part.seq for part in parts),
        rows=list(rows.values()),
    )


def node_rows(plan: Plan | None, records: list[Record]) -> list[NodeRunRow]:
    """The node runs that a segment's records tell of."""
    rows: list[NodeRunRow] = []
    types = _Types(plan)
    for record in records:
        kind = record[0]
        if kind == r.DONE:
            _kind, prefix, node, at, took, attempts, waited, _ports, form, payload, given, _message = record
            gave = len(payload) if payload.__class__ is bytes else size_of(form, payload)
            type = types.of(prefix, node)
            rows.append(NodeRunRow(prefix + node, type, _SUCCEEDED, at, took, waited, attempts, given, gave))
        elif kind == r.CHUNK:
            _chunk_rows(rows, record)
        elif kind in (r.FAILED, r.SKIPPED, r.HELD) or (kind == r.WAIT and record[5] != r.LIMIT):
            rows.append(_other_row(record, types))
    return rows


def _chunk_rows(rows: list[NodeRunRow], record: Record) -> None:
    first, count, base = record[3], record[4], record[1] + record[2]
    path = f"{base}[{first}]" if count == 1 else f"{base}[{first}-{first + count - 1}]"
    size = size_of(record[5], record[6])
    rows.append(NodeRunRow(path, "", _SUCCEEDED, None, duration=record[8], output_bytes=size, first=first, count=count))
    for error in record[7] or ():
        index, code = error["index"], error["error"]["code"]
        path = f"{base}[{index}]"
        rows.append(NodeRunRow(path, "", NodeStatus.FAILED, None, 0, error_code=code, first=index, count=1))


def _other_row(record: Record, types: _Types) -> NodeRunRow:
    kind, prefix, node, at = record[:4]
    row = NodeRunRow(prefix + node, types.of(prefix, node), NodeStatus.SKIPPED, started_at=at, duration=0)
    if kind == r.FAILED:
        code = record[7]["code"]
        row.status = NodeStatus.CANCELLED if code == "node.cancelled" else NodeStatus.FAILED
        row.duration, row.attempts, row.waited, row.error_code = record[4], record[5], record[6], code
    elif kind == r.HELD:
        row.status = NodeStatus.WAITING
    elif kind == r.WAIT:
        row.status = NodeStatus.IN_DOUBT if record[5] == "in_doubt" else NodeStatus.WAITING
    else:
        row.attempts = 0
    return row


def size_of(form: int, payload: Any) -> int:
    """Bytes of an encoded value, those in blobs included."""
    if isinstance(payload, bytes):
        return len(payload)
    if form == 2:
        ref = payload[0]
        return ref.size if hasattr(ref, "size") else ref[1]
    return sum(size_of(inner[0], inner[1]) for inner in payload.values())


class _Types:
    """Node types by frame prefix and node id."""

    def __init__(self, plan: Plan | None) -> None:
        self._plan = plan
        self._levels: dict[str, Level | None] = {"": plan.root if plan is not None else None}

    def of(self, prefix: str, node: str) -> str:
        """The type, empty where it is not known."""
        if prefix in self._levels:
            level = self._levels[prefix]
        else:
            level = self._levels[prefix] = self._find(prefix)
        if level is None:
            return ""
        index = level.index.get(node)
        return level.nodes[index].type if index is not None else ""

    def _find(self, prefix: str) -> Level | None:
        level = self._plan.root if self._plan is not None else None
        for step in prefix.rstrip("/").split("/"):
            if level is None:
                return None
            index = level.index.get(static_path(step))
            if index is None:
                return None
            bodies = level.nodes[index].body_plans
            name = step.partition("[")[2].rstrip("]")
            level = bodies.get(name) or bodies.get("each") or bodies.get("body")
        return level
