"""Retrying what failed: what stands of containers that failed, so that only the rest of them runs again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from studio.contracts.store import Store
from studio.contracts.stored import StoredSegment
from studio.domain.errors import NotFound
from studio.domain.values import BlobRef
from studio.engine import records as r
from studio.engine.collected import Collected, failing
from studio.engine.encode import Values
from studio.engine.history import Recovered
from studio.engine.records import Memory, Record

_CARRIED = (r.TURN, r.CHUNK, r.SPILL, r.PHASE)


def all_records(segments: Iterable[StoredSegment]) -> Iterator[Record]:
    """Everything the journal tells of node runs, what was taken over from an earlier execution first."""
    for segment in segments:
        for record in r.unpack(segment.payload):
            if record[0] == r.START and record[1].get("memory"):
                for nodes in Memory.load(record[1]["memory"]).frames.values():
                    yield from (old for found in nodes.values() for old in found)
            elif r.DONE <= record[0] <= r.CHILD:
                yield record


def failed_nodes(earlier: Recovered) -> set[str]:
    """Nodes of the root level that failed."""
    return {name for name, records in earlier.memory.frames.get("", {}).items() if records[-1][0] == r.FAILED}


async def calls_with_failures(store: Store, records: Iterable[Record]) -> list[str]:
    """Paths of ``flow.call`` nodes whose child, or a child of it, has dealt with failures of items."""
    found: list[str] = []
    for record in records:
        if record[0] == r.CHILD and len(record) == r.OF_FLOW_CALL and await _has_failures(store, record[3]):
            found.append(record[1] + record[2])
    return found


async def _has_failures(store: Store, child: str) -> bool:
    try:
        records = list(all_records(await store.read(child)))
    except NotFound:
        return False  # it was never started, or is no longer kept
    return next(iter(failing(records)), None) is not None or bool(await calls_with_failures(store, records))


async def keep_inside(
    values: Values, memory: Memory, records: Iterable[Record], names: set[str], collected: Collected
) -> None:
    """Take over what stands inside these nodes of the root level: finished items, turns and node runs.

    Args:
        values: Of the execution that takes it over.
        memory: Where it is put.
        records: The whole journal of the earlier execution.
        names: Nodes that failed, or in which items have failed.
        collected: Those items.
    """
    known = _standing(records, collected)
    for prefix, nodes in known.frames.items():
        inside = prefix.partition("[")[0] in names
        for name, found in nodes.items():
            if not found or not (inside or (not prefix and name in names)):
                continue
            tokens = collected.tokens.get(prefix + name, set[str]())
            without = {int(token) for token in tokens if token.isdigit()}
            kept: list[Record] = []
            for record in found:
                if without and record[0] == r.CHUNK:
                    kept += await cut(values, record, lambda index, without=without: index not in without)
                else:
                    await hold(values, record)
                    kept.append(record)
            if kept:
                memory.frame(prefix)[name] = kept


async def cut(values: Values, record: Record, wanted: Callable[[int], bool]) -> list[Record]:
    """A chunk record with only the wanted items, as several where they are not together."""
    first, count, errors = record[3], record[4], record[7] or ()
    if all(wanted(index) for index in range(first, first + count)):
        await hold(values, record)
        return [record]
    results = await values.decode((record[5], record[6]))
    out: list[Record] = []
    at = first
    while at < first + count:
        end = at
        while end < first + count and wanted(end):
            end += 1
        if end > at:
            form, payload = await values.encode(results[at - first : end - first])
            within = [error for error in errors if at <= error["index"] < end]
            out.append((*record[:3], at, end - at, form, payload, within or None, 0))
        at = end + 1
    return out


def _standing(records: Iterable[Record], collected: Collected) -> Memory:
    """What the journal says, as if nothing had failed that nothing in the workflow dealt with, nor any item."""
    memory = Memory()
    for record in records:
        kind = record[0]
        if collected.undone(record):
            continue
        if kind == r.FAILED and not record[8]:
            _forgive(memory, record)
        elif kind == r.RETRY:
            if len(record) > 10 and record[10]:
                memory.apply(record)
                memory.frame(record[1]).pop(record[2], None)
        elif r.DONE <= kind <= r.CHILD and not _passing(record):
            _close(memory, record, collected.tokens.get(record[1] + record[2], set[str]()))
            memory.apply((*record[:5], True) if collected.called(record) else record)
    return memory


def _passing(record: Record) -> bool:
    """Whether a record tells of something that begins afresh: a time-out, a body that failed."""
    return (record[0] == r.WAIT and record[5] == r.LIMIT) or (record[0] == r.PHASE and record[6] is not None)


def _forgive(memory: Memory, failure: Record) -> None:
    """Forget a failure, with what led to it; what a container carries on stays, and effects that were cut short."""
    _failed, prefix, node = failure[:3]
    kinds = (*_CARRIED, r.INTENT, r.WAIT) if r.was_cancelled(failure) else _CARRIED
    known = memory.frame(prefix)
    kept = [old for old in known.get(node, ()) if old[0] in kinds and not (old[0] == r.PHASE and old[3] != "body")]
    kept += [(*old[:5], True, *old[6:]) for old in known.get(node, ()) if old[0] == r.CHILD]
    for part in ("catch", "finally"):
        memory.forget(f"{prefix}{node}[{part}]/")
    known[node] = kept


def _close(memory: Memory, record: Record, unless: set[str]) -> None:
    """Forget what is inside something that has finished, but for those items."""
    kind, inside = record[0], f"{record[1]}{record[2]}["
    if kind == r.DONE:
        memory.forget(inside)
    elif kind == r.CHUNK:
        for index in range(record[3], record[3] + record[4]):
            if str(index) not in unless:
                memory.forget(f"{inside}{index}]/")
    elif kind == r.PHASE:
        memory.forget(f"{inside}{record[3]}]/")


async def hold(values: Values, record: Record) -> None:
    """Keep the blobs that a record refers to."""
    if record[0] == r.SPILL:
        values.hold((msgspec.convert(record[6], BlobRef).id,))
        return
    at = {r.DONE: 8, r.INTENT: 7, r.TURN: 4, r.CHUNK: 5, r.PHASE: 4}.get(record[0])
    if at is not None:
        encoded: tuple[Any, Any] = (record[at], record[at + 1])
        await values.hold_encoded(encoded)
