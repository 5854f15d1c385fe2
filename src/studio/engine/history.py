"""Reading what happened in an execution, from any process: its journal as events, values and result."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

import orjson

from studio.contracts.blobs import BlobStore
from studio.contracts.store import Store
from studio.contracts.stored import ExecutionRow, StoredSegment
from studio.domain.errors import NotFound, RecordCorrupt
from studio.domain.phrases import reason_of
from studio.domain.status import NodeStatus
from studio.engine import records as r
from studio.engine.api import Event, ExecutionResult, NodeSummary
from studio.engine.encode import Values
from studio.engine.failures import error_from_facts, error_info
from studio.engine.projector import node_rows, size_of
from studio.engine.records import Memory, Record
from studio.engine.spending import Usage

_NAMES = {
    r.START: "accepted",
    r.DONE: "succeeded",
    r.FAILED: "failed",
    r.SKIPPED: "skipped",
    r.INTENT: "intended",
    r.RETRY: "retrying",
    r.WAIT: "waiting",
    r.TURN: "turn",
    r.CHUNK: "chunk",
    r.SPILL: "spilled",
    r.PHASE: "phase",
    r.CHILD: "child",
    r.MESSAGE: "message",
    r.SNAPSHOT: "snapshot",
    r.PARK: "parked",
    r.END: "ended",
    r.USAGE: "used",
    r.MIGRATED: "migrated",
    r.HELD: "held",
    r.GO: "released",
    r.EDIT: "edited",
    r.BREAKS: "breakpoints",
}


class Recovered:
    """What a journal says an execution stood at."""

    def __init__(self) -> None:
        self.start: dict[str, Any] = {}
        self.memory = Memory()
        self.messages: dict[str, tuple[str, bytes, int]] = {}
        self.active = 0
        self.runs = 0
        self.usage = Usage()
        self.migrated: dict[str, list[int]] = {}
        self.breaks: dict[str, Any] | None = None
        self.end: Record | None = None

    def take(self, segment: StoredSegment) -> None:
        """Take in a segment. A snapshot stands for everything up to its segment's end."""
        found = r.unpack(segment.payload)
        if segment.snapshot and found and found[0][0] == r.SNAPSHOT:
            self._snapshot(found[0][1])
            found = [record for record in found if record[0] == r.END]
        for record in found:
            self._record(record)

    def _snapshot(self, facts: dict[str, Any]) -> None:
        self.start = facts["start"]
        self.memory = Memory.load(facts["memory"])
        self.messages = {id: (kind, payload, at) for id, kind, payload, at in facts["messages"]}
        self.active = facts["active"]
        self.runs = facts.get("runs", 0)
        self.usage = Usage(*(facts.get("usage") or ()))
        self.migrated = facts.get("migrated", {})
        self.breaks = facts.get("breaks")

    def _record(self, record: Record) -> None:
        kind = record[0]
        if kind == r.START:
            self.start = record[1]
            if record[1].get("memory"):
                self.memory = Memory.load(record[1]["memory"])
        elif kind == r.MESSAGE:
            if record[2] not in ("cancel", "pause", "resume", "edit", "breaks"):
                self.messages[record[1]] = (record[2], record[3], record[4])
        elif kind == r.PARK:
            self.active = record[2]
        elif kind == r.MIGRATED:
            self.migrated = record[2]
        elif kind == r.BREAKS:
            self.breaks = record[2]
        elif kind == r.END:
            self.end, self.active = record, record[6]
        elif kind == r.USAGE:
            self.usage.take(record)
            if record[6] is not None:
                self.memory.apply(record)
        elif kind != r.SNAPSHOT:
            if kind == r.DONE:
                self.runs += 1
                self.messages.pop(record[11], None)
                self.memory.close(record[1], record[2])
            elif kind in (r.FAILED, r.RETRY):
                self.messages.pop(record[9], None)
            elif kind == r.GO:
                self.messages.pop(record[5], None)
            elif kind == r.CHUNK:
                for offset in range(record[4]):
                    self.memory.forget(f"{record[1]}{record[2]}[{record[3] + offset}]/")
            elif kind == r.PHASE:
                self.memory.forget(f"{record[1]}{record[2]}[{record[3]}]/")
            self.memory.apply(record)


