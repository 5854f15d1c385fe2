"""The inbox: messages from any process, taken into the journal by the owner alone.

The executions row counts its open messages. Whoever posts and whoever goes to sleep change the same row, so one of
them sees the other, on either database.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from studio.contracts.stored import Message, PostResult
from studio.domain.errors import RecordCorrupt
from studio.domain.status import ExecutionStatus
from studio.storage._damaged import is_row, message_corrupt
from studio.storage._driver import Kind
from studio.storage._statement import Plan, Row, Statement, unhex

URGENT = ("resume", "cancel")
"""Kinds of message that concern a paused execution too."""


class Posting(NamedTuple):
    """Messages of one call, each with its sealed payload."""

    workspace: str
    messages: Sequence[tuple[Message, bytes]]


# On SQLite the plus keeps an index over workspaces out: with it a message would walk through all of a workspace.
_TARGETS = Statement(
    "SELECT e.id, e.status FROM executions AS e WHERE {lite:+}e.workspace = :workspace AND e.id {in ids}"
    "{pg: ORDER BY e.id FOR UPDATE}",
    fetch=2,
    packed=True,
)
_KNOWN = Statement(
    "SELECT i.execution_id, i.id FROM {rows} JOIN inbox AS i ON i.execution_id = u.execution_id AND i.id = u.id",
    rows="execution_id text, id text",
    fetch=2,
    packed=True,
)
_INSERT = Statement(
    "INSERT INTO inbox (execution_id, id, workspace, kind, created_at, place, payload)"
    " SELECT u.execution_id, u.id, :workspace, u.kind, {now}, u.place, u.payload FROM {rows}",
    rows="execution_id text, id text, kind text, place bigint, payload bytea",
)
_NOTICE = Statement(
    "UPDATE executions AS e SET inbox_open = e.inbox_open + u.open, inbox_urgent = e.inbox_urgent + u.urgent,"
    " cancel_requested = (e.cancel_requested OR u.cancels),"
    " wake_at = CASE WHEN e.status = 'waiting' OR (e.status = 'paused' AND u.urgent > 0) THEN {now} ELSE e.wake_at END"
    " FROM {rows} WHERE e.id = u.id",
    rows="id text, open bigint, urgent bigint, cancels boolean",
)
_TAKE = Statement(
    "UPDATE inbox SET taken_seq = u.seq FROM {rows} WHERE inbox.execution_id = u.execution AND inbox.id = u.message"
    " AND inbox.taken_seq IS NULL RETURNING execution_id, kind",
    rows="execution text, message text, seq bigint",
    fetch=2,
)
_COLUMNS = "SELECT i.execution_id, i.id, i.kind, i.created_at, i.workspace, "
_WHICH = " FROM inbox AS i WHERE i.execution_id {in ids} AND i.taken_seq IS NULL ORDER BY i.created_at, i.place, i.id"
_OPEN = Statement(_COLUMNS + "{bytes i.payload}" + _WHICH, fetch=6)
_OPEN_OF_MANY = Statement(_COLUMNS + "{hex i.payload}" + _WHICH, fetch=6, packed=True)


def _plan(items: Sequence[Posting]) -> Plan[Sequence[list[PostResult]]]:
    """What is posted together is stored together, per workspace, so that its statements are carried out once."""
    outcomes: dict[str, Iterator[PostResult]] = {}
    for workspace in dict.fromkeys(item.workspace for item in items):
        messages = [message for item in items if item.workspace == workspace for message in item.messages]
        outcomes[workspace] = iter((yield from _post(Posting(workspace, messages))))
    return [list(islice(outcomes[item.workspace], len(item.messages))) for item in items]


def _post(item: Posting) -> Plan[list[PostResult]]:
    ids = sorted({message.execution_id for message, _ in item.messages})
    targets: list[Row] = yield _TARGETS(workspace=item.workspace, ids=ids)
    status = {id: ExecutionStatus(text) for id, text in targets}
    places = [(message.execution_id, message.id) for message, _ in item.messages if message.execution_id in status]
    known: set[Row] = set()
    if places:
        found: list[Row] = yield _KNOWN(places)
        known = {(row[0], row[1]) for row in found}
    results: list[PostResult] = []
    fresh: list[Row] = []
    notices: dict[str, list[int]] = {}
    for message, sealed in item.messages:
        at = (message.execution_id, message.id)
        now = status.get(message.execution_id)
        if at in known:
            results.append(PostResult("duplicate", now))
        elif now is None or now.terminal:
            results.append(PostResult("late", now))
        else:
            known.add(at)
            fresh.append((*at, message.kind, len(fresh), sealed))
            counts = notices.setdefault(message.execution_id, [0, 0, 0])
            counts[0] += 1
            counts[1] += message.kind in URGENT
            counts[2] += message.kind == "cancel"
            results.append(PostResult("accepted", now))
    if fresh:
        yield _INSERT(fresh, workspace=item.workspace)
        yield _NOTICE([(id, total, urgent, cancels > 0) for id, (total, urgent, cancels) in sorted(notices.items())])
    return results


def take(messages: Sequence[tuple[str, str, int]]) -> Plan[dict[str, tuple[int, int]]]:
    """Mark (execution, message, sequence) as taken; gives per execution how many were open, and how many urgent."""
    counts: dict[str, tuple[int, int]] = {}
    if messages:
        rows: list[Row] = yield _TAKE(messages)
        for execution_id, kind in rows:
            total, urgent = counts.get(execution_id, (0, 0))
            counts[execution_id] = (total + 1, urgent + (kind in URGENT))
    return counts


class RawMessage(NamedTuple):
    """An inbox row, sealed."""

    execution_id: str
    id: str
    kind: str
    created_at: int
    workspace: str
    payload: bytes


def open_messages(ids: Sequence[str]) -> Plan[list[RawMessage]]:
    """What is not taken yet, oldest first."""
    rows: list[Row] = yield _OPEN(ids=list(ids))
    return [_message(row) for row in rows]


def open_of_many(ids: Sequence[str]) -> Plan[dict[str, list[RawMessage] | RecordCorrupt]]:
    """What ``open_messages`` gives for each of many executions, or what it would raise for it."""
    rows: list[Row] = yield _OPEN_OF_MANY(ids=list(ids))
    found: dict[str, list[RawMessage] | RecordCorrupt] = {id: [] for id in ids}
    for row in rows:
        known = found[row[0]]
        if isinstance(known, list):
            try:
                known.append(_message((*row[:5], unhex(row[5]))))
            except RecordCorrupt as error:
                found[row[0]] = error
    return found


def _message(row: Row) -> RawMessage:
    if not is_row(row, str, str, str, int, str, bytes):
        raise message_corrupt(str(row[0]), str(row[1]))
    return RawMessage(*row)


POST: Kind[Posting, list[PostResult]] = Kind("post", _plan, rank=3, tells=True)
