"""Appending segments: the fence, the journal row and the truth that changes with it.

The guard (our epoch, our sequence, not ended) and the journal's primary key decide together; whoever lost at either
gets nothing written.
"""

# ruff: noqa: S608 - the texts are put together from constants; values are always bound

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from msgspec import UNSET

from studio.contracts.stored import ExecutionUpdate, Segment
from studio.domain.errors import Conflict, LeaseLost
from studio.storage._driver import Isolate, Kind
from studio.storage._plans.inbox import take
from studio.storage._plans.records import StateChange, change_state
from studio.storage._plans.refs import add_refs
from studio.storage._statement import Plan, Row, Statement


class Appending(NamedTuple):
    """A segment, its payload sealed, and the change of a node's state that goes with it."""

    segment: Segment
    sealed: bytes
    state: StateChange | None = None


_GUARD = "e.id = u.id AND e.workspace = u.workspace AND e.epoch = u.epoch AND e.next_seq = u.seq AND e.ended_at IS NULL"
_INSERT = (
    "INSERT INTO journal (execution_id, seq, workspace, epoch, snapshot, written_at, payload)"
    " SELECT u.id, u.seq, u.workspace, u.epoch, u.snapshot, {now}, u.payload FROM "
)
_ON_CONFLICT = " ON CONFLICT (execution_id, seq) DO NOTHING"
_MOVE = (
    "UPDATE executions AS e SET next_seq = e.next_seq + 1, journal_bytes = e.journal_bytes + u.size,"
    " snapshot_seq = CASE WHEN u.snapshot THEN u.seq ELSE e.snapshot_seq END"
)
_UPDATE = (
    _MOVE
    + ", inbox_open = e.inbox_open - u.taken, inbox_urgent = e.inbox_urgent - u.urgent,"
    + " status = CASE WHEN u.status IS NOT NULL THEN u.status"
    + " WHEN u.release AND e.status = 'running' THEN 'queued' ELSE e.status END,"
    + " reason = CASE WHEN u.set_reason THEN u.reason ELSE e.reason END,"
    + " error_code = CASE WHEN u.set_error THEN u.error_code ELSE e.error_code END,"
    + " wake_at = CASE WHEN u.ends THEN NULL"
    # A message that came while the execution went to sleep must not be slept over.
    + " WHEN COALESCE(u.status, e.status) = 'waiting' AND e.inbox_open > u.taken THEN {now}"
    # One that cannot be taken up is left alone until its time, or every look at it would lead to the next.
    + " WHEN COALESCE(u.status, e.status) = 'paused' AND e.inbox_urgent > u.urgent AND u.wake_at IS NULL THEN {now}"
    + " WHEN u.set_wake THEN u.wake_at WHEN u.status = 'paused' THEN NULL ELSE e.wake_at END,"
    + " ended_at = CASE WHEN u.ends THEN {now} ELSE e.ended_at END,"
    + " owner = CASE WHEN u.ends OR u.release THEN NULL ELSE e.owner END,"
    + " slot_held = e.slot_held AND NOT u.ends AND NOT (u.release AND COALESCE(u.status, 'queued') = 'queued')"
    + " AND (e.slot_keep OR COALESCE(u.status, e.status) NOT IN ('waiting', 'paused'))"
)
_COLUMNS = "id text, workspace text, seq bigint, epoch bigint, snapshot boolean, size bigint, payload bytea"
_MORE = (
    ", taken bigint, urgent bigint, status text, ends boolean, release boolean, set_reason boolean, reason text,"
    " set_error boolean, error_code text, set_wake boolean, wake_at bigint"
)


def _statement(move: str, columns: str) -> Statement:
    """One round trip on Postgres, two steps on SQLite."""
    return Statement(
        "WITH u AS (SELECT * FROM {rows}), moved AS (" + move + " FROM u WHERE " + _GUARD + " RETURNING e.id) "
        + _INSERT + "u JOIN moved ON moved.id = u.id" + _ON_CONFLICT,
        lite=(
            _INSERT + "{rows} JOIN executions AS e ON e.id = u.id WHERE " + _GUARD + _ON_CONFLICT,
            move + " FROM {rows} WHERE " + _GUARD,
        ),
        rows=columns,
    )  # fmt: skip


