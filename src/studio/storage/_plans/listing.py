"""Reading executions and journals."""

# ruff: noqa: S608 - the texts are put together from constants; values are always bound

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import msgspec
import orjson

from studio.contracts.stored import ExecutionFilter, ExecutionRow
from studio.domain.errors import NotFound, RecordCorrupt, StudioError
from studio.domain.status import ExecutionStatus
from studio.storage._damaged import execution_corrupt, is_row, segment_corrupt
from studio.storage._statement import Plan, Row, Statement, unhex

COLUMNS = (
    "e.id, e.workspace, e.workflow_hash, e.workflow_name, e.status, e.reason, e.mode, e.trigger_kind, e.parent_id,"
    " e.root_id, e.origin_id, e.depth, e.rank, e.tags, e.generation, e.held, e.owner, e.epoch, e.recoveries,"
    " e.accepted_at, e.started_at, e.ended_at, e.wake_at, e.error_code, e.cancel_requested, e.next_seq,"
    " e.projected_seq, e.journal_bytes"
)
WIDTH = COLUMNS.count(",") + 1
_ONE = Statement(f"SELECT {COLUMNS} FROM executions AS e WHERE e.id = :id", fetch=WIDTH, packed=True)
_BEHIND = Statement(
    f"SELECT {COLUMNS} FROM executions AS e WHERE e.owner IS NULL AND e.projected_seq < e.next_seq - 1"
    " ORDER BY e.id LIMIT :limit",
    fetch=WIDTH,
    packed=True,
)
_CONDITIONS = {
    "status": "e.status = :status",
    "workflow_name": "e.workflow_name = :workflow_name",
    "workflow_hash": "e.workflow_hash = :workflow_hash",
    "parent_id": "e.parent_id = :parent_id",
    "root_id": "e.root_id = :root_id",
    "accepted_from": "e.accepted_at >= :accepted_from",
    "accepted_until": "e.accepted_at < :accepted_until",
    "error_code": "e.error_code = :error_code",
    "before": "e.id < :before",
    "from_id": "e.id >= :from_id",
}
_MAX_PAGE = 1000
_SEGMENTS = "SELECT e.workspace, e.next_seq, e.snapshot_seq, j.seq, j.epoch, j.snapshot, j.written_at, "
_JOURNAL = Statement(
    _SEGMENTS + "{bytes j.payload}"
    " FROM executions AS e LEFT JOIN journal AS j ON j.execution_id = e.id AND j.seq > :after"
    " AND (NOT :resume OR j.seq >= e.snapshot_seq) WHERE e.id = :id ORDER BY j.seq",
    fetch=8,
)
_JOURNALS = Statement(
    _SEGMENTS + "{hex j.payload}, e.id"
    " FROM executions AS e LEFT JOIN journal AS j ON j.execution_id = e.id AND j.seq >= e.snapshot_seq"
    " WHERE e.id {in ids} ORDER BY e.id, j.seq",
    fetch=9,
    packed=True,
)
_WINDOW = Statement(
    _SEGMENTS + "{bytes j.payload}"
    " FROM executions AS e LEFT JOIN journal AS j ON j.execution_id = e.id AND j.seq >= :first AND j.seq <= :last"
    " WHERE e.id = :id ORDER BY j.seq",
    fetch=8,
)


class RawSegment(NamedTuple):
    """A journal row, sealed."""

    workspace: str
    seq: int
    epoch: int
    snapshot: bool
    written_at: int
    payload: bytes


def execution(row: Row) -> ExecutionRow:
    try:
        found = dict(zip(ExecutionRow.__struct_fields__, row, strict=True))
        found["priority"] = -found["priority"]
        found["tags"] = orjson.loads(found["tags"])
        for name in ("held", "cancel_requested"):
            found[name] = bool(found[name])
        return msgspec.convert(found, ExecutionRow)
    except (msgspec.MsgspecError, ValueError, TypeError) as error:
        raise execution_corrupt(str(row[0])) from error


