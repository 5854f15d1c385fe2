"""Claiming: which executions a worker gets, in which order, and the fence that takes them from whoever had them.

Order is priority, then fairly over lanes (workspace and fairness key), then age. Fairly means that the lane served
longest ago comes first, one execution from each in turn. Lanes are found by skipping along the queue's index, so a
lane with a hundred thousand queued executions costs no more than one with a single one.
"""

# ruff: noqa: S608 - the texts are put together from constants; values are always bound

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from studio.contracts.stored import Claim
from studio.domain.status import ExecutionStatus
from studio.storage._driver import Kind
from studio.storage._plans.slots import FREE, held_slots, running_in
from studio.storage._statement import Plan, Row, Statement

_MAX_LANES = 1000


class Claiming(NamedTuple):
    """Who wants how many; ``gone`` are owners known to be dead, ``ids`` restricts the choice.

    ``limits`` says for some workspaces how many executions that nobody called may run at once.
    """

    worker: str
    limit: int
    gone: Sequence[str]
    ids: Sequence[str]
    limits: Mapping[str, int] = {}


class _Candidate(NamedTuple):
    id: str
    workspace: str
    lane: str
    rank: int
    status: str
    epoch: int
    next_seq: int
    workflow_hash: str
    recoveries: int
    cancel_requested: bool
    slot_key: str | None
    slot_limit: int | None
    slot_held: bool
    accepted_at: int
    journal_bytes: int
    depth: int


_COLUMNS = (
    "SELECT e.id, e.workspace, e.fairness_key, e.rank, e.status, e.epoch, e.next_seq, e.workflow_hash, e.recoveries,"
    " e.cancel_requested, e.slot_key, e.slot_limit, e.slot_held, e.accepted_at,"
    " CAST(e.journal_bytes AS bigint), e.depth FROM executions AS e "
)
_WIDTH = len(_Candidate._fields)
_LOCKED = "{pg: FOR UPDATE OF e SKIP LOCKED}"
_QUEUED = "e.status = 'queued' AND e.wake_at IS NULL AND NOT e.held AND " + FREE
_DUE = "e.wake_at IS NOT NULL AND e.wake_at <= {now} AND e.owner IS NULL AND NOT e.held AND " + FREE


def _select(condition: str) -> Statement:
    return Statement(_COLUMNS + condition + _LOCKED, fetch=_WIDTH, packed=True)