_APPEND = _statement(_MOVE, _COLUMNS)
_APPEND_UPDATING = _statement(_UPDATE, _COLUMNS + _MORE)
_NOTHING = ExecutionUpdate()


def _plan(items: Sequence[Appending]) -> Plan[Sequence[None]]:
    for turn in _turns(items) if len(items) > 1 else (items,):
        yield from _append(turn)
    return [None] * len(items)


def _turns(items: Sequence[Appending]) -> list[list[Appending]]:
    """Split so that each part holds an execution once, in order: one statement moves one row once."""
    turns: list[list[Appending]] = []
    seen: dict[str, int] = {}
    for item in items:
        turn = seen.get(item.segment.execution_id, 0)
        seen[item.segment.execution_id] = turn + 1
        if turn == len(turns):
            turns.append([])
        turns[turn].append(item)
    return turns


def _append(items: Sequence[Appending]) -> Plan[None]:
    if len(items) == 1 and _is_plain(items[0]):
        # Somebody may wait for just this, with nothing else to do.
        if (yield _APPEND([_row(items[0])])) != 1:
            raise _lost(items[0].segment)
        return
    messages = [(item.segment.execution_id, id, item.segment.seq) for item in items for id in item.segment.taken]
    taken = yield from take(messages)
    yield from add_refs(
        (item.segment.workspace, item.segment.execution_id, blob) for item in items for blob in item.segment.blobs
    )
    yield from _change_states(items)
    plain: list[Row] = []
    updating: list[Row] = []
    for item in items:
        segment = item.segment
        if segment.update is None and not segment.taken:
            plain.append(_row(item))
        else:
            counts = taken.get(segment.execution_id, (0, 0))
            updating.append(_row(item) + counts + _update_row(segment.update or _NOTHING))
    written = 0
    if plain:
        written += yield _APPEND(plain)
    if updating:
        written += yield _APPEND_UPDATING(updating)
    if written != len(items):
        if len(items) > 1:
            raise Isolate
        raise _lost(items[0].segment)


def _is_plain(item: Appending) -> bool:
    """Whether nothing goes with a segment."""
    segment = item.segment
    return segment.update is None and not segment.taken and not segment.blobs and item.state is None


def _lost(segment: Segment) -> LeaseLost:
    return LeaseLost(
        "storage.lease_lost",
        "Execution {id} is driven by another worker, or has ended: segment {seq} of epoch {epoch} comes too late.",
        id=segment.execution_id,
        seq=segment.seq,
        epoch=segment.epoch,
    )


def _change_states(items: Sequence[Appending]) -> Plan[None]:
    # In the order of their keys, so that two workers never wait for each other.
    changes = sorted((item.state for item in items if item.state is not None), key=lambda one: one[:2])
    for change in changes:
        changed = yield from change_state(change)
        if changed:
            continue
        if len(items) > 1:
            raise Isolate
        raise Conflict(
            "node.state_changed", "Another execution has changed the state of {key} meanwhile.", key=change.key
        )


def _row(item: Appending) -> Row:
    segment = item.segment
    return (
        segment.execution_id,
        segment.workspace,
        segment.seq,
        segment.epoch,
        segment.snapshot,
        len(item.sealed),
        item.sealed,
    )


def _update_row(update: ExecutionUpdate) -> Row:
    status = None if update.status is UNSET else update.status
    return (
        None if status is None else status.value,
        status is not None and status.terminal,
        update.release,
        update.reason is not UNSET,
        None if update.reason is UNSET else update.reason,
        update.error_code is not UNSET,
        None if update.error_code is UNSET else update.error_code,
        update.wake_at is not UNSET,
        None if update.wake_at is UNSET else update.wake_at,
    )


APPEND: Kind[Appending, None] = Kind("append", _plan, rank=2)
