"""Accepting executions: the row, its first segment, its idempotency key and its schedule's cursor, in one go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import orjson

from studio.contracts.stored import Accepted, NewExecution
from studio.domain.errors import Conflict, KeyReused
from studio.storage._driver import Again, Isolate, Kind
from studio.storage._plans.refs import add_refs
from studio.storage._plans.slots import SlotKey, held_slots
from studio.storage._statement import Plan, Row, Statement


class Accepting(NamedTuple):
    """An execution to accept, its payload sealed."""

    new: NewExecution
    sealed: bytes


_FIND_KEYS = Statement(
    "SELECT i.workspace, i.key, i.execution_id, i.body_digest FROM {rows} JOIN idempotency AS i"
    " ON i.workspace = u.workspace AND i.key = u.key WHERE i.expires_at > {now}",
    rows="workspace text, key text",
    fetch=4,
)
_KEEP_KEYS = Statement(
    "INSERT INTO idempotency (workspace, key, execution_id, body_digest, expires_at)"
    " SELECT u.workspace, u.key, u.execution_id, u.digest, {now} + u.period FROM {rows} WHERE TRUE"
    " ON CONFLICT (workspace, key) DO UPDATE SET execution_id = excluded.execution_id,"
    " body_digest = excluded.body_digest, expires_at = excluded.expires_at WHERE idempotency.expires_at <= {now}",
    rows="workspace text, key text, execution_id text, digest bytea, period bigint",
)
_MOVE_CURSOR = Statement(
    "INSERT INTO schedules (workspace, key, cursor_at, held) SELECT u.workspace, u.key, u.due, FALSE FROM {rows}"
    " WHERE u.before IS NULL OR EXISTS (SELECT 1 FROM schedules AS s WHERE s.workspace = u.workspace AND s.key = u.key)"
    " ON CONFLICT (workspace, key) DO UPDATE SET cursor_at = excluded.cursor_at"
    " WHERE schedules.cursor_at = :before AND NOT schedules.held",
    rows="workspace text, key text, due bigint, before bigint",
)
_INSERT = Statement(
    "INSERT INTO executions (id, workspace, workflow_hash, workflow_name, status, mode, trigger_kind, parent_id,"
    " parent_path, root_id, origin_id, depth, region, pool, rank, fairness_key, tags, generation, held, owner, epoch,"
    " recoveries, accepted_at, started_at, wake_at, retain_until, cancel_requested, inbox_open, inbox_urgent, slot_key,"
    " slot_limit, slot_keep, slot_held, next_seq, projected_seq, snapshot_seq, journal_bytes)"
    " SELECT u.id, u.workspace, u.hash, u.name, CASE WHEN u.owner IS NULL THEN 'queued' ELSE 'running' END, u.mode,"
    " u.trigger_kind, u.parent_id, u.parent_path, u.root_id, u.origin_id, u.depth, u.region, u.pool, u.rank, u.lane,"
    " u.tags, (SELECT CAST(value AS bigint) FROM meta WHERE name = 'generation'), FALSE, u.owner,"
    " CASE WHEN u.owner IS NULL THEN 0 ELSE 1 END, 0, {now}, CASE WHEN u.owner IS NOT NULL THEN {now} END, u.due,"
    " u.retain, FALSE, 0, 0, u.slot_key, u.slot_limit, u.slot_keep, u.owner IS NOT NULL AND u.slot_key IS NOT NULL,"
    " 1, 0, 0, u.size FROM {rows} WHERE TRUE ON CONFLICT (id) DO NOTHING",
    rows="id text, workspace text, hash text, name text, mode text, trigger_kind text, parent_id text,"
    " parent_path text, root_id text, origin_id text, depth bigint, region text, pool text, rank bigint, lane text,"
    " tags text, owner text, due bigint, retain bigint, slot_key text, slot_limit bigint, slot_keep boolean,"
    " size bigint",
)
_FIRST_SEGMENT = Statement(
    "INSERT INTO journal (execution_id, seq, workspace, epoch, snapshot, written_at, payload)"
    " SELECT u.id, 0, u.workspace, u.epoch, FALSE, {now}, u.payload FROM {rows}",
    rows="id text, workspace text, epoch bigint, payload bytea",
)
_TAGS = Statement(
    "INSERT INTO execution_tags (workspace, tag, execution_id, status) SELECT u.workspace, u.tag, u.id, u.status"
    " FROM {rows} WHERE TRUE ON CONFLICT DO NOTHING",
    rows="workspace text, tag text, id text, status text",
)


def _plan(items: Sequence[Accepting]) -> Plan[Sequence[Accepted | Exception]]:
    outcomes: list[Accepted | Exception | None] = [None] * len(items)
    if any(item.new.idempotency for item in items):
        yield from _match_keys(items, outcomes)
    yield from _move_cursors(items, outcomes)
    fresh = [(place, item) for place, item in enumerate(items) if outcomes[place] is None]
    if fresh:
        claimed = yield from _claimed([item for _, item in fresh])
        yield from _insert([item for _, item in fresh], claimed)
        for (place, item), mine in zip(fresh, claimed, strict=True):
            outcomes[place] = Accepted(item.new.id, claimed=mine)
    return [outcome for outcome in outcomes if outcome is not None]


def _match_keys(items: Sequence[Accepting], outcomes: list[Accepted | Exception | None]) -> Plan[None]:
    """Answer those whose key is known, keep the keys of the others."""
    keyed = [(place, item.new, item.new.idempotency) for place, item in enumerate(items) if item.new.idempotency]
    rows: list[Row] = yield _FIND_KEYS([(new.workspace, want.key) for _, new, want in keyed])
    known = {(row[0], row[1]): (row[2], bytes(row[3])) for row in rows}
    keep: list[Row] = []
    for place, new, want in keyed:
        at = (new.workspace, want.key)
        if at not in known:
            known[at] = (new.id, want.body_digest)
            keep.append((*at, new.id, want.body_digest, want.window))
            continue
        existing, digest = known[at]
        if digest == want.body_digest:
            outcomes[place] = Accepted(existing, existing=True)
        else:
            outcomes[place] = KeyReused(
                "storage.idempotency_conflict",
                "The idempotency key {key} was used with another body, for execution {id}.",
                key=want.key,
                id=existing,
            )
    if keep:
        kept: int = yield _KEEP_KEYS(keep)
        if kept != len(keep):
            raise Again


def _move_cursors(items: Sequence[Accepting], outcomes: list[Accepted | Exception | None]) -> Plan[None]:
    for place, item in enumerate(items):
        cursor = item.new.cursor
        if cursor is None or outcomes[place] is not None:
            continue
        row = (item.new.workspace, cursor.key, cursor.due, cursor.before)
        moved: int = yield _MOVE_CURSOR([row], before=cursor.before)
        if not moved:
            outcomes[place] = Conflict(
                "storage.schedule_moved",
                "The schedule {key} was started for this time already, or is held.",
                key=cursor.key,
            )


def _claimed(items: Sequence[Accepting]) -> Plan[list[bool]]:
    """Which of them start out owned: those that ask for it, are due, and get their slot if they need one."""
    wanting = [item.new.owner is not None and item.new.due_at is None for item in items]
    slots: list[SlotKey] = [
        (item.new.workspace, item.new.slot.key)
        for item, wants in zip(items, wanting, strict=True)
        if wants and item.new.slot
    ]
    held = yield from held_slots(slots)
    claimed: list[bool] = []
    for item, wants in zip(items, wanting, strict=True):
        slot = item.new.slot
        if wants and slot:
            key = (item.new.workspace, slot.key)
            wants = held[key] < slot.limit
            held[key] += wants
        claimed.append(wants)
    return claimed


def _insert(items: Sequence[Accepting], claimed: Sequence[bool]) -> Plan[None]:
    inserted: int = yield _INSERT([_row(item, mine) for item, mine in zip(items, claimed, strict=True)])
    if inserted != len(items):
        if len(items) > 1:
            raise Isolate
        raise Conflict("storage.execution_exists", "There is an execution {id} already.", id=items[0].new.id)
    yield _FIRST_SEGMENT(
        [(item.new.id, item.new.workspace, int(mine), item.sealed) for item, mine in zip(items, claimed, strict=True)]
    )
    tags = [
        (item.new.workspace, tag, item.new.id, "running" if mine else "queued")
        for item, mine in zip(items, claimed, strict=True) for tag in item.new.tags
    ]  # fmt: skip
    if tags:
        yield _TAGS(tags)
    yield from add_refs((item.new.workspace, item.new.id, blob) for item in items for blob in item.new.blobs)


def _row(item: Accepting, claimed: bool) -> Row:
    new = item.new
    slot = new.slot
    return (
        new.id,
        new.workspace,
        new.workflow_hash,
        new.workflow_name,
        new.mode,
        new.trigger,
        new.parent_id,
        new.parent_path,
        new.root_id,
        new.origin_id,
        new.depth,
        new.region,
        new.pool,
        -new.priority,
        new.fairness_key,
        orjson.dumps(new.tags).decode() if new.tags else "[]",
        new.owner if claimed else None,
        new.due_at,
        new.retain_until,
        slot.key if slot else None,
        slot.limit if slot else None,
        slot.hold_while_waiting if slot else False,
        len(item.sealed),
    )


ACCEPT: Kind[Accepting, Accepted | Exception] = Kind("accept", _plan, rank=1, tells=True)
ACCEPT_SLOTTED: Kind[Accepting, Accepted | Exception] = Kind("accept with slot", _plan, rank=1, alone=True, tells=True)