_EXPIRED = Statement(
    "SELECT w.id FROM workers AS w WHERE w.lease_until <= {now} AND w.id <> :worker", fetch=1, packed=True
)
_DISOWN = Statement("UPDATE executions SET owner = NULL WHERE owner {in owners} AND status IN ('waiting', 'paused')")
_SELECT_DUE = _select("WHERE " + _DUE + " ORDER BY e.wake_at LIMIT :limit")
_SELECT_BEHIND = _select(
    "WHERE e.owner {in owners} AND e.status = 'running' AND NOT e.held ORDER BY e.accepted_at, e.id LIMIT :limit"
)
_SELECT_IDS = _select(
    "WHERE e.id {in ids} AND ((" + _QUEUED + ") OR (" + _DUE + ")"
    " OR (e.owner {in owners} AND e.status = 'running' AND NOT e.held))"
)
_SELECT_LANE = _select(
    "WHERE e.rank = :rank AND e.workspace = :workspace AND e.fairness_key = :lane AND " + _QUEUED
    + " ORDER BY e.accepted_at, e.id LIMIT :limit"
)  # fmt: skip
_SELECT_HEADS = _select("WHERE e.id {in ids} AND " + _QUEUED)
_FIRST = "SELECT e.id FROM executions AS e WHERE " + _QUEUED
_ORDER = " ORDER BY e.rank, e.workspace, e.fairness_key, e.accepted_at, e.id LIMIT 1)"
# The next lane, as three seeks: comparing all three columns at once would walk through the present lane on SQLite.
_NEXT_LANE = (
    "COALESCE((" + _FIRST + " AND e.rank = heads.rank AND e.workspace = heads.workspace"
    " AND e.fairness_key > heads.lane" + _ORDER
    + ", (" + _FIRST + " AND e.rank = heads.rank AND e.workspace > heads.workspace" + _ORDER
    + ", (" + _FIRST + " AND e.rank > heads.rank" + _ORDER + ")"
)  # fmt: skip
_LANE = "SELECT n.rank, n.workspace, n.fairness_key, n.id, n.accepted_at FROM "
_LANES = Statement(
    "WITH RECURSIVE heads(rank, workspace, lane, id, accepted_at) AS ("
    + _LANE + "executions AS n WHERE n.id = (" + _FIRST + _ORDER
    + " UNION ALL " + _LANE + "heads JOIN executions AS n ON n.id = " + _NEXT_LANE
    + ") SELECT heads.rank, heads.workspace, heads.lane, heads.id, heads.accepted_at,"
    " COALESCE(l.served, 0) FROM"
    " (SELECT * FROM heads LIMIT :limit) AS heads LEFT JOIN lanes AS l"
    " ON l.workspace = heads.workspace AND l.fairness_key = heads.lane",
    fetch=6,
    packed=True,
)  # fmt: skip
_SERVED = Statement(
    "SELECT l.workspace, l.fairness_key, l.served FROM {rows} JOIN lanes AS l"
    " ON l.workspace = u.workspace AND l.fairness_key = u.lane",
    rows="workspace text, lane text",
    fetch=3,
    packed=True,
)
_SERVE = Statement(
    "INSERT INTO lanes (workspace, fairness_key, served) SELECT u.workspace, u.lane, {now} + u.place FROM {rows}"
    " WHERE TRUE ON CONFLICT (workspace, fairness_key) DO UPDATE SET served = excluded.served",
    rows="workspace text, lane text, place bigint",
)
_TAKE = Statement(
    "UPDATE executions AS e SET owner = :worker, epoch = e.epoch + 1, status = 'running', reason = NULL,"
    " wake_at = NULL, next_seq = e.next_seq + 1, recoveries = e.recoveries + u.behind,"
    " started_at = COALESCE(e.started_at, {now}), slot_held = (e.slot_key IS NOT NULL)"
    " FROM {rows} WHERE e.id = u.id AND e.epoch = u.epoch AND e.ended_at IS NULL",
    rows="id text, epoch bigint, behind bigint",
)
_MARK = Statement(
    "INSERT INTO journal (execution_id, seq, workspace, epoch, snapshot, written_at, payload)"
    " SELECT u.id, u.seq, u.workspace, u.epoch, FALSE, {now}, u.payload FROM {rows}",
    rows="id text, seq bigint, workspace text, epoch bigint, payload bytea",
)
_FORGET = Statement(
    "DELETE FROM workers WHERE id {in owners} AND NOT EXISTS (SELECT 1 FROM executions AS e WHERE e.owner = workers.id)"
)
_NEXT = Statement(
    "SELECT CASE WHEN EXISTS (SELECT 1 FROM executions AS e WHERE " + _QUEUED + ") THEN 0 END,"
    " (SELECT min(e.wake_at) FROM executions AS e"
    " WHERE e.wake_at IS NOT NULL AND e.owner IS NULL AND NOT e.held AND " + FREE + "),"
    " (SELECT min(w.lease_until) FROM workers AS w"
    " WHERE w.id <> :worker AND EXISTS (SELECT 1 FROM executions AS e WHERE e.owner = w.id))",
    fetch=3,
    packed=True,
)


def _plan(items: Sequence[Claiming]) -> Plan[Sequence[list[Claim]]]:
    outcomes: list[list[Claim]] = []
    for item in items:
        outcomes.append((yield from _claim(item)))
    return outcomes


def _claim(ask: Claiming) -> Plan[list[Claim]]:
    if ask.limit <= 0:
        return []
    expired: list[Row] = yield _EXPIRED(worker=ask.worker)
    owners = sorted({*ask.gone, *(row[0] for row in expired)} - {ask.worker})
    if owners:
        yield _DISOWN(owners=owners)
    if ask.ids:
        rows: list[Row] = yield _SELECT_IDS(ids=list(ask.ids), owners=owners)
        candidates = [_Candidate(*row) for row in rows]
        lanes = 0
    else:
        candidates, lanes = yield from _candidates(ask.limit, owners)
    chosen = yield from _choose(candidates, ask.limit, lanes, ask.limits)
    if chosen:
        yield from _take(ask.worker, chosen)
    if owners and len(chosen) < ask.limit:
        yield _FORGET(owners=owners)
    return [_claimed(item) for item in chosen]