def recover(segments: Iterable[StoredSegment]) -> Recovered:
    """Where an execution stands, from its segments in order."""
    recovered = Recovered()
    for segment in segments:
        recovered.take(segment)
    return recovered


class History:
    """An execution's whole journal, read."""

    def __init__(self, row: ExecutionRow, segments: list[StoredSegment], values: Values) -> None:
        self.row = row
        self.segments = segments
        self.values = values
        self.records: list[tuple[int, int, Record]] = [
            (segment.seq, index, record)
            for segment in segments
            for index, record in enumerate(r.unpack(segment.payload))
        ]
        self.result: ExecutionResult = ExecutionResult(execution_id=row.id, status=row.status)

    @property
    def start(self) -> dict[str, Any]:
        """What was accepted."""
        nothing: dict[str, Any] = {}
        return next((record[1] for _seq, _index, record in self.records if record[0] == r.START), nothing)

    def events(self, after: tuple[int, int] = (-1, -1)) -> list[Event]:
        """The committed events after a position."""
        out: list[Event] = []
        for segment in self.segments:
            out.extend(e for e in segment_events(self.row.id, segment) if (e.seq, e.index) > after)
        return out

    async def outputs(self) -> dict[str, Any]:
        """Output of every node run outside maps, by path; the last where it ran more than once."""
        out: dict[str, Any] = {}
        for _seq, _index, record in self.records:
            if record[0] == r.DONE:
                out[record[1] + record[2]] = await self.values.decode((record[8], record[9]))
            elif record[0] == r.EDIT and record[4] == "output":
                out[record[1] + record[2]] = await self.values.decode((record[5], record[6]))
        return out

    def errors(self) -> dict[str, dict[str, Any]]:
        """Errors of failed node runs by path."""
        return {rec[1] + rec[2]: rec[7] for _seq, _index, rec in self.records if rec[0] == r.FAILED}


async def read_history(
    store: Store, blobs: BlobStore, execution_id: str, workspace: str | None = None, *, inline_bytes: int = 8192
) -> History:
    """Read an execution's journal.

    Raises:
        NotFound: There is none of that id in the workspace.
    """
    row = await store.execution(execution_id, workspace)
    if row is None:
        raise NotFound("execution.not_found", "There is no execution {id}.", id=execution_id)
    segments = await store.read(execution_id)
    history = History(row, segments, Values(blobs, row.workspace, inline_bytes))
    await _fill_result(history)
    return history


async def read_result(store: Store, blobs: BlobStore, execution_id: str) -> ExecutionResult:
    """Where an execution stands: what its row alone tells where it cannot go on because its journal is damaged.

    Raises:
        NotFound: There is none of that id.
        RecordCorrupt: It has ended, and its result cannot be read.
    """
    try:
        return (await read_history(store, blobs, execution_id)).result
    except RecordCorrupt:
        row = await store.execution(execution_id)
        if row is None or row.status.terminal:
            raise
        result = ExecutionResult(execution_id=row.id, status=row.status)
        fill_reason(row, result)
        return result


def fill_reason(row: ExecutionRow, result: ExecutionResult) -> None:
    """Say why an execution waits, and until when, by its row."""
    reason: list[Any] | None = orjson.loads(row.reason) if row.reason else None
    result.reason = str(reason[0]) if reason else None
    result.reason_args = [_said(part) for part in reason[1:]] if reason else []
    result.wake_at = row.wake_at


def _said(part: Any) -> str:
    """An argument of why an execution waits; what an error says where its facts were kept."""
    if isinstance(part, dict) and "template" in part:
        facts = cast("dict[str, Any]", part)
        return reason_of(error_from_facts(facts))
    return str(cast("object", part))