def one(execution_id: str, workspace: str | None) -> Plan[ExecutionRow | None]:
    """An execution, None where it does not exist there."""
    rows: list[Row] = yield _ONE(id=execution_id)
    if not rows or (workspace is not None and rows[0][1] != workspace):
        return None
    return execution(rows[0])


def behind(limit: int) -> Plan[list[ExecutionRow]]:
    """Executions whose projection lags and which nobody owns."""
    rows: list[Row] = yield _BEHIND(limit=limit)
    return [execution(row) for row in rows]


_LEADS = (("workflow_name", "error_code"), ("workflow_name", "status"), ("error_code",), ("status",))
"""Columns that an index of executions leads with behind the workspace, the more precise first."""
_TAG_LEADS = (("tag", "error_code"), ("tag", "status"), ("tag",))
"""The same of the tags, which know what a list of one workflow's failures asks for."""
_BOUNDS = ("before", "from_id")
_NARROW = frozenset({"parent_id", "root_id"})
"""What few executions have in common, and has an index of its own."""


@lru_cache(maxsize=256)
def _tagged(names: frozenset[str]) -> Statement:
    """A page of one tag: the index of tags alone finds it, whatever its size; the order of the tables is meant."""
    lead = next(one for one in _TAG_LEADS if names.issuperset(one))
    rest = ["e.workspace = :workspace", *(_CONDITIONS[name] for name in sorted(names.difference(lead, _BOUNDS)))]
    return Statement(
        f"SELECT {COLUMNS} FROM execution_tags AS t CROSS JOIN executions AS e WHERE e.id = t.execution_id"
        f" AND {' AND '.join([*_range('t', lead, 'execution_id', names), *rest])} ORDER BY t.execution_id DESC"
        " LIMIT :limit",
        fetch=WIDTH,
        packed=True,
    )


@lru_cache(maxsize=256)
def _listing(names: frozenset[str]) -> Statement:
    lead: tuple[str, ...] = next((one for one in _LEADS if names.issuperset(one)), ())
    if names & _NARROW:
        conditions = ["e.workspace = :workspace", *(_CONDITIONS[name] for name in sorted(names))]
    else:
        conditions = _range("e", lead, "id", names)
        conditions += [_CONDITIONS[name] for name in sorted(names.difference(lead, _BOUNDS))]
    return Statement(
        f"SELECT {COLUMNS} FROM executions AS e WHERE {' AND '.join(conditions)} ORDER BY e.id DESC LIMIT :limit",
        fetch=WIDTH,
        packed=True,
    )


def _range(table: str, lead: tuple[str, ...], id: str, names: frozenset[str]) -> list[str]:
    """The conditions of a page that make it a range of one index.

    Postgres makes one plan for all values, so it cannot know that a status is rare, and might walk all ids backwards in
    the hope to fill the page soon. Said twice, as an equality and as the two ends of a range, a condition counts as
    one that next to nothing fits, which leaves only the index that leads with all of them. (Comparing whole rows would
    do for the choice, but such a scan does not end where the range does.)
    """
    conditions = [f"{table}.{name} = :{name}" for name in ("workspace", *lead)]
    conditions += [
        f"{{pg:{table}.{name} >= :{name} AND {table}.{name} <= :{name}}}{{lite:TRUE}}"
        for name in lead or ("workspace",)
    ]
    if "before" in names:
        conditions.append(f"{table}.{id} < :before")
    if "from_id" in names:
        conditions.append(f"{table}.{id} >= :from_id")
    return conditions