def _candidates(limit: int, owners: list[str]) -> Plan[tuple[list[_Candidate], int]]:
    """Enough of each sort to choose from, and how many lanes have something queued."""
    rows: list[Row] = yield _SELECT_DUE(limit=limit)
    found = [_Candidate(*row) for row in rows]
    if owners:
        rows = yield _SELECT_BEHIND(owners=owners, limit=limit)
        found += [_Candidate(*row) for row in rows]
    lanes: list[Row] = yield _LANES(limit=_MAX_LANES)
    lanes.sort(key=lambda lane: (lane[0], lane[5], lane[4], lane[3]))
    if len(lanes) >= limit:
        rows = yield _SELECT_HEADS(ids=[lane[3] for lane in lanes[:limit]])
        found += [_Candidate(*row) for row in rows]
    else:
        for rank, workspace, lane, *_ in lanes:
            rows = yield _SELECT_LANE(rank=rank, workspace=workspace, lane=lane, limit=limit)
            found += [_Candidate(*row) for row in rows]
    return found, len(lanes)


def _choose(candidates: list[_Candidate], limit: int, lanes: int, limits: Mapping[str, int]) -> Plan[list[_Candidate]]:
    present = sorted({(item.workspace, item.lane) for item in candidates})
    several = lanes > 1 or len(present) > 1
    served: dict[tuple[str, str], int] = {}
    if several:
        rows: list[Row] = yield _SERVED(present)
        served = {(row[0], row[1]): row[2] for row in rows}
    needing = [item for item in candidates if item.slot_key is not None and not item.slot_held]
    held = yield from held_slots((item.workspace, item.slot_key or "") for item in needing)
    running = yield from running_in(item.workspace for item in candidates if item.workspace in limits)
    chosen: list[_Candidate] = []
    for item in _in_turn(candidates, served):
        if len(chosen) == limit:
            break
        fresh = item.workspace in running and item.status == "queued" and not item.depth
        if fresh and running[item.workspace] >= limits[item.workspace]:
            continue
        if item.slot_key is not None and not item.slot_held:
            key = (item.workspace, item.slot_key)
            if held[key] >= (item.slot_limit or 0):
                continue
            held[key] += 1
        if fresh:
            running[item.workspace] += 1
        chosen.append(item)
    if several and chosen:
        # The last to be served in this round is the last to be served in the next.
        last = {(item.workspace, item.lane): place for place, item in enumerate(chosen)}
        yield _SERVE([(workspace, lane, place) for (workspace, lane), place in last.items()])
    return chosen


def _in_turn(candidates: Iterable[_Candidate], served: dict[tuple[str, str], int]) -> list[_Candidate]:
    """By priority, then one of each lane in turn beginning with the lane served longest ago, then by age."""
    turns: dict[tuple[int, str, str], int] = {}
    keyed: list[tuple[int, int, int, int, str, _Candidate]] = []
    for item in sorted(candidates, key=lambda item: (item.accepted_at, item.id)):
        lane = (item.rank, item.workspace, item.lane)
        turn = turns[lane] = turns.get(lane, 0) + 1
        keyed.append((item.rank, turn, served.get((item.workspace, item.lane), 0), item.accepted_at, item.id, item))
    keyed.sort(key=lambda entry: entry[:5])
    return [entry[5] for entry in keyed]


def _take(worker: str, chosen: Sequence[_Candidate]) -> Plan[None]:
    yield _TAKE([(item.id, item.epoch, int(item.status == "running")) for item in chosen], worker=worker)
    yield _MARK([(item.id, item.next_seq, item.workspace, item.epoch + 1, b"") for item in chosen])


def _claimed(item: _Candidate) -> Claim:
    return Claim(
        id=item.id,
        workspace=item.workspace,
        epoch=item.epoch + 1,
        next_seq=item.next_seq + 1,
        workflow_hash=item.workflow_hash,
        recoveries=item.recoveries + (item.status == "running"),
        was=ExecutionStatus(item.status),
        cancel_requested=bool(item.cancel_requested),
        size=item.journal_bytes,
    )


def next_wake(worker: str) -> Plan[int | None]:
    """When there is something to claim: at once (0), when the first one falls due, or when another's lease ends.

    What is queued can be claimed whatever the asker's clock says, so it has no time of its own.
    """
    rows: list[Row] = yield _NEXT(worker=worker)
    times = [time for time in rows[0] if time is not None]
    return min(times) if times else None


CLAIM: Kind[Claiming, list[Claim]] = Kind("claim", _plan, rank=6, alone=True)