async def _fill_result(history: History) -> None:
    row, result = history.row, history.result
    fill_reason(row, result)
    end = next((record for _seq, _index, record in reversed(history.records) if record[0] == r.END), None)
    if end is not None:
        result.output = await history.values.decode((end[3], end[4]))
        result.error = error_info(end[5])
        result.seconds = max(0.0, (end[1] - row.accepted_at) / 1e6)
    usage = Usage()
    for _seq, _index, record in history.records:
        if record[0] == r.USAGE:
            usage.take(record)
    result.tokens, result.cost = usage.tokens, usage.cost
    summaries: dict[str, NodeSummary] = {}
    for segment in history.segments:
        for node in node_rows(None, r.unpack(segment.payload)):
            if node.first is None or node.status is NodeStatus.FAILED:
                summaries[node.path] = NodeSummary(node.status, node.duration / 1e6, node.attempts)
    result.nodes = summaries


def segment_events(execution_id: str, segment: StoredSegment) -> list[Event]:
    """The events of a segment, numbered by their place in it."""
    return record_events(execution_id, segment.seq, r.unpack(segment.payload), segment.written_at)


def record_events(execution_id: str, seq: int, records: list[Record], at: int) -> list[Event]:
    """Events of committed records."""
    if not records:
        return [Event(execution_id=execution_id, seq=seq, index=0, kind="claimed", at=at)]
    return [_event(execution_id, seq, index, record, at) for index, record in enumerate(records)]


def _accepted(start: dict[str, Any]) -> dict[str, Any]:
    """What is told of a start: the nodes that run where it is a part, and those whose outputs were there before."""
    found = {name: start[name] for name in ("until", "only") if name in start}
    reused = [
        {"path": record[1] + record[2], "at": record[3] + record[4] + record[6], "bytes": size_of(record[8], record[9])}
        for record in r.reused(start)
    ]
    return {**found, "reused": reused} if reused else found


def _event(execution_id: str, seq: int, index: int, record: Record, at: int) -> Event:
    kind = record[0]
    path: str | None = None
    data: dict[str, Any] = {}
    if r.of_node(kind):
        path = record[1] + record[2]
    if kind == r.START:
        data = _accepted(record[1])
    elif kind == r.DONE:
        at = record[3] + record[4] + record[6]
        data = {
            "started_at": record[3],
            "duration": record[4],
            "attempts": record[5],
            "waited": record[6],
            "ports": record[7],
            "bytes": size_of(record[8], record[9]),
        }
    elif kind == r.FAILED:
        data = {
            "started_at": record[3],
            "duration": record[4],
            "attempts": record[5],
            "error": record[7],
            "handled": record[8],
        }
    elif kind == r.SKIPPED:
        data = {"reason": record[4]}
    elif kind == r.RETRY:
        data = {"attempt": record[4], "at": record[6], "error": record[7]}
    elif kind == r.WAIT:
        data = {"until": record[4], "kind": record[5]}
    elif kind == r.INTENT:
        data = {"attempt": record[4], "effect": record[6]}
    elif kind == r.TURN:
        data = {"turn": record[3]}
    elif kind == r.CHUNK:
        data = {"first": record[3], "count": record[4], "errors": len(record[7] or ()), "duration": record[8]}
    elif kind == r.USAGE:
        data = {"tokens": record[4], "cost": record[5], "child": record[6]}
    elif kind == r.MESSAGE:
        data = {"id": record[1], "kind": record[2]}
    elif kind == r.HELD:
        data = {"why": record[4], "error": record[7]}
    elif kind == r.GO:
        data = {"how": record[4]}
    elif kind == r.EDIT:
        data = {"what": record[4], "by": record[8]}
    elif kind == r.BREAKS:
        at, data = record[1], {"points": record[2]["points"]}
    elif kind == r.MIGRATED:
        at, data = record[1], {"types": record[2]}
    elif kind == r.END:
        at, data = record[1], {"status": record[2], "error": record[5]}
    name = "limited" if kind == r.WAIT and record[5] == r.LIMIT else _NAMES[kind]
    return Event(execution_id=execution_id, seq=seq, index=index, kind=name, path=path, at=at, data=data)
