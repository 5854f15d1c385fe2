"""The records of the journal: tuples whose first element is their kind.

A segment is a MessagePack array of records. Records of node runs begin with (kind, prefix, node): ``prefix`` is the
scope path of the frame, such as ``loop[3]/``. Times are microseconds, durations too. An
encoded value is (form, payload).

    START    (START, facts)                                          sequence 0, what was accepted
    DONE     (DONE, prefix, node, at, took, attempts, waited, ports, form, payload, input bytes, message id)
    FAILED   (FAILED, prefix, node, at, took, attempts, waited, error, handled, message id)
    SKIPPED  (SKIPPED, prefix, node, at, reason, carries)
    INTENT   (INTENT, prefix, node, at, attempt, alternative, effect, form, payload, facts, version of the type)
    RETRY    (RETRY, prefix, node, at, attempt, alternative, not before, error, first attempt at, message id,
              anew: what is inside begins afresh)
    WAIT     (WAIT, prefix, node, at, wake at, kind, facts)          of kind LIMIT: when a control node's time is over
    TURN     (TURN, prefix, node, number, form, payload)   state after it
    CHUNK    (CHUNK, prefix, node, first, count, form, payload, errors, took)      finished items of a map
    SPILL    (SPILL, prefix, node, which, first, count, blob ref)    items moved from chunk records into a blob
    PHASE    (PHASE, prefix, node, name, form, payload, error)       where a try stands
    CHILD    (CHILD, prefix, node, execution id, at)                 one more where it failed and is retried
             (CHILD, prefix, node, execution id, at, whether of an earlier execution, call)   of a node's own calls
    MESSAGE  (MESSAGE, id, kind, payload, at)                        taken from the inbox
    SNAPSHOT (SNAPSHOT, facts)                                       everything that came before, condensed
    PARK     (PARK, at, active time so far)
    END      (END, at, status, form, payload, error, active time, used: tokens and cost where there were any)
    USAGE    (USAGE, prefix, node, at, tokens, cost, called execution that used them)
    HELD     (HELD, prefix, node, at, why, form, payload, error)     it waits at a breakpoint, with its resolved input
    GO       (GO, prefix, node, at, how, message id)                 somebody lets it run
    EDIT     (EDIT, prefix, node, at, what, form, payload, message id, by)    its ``params`` or ``output`` from now on
    BREAKS   (BREAKS, at, facts)                                     where the execution stops from now on
    MIGRATED (MIGRATED, at, node types)      {type: [version accepted with, version that runs from here on]}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from studio.domain.errors import RecordCorrupt

START, DONE, FAILED, SKIPPED, INTENT, RETRY, WAIT, TURN, CHUNK, SPILL, PHASE, CHILD, MESSAGE, SNAPSHOT, PARK, END = (
    range(1, 17)
)
USAGE = 17
MIGRATED = 18
HELD, GO, EDIT, BREAKS = range(19, 23)

Record = tuple[Any, ...]

_ENCODER = msgspec.msgpack.Encoder()
_DECODER: msgspec.msgpack.Decoder[list[Any]] = msgspec.msgpack.Decoder(list[Any])
pack = _ENCODER.encode


def unpack(payload: bytes) -> list[Record]:
    """The records of a segment.

    Raises:
        RecordCorrupt: The payload is no array of records.
    """
    if not payload:
        return []
    try:
        return [tuple(record) for record in _DECODER.decode(payload)]
    except (msgspec.DecodeError, TypeError) as error:
        raise RecordCorrupt(
            "journal.unreadable", "A journal segment cannot be read: {reason}.", reason=str(error)
        ) from error


def encode_facts(facts: Any) -> bytes:
    """Pack plain facts, for messages and the like."""
    return _ENCODER.encode(facts)


def decode_facts(data: bytes) -> Any:
    """Inverse of ``encode_facts``."""
    return msgspec.msgpack.decode(data)


def reused(start: Mapping[str, Any]) -> list[Record]:
    """What an execution was accepted with instead of running it: DONE records of pinned and of reused outputs."""
    memory: dict[str, dict[str, list[list[Any]]]] = start.get("memory") or {}
    return [tuple(last) for nodes in memory.values() for *_, last in nodes.values() if last[0] == DONE]


def of_node(kind: int) -> bool:
    """Whether records of a kind tell of a node run."""
    return DONE <= kind <= CHILD or kind == USAGE or HELD <= kind <= EDIT


def was_cancelled(record: Record) -> bool:
    """Whether a FAILED record tells of a run that was stopped from outside.

    It settles nothing by itself: what stopped it does. Where a crash came between the two, the node run is unfinished,
    and what was known of it before, such as an intent, still counts.
    """
    return record[7]["code"] == CANCELLED


CANCELLED = "node.cancelled"
"""Code of the error of a node run that was stopped from outside."""


OF_FLOW_CALL = 5
"""Length of a CHILD record of ``flow.call``; a longer one tells of the child of an earlier execution, which failed."""
OF_NODE_CALL = 7
"""Length of a CHILD record of a node's own call."""

