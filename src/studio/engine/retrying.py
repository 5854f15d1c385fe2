"""Retrying what failed: what stands of containers that failed, so that only the rest of them runs again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from studio.domain.values import BlobRef
from studio.engine import records as r
from studio.engine.encode import Values
from studio.engine.records import Memory, Record

_CARRIED = (r.TURN, r.CHUNK, r.SPILL, r.PHASE)


async def keep_inside(values: Values, memory: Memory, records: Iterable[Record], names: set[str]) -> None:
    """Take over what stands inside these nodes of the root level: finished items, turns and node runs.

    Args:
        values: Of the execution that takes it over.
        memory: Where it is put.
        records: The whole journal of the earlier execution.
        names: Nodes that failed.
    """
    known = _standing(records)
    for prefix, nodes in known.frames.items():
        inside = prefix.partition("[")[0] in names
        kept = {name: found for name, found in nodes.items() if found and (inside or (not prefix and name in names))}
        for found in kept.values():
            for record in found:
                await _hold(values, record)
        if kept:
            memory.frame(prefix).update(kept)


def _standing(records: Iterable[Record]) -> Memory:
    """What the journal says, as if nothing had failed that nothing in the workflow dealt with."""
    memory = Memory()
    for record in records:
        kind = record[0]
        if kind == r.FAILED and not record[8]:
            _forgive(memory, record)
        elif kind == r.RETRY:
            if len(record) > 10 and record[10]:
                memory.apply(record)
                memory.frame(record[1]).pop(record[2], None)
        elif r.DONE <= kind <= r.CHILD and not _passing(record):
            _close(memory, record)
            memory.apply(record)
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


def _close(memory: Memory, record: Record) -> None:
    """Forget what is inside something that has finished."""
    kind, inside = record[0], f"{record[1]}{record[2]}["
    if kind == r.DONE:
        memory.forget(inside)
    elif kind == r.CHUNK:
        for index in range(record[3], record[3] + record[4]):
            memory.forget(f"{inside}{index}]/")
    elif kind == r.PHASE:
        memory.forget(f"{inside}{record[3]}]/")


async def _hold(values: Values, record: Record) -> None:
    """Keep the blobs that a record refers to."""
    if record[0] == r.SPILL:
        values.hold((msgspec.convert(record[6], BlobRef).id,))
        return
    at = {r.DONE: 8, r.INTENT: 7, r.TURN: 4, r.CHUNK: 5, r.PHASE: 4}.get(record[0])
    if at is not None:
        encoded: tuple[Any, Any] = (record[at], record[at + 1])
        await values.hold_encoded(encoded)