def listed(wanted: ExecutionFilter) -> Plan[list[ExecutionRow]]:
    """A page, newest first.

    Several statuses are several questions: each is answered from its index at once, while a list of statuses would
    make the database walk past a million executions of the others. The index of names has the status too, so that a
    name alone is all statuses. With an error, what has another status is passed over among those with that error, and
    with a tag what has another name among those of the tag.
    """
    limit = max(1, min(wanted.limit, _MAX_PAGE))
    given = {name: getattr(wanted, name) for name in (*_CONDITIONS, "tag") if name != "status"}
    params = {name: value for name, value in given.items() if value is not None}
    params.update(workspace=wanted.workspace, limit=limit)
    names = frozenset(params) - {"workspace", "limit"}
    # Whoever looks for a tag among a million executions goes by the index of tags.
    statement = _tagged if wanted.tag is not None else _listing
    statuses = wanted.status
    if statuses is None and wanted.workflow_name is not None and wanted.tag is None and wanted.error_code is None:
        statuses = tuple(ExecutionStatus)
    rows: list[Row] = []
    if statuses is None:
        rows = yield statement(names)(**params)
    else:
        for status in dict.fromkeys(statuses):
            rows += yield statement(names | {"status"})(**params, status=status.value)
        rows.sort(key=lambda row: row[0], reverse=True)
    return [execution(row) for row in rows[:limit]]


def journal(execution_id: str, after: int, from_snapshot: bool) -> Plan[list[RawSegment]]:
    """The rows asked for, checked to be without a gap."""
    rows: list[Row] = yield _JOURNAL(id=execution_id, after=after, resume=from_snapshot)
    return _contiguous(execution_id, rows, after, from_snapshot)


def window(execution_id: str, first: int, last: int) -> Plan[list[RawSegment]]:
    """The rows of a range, checked to be without a gap as far as the journal goes."""
    rows: list[Row] = yield _WINDOW(id=execution_id, first=first, last=last)
    # The end of the range stands for the journal's own, where that lies beyond.
    cut = [(row[0], min(row[1], last + 1) if type(row[1]) is int else row[1], *row[2:]) for row in rows]
    return _contiguous(execution_id, cut, first - 1, False)


def journals(ids: Sequence[str]) -> Plan[dict[str, list[RawSegment] | StudioError]]:
    """What ``journal`` gives from the last snapshot on, of many executions at once; or what it would raise."""
    rows: list[Row] = yield _JOURNALS(ids=list(ids))
    found: dict[str, list[Row]] = {id: [] for id in ids}
    for row in rows:
        found[row[8]].append((*row[:7], unhex(row[7])))
    checked: dict[str, list[RawSegment] | StudioError] = {}
    for id, segments in found.items():
        try:
            checked[id] = _contiguous(id, segments, -1, True)
        except (NotFound, RecordCorrupt) as error:
            checked[id] = error
    return checked


def _contiguous(execution_id: str, rows: list[Row], after: int, from_snapshot: bool) -> list[RawSegment]:
    if not rows:
        raise NotFound("storage.no_execution", "There is no execution {id}.", id=execution_id)
    workspace, next_seq, snapshot_seq = rows[0][:3]
    if not is_row(rows[0][:3], str, int, int):
        raise execution_corrupt(execution_id)
    first = max(after + 1, snapshot_seq if from_snapshot else 0)
    segments = [RawSegment(workspace, *row[3:]) for row in rows if row[3] is not None]
    present = [segment.seq for segment in segments]
    # Not a list of all that is expected: a damaged row may want any number.
    if len(present) != max(0, next_seq - first) or any(seq != at for at, seq in enumerate(present, first)):
        missing = next((at for at, seq in enumerate(present, first) if seq != at), first + len(present))
        raise RecordCorrupt(
            "storage.segment_missing",
            "Execution {id} lacks segment {seq} of its journal.",
            id=execution_id,
            seq=missing,
        )
    for segment in segments:
        if not is_row(segment[1:3], int, int) or segment.snapshot not in (0, 1) or not is_row(segment[4:], int, bytes):
            raise segment_corrupt(execution_id, segment.seq)
    return segments