LIMIT = "limit"
"""Kind of a WAIT record that says when a control node's time-out falls; nothing waits for it."""


class Memory:
    """What the journal knows of unfinished work, condensed: per frame and node the records that still matter.

    It is kept up to date while an execution runs, is what a snapshot holds, and is what a resume starts from.
    """

    __slots__ = ("frames",)

    def __init__(self) -> None:
        self.frames: dict[str, dict[str, list[Record]]] = {}

    def apply(self, record: Record) -> None:
        """Take in a record of a node run."""
        kind, prefix, node = record[0], record[1], record[2]
        frame = self.frames.get(prefix)
        if frame is None:
            frame = self.frames[prefix] = {}
        if kind in (DONE, SKIPPED) or (kind == FAILED and not was_cancelled(record)):
            frame[node] = [record]
        elif kind == EDIT and record[4] == "output":
            frame[node] = [(*old[:8], record[5], record[6], *old[10:]) for old in frame.get(node, ())[-1:]]
        elif kind == TURN:
            self.forget(f"{prefix}{node}[")
            frame[node] = [*(old for old in frame.get(node, ()) if old[0] in (RETRY, WAIT)), record]
        elif kind == RETRY and len(record) > 10 and record[10]:
            self.forget(f"{prefix}{node}[")
            frame[node] = [record]
        elif kind == SPILL:
            frame[node] = [*(old for old in frame.get(node, ()) if not _covered(old, record)), record]
        else:
            frame.setdefault(node, []).append(record)

    def close(self, prefix: str, node: str) -> None:
        """Forget the frames inside a node that has finished."""
        self.forget(f"{prefix}{node}[")

    def forget(self, start: str) -> None:
        """Forget frames whose prefix begins with ``start``."""
        if len(self.frames) > 1:
            for prefix in [prefix for prefix in self.frames if prefix.startswith(start)]:
                del self.frames[prefix]

    def frame(self, prefix: str) -> dict[str, list[Record]]:
        """The records of one frame, by node, to be added to."""
        frame = self.frames.get(prefix)
        if frame is None:
            frame = self.frames[prefix] = {}
        return frame

    def dump(self) -> Any:
        """Plain form for a snapshot."""
        return self.frames

    @classmethod
    def load(cls, plain: Any) -> Memory:
        """Inverse of ``dump``."""
        memory = cls()
        for prefix, nodes in plain.items():
            memory.frames[prefix] = {node: [tuple(record) for record in records] for node, records in nodes.items()}
        return memory


def _covered(old: Record, spill: Record) -> bool:
    """Whether the items of a chunk record now lie in the spilled blob. Errors stay with the chunk record."""
    if old[0] != CHUNK or spill[3] != "results":
        return False
    return spill[4] <= old[3] and old[3] + old[4] <= spill[4] + spill[5] and not old[7]
