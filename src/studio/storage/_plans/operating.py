"""What whoever operates Studio asks over all workspaces."""

# ruff: noqa: S608 - the texts are put together from constants; values are always bound

from __future__ import annotations

from collections.abc import Sequence

from studio.contracts.stored import Backlogged, ExecutionRow, WorkerRow
from studio.storage._plans.listing import COLUMNS, WIDTH, execution
from studio.storage._plans.slots import FREE, RUNNING
from studio.storage._statement import Plan, Row, Statement

_ROWS = f"SELECT {COLUMNS} FROM executions AS e WHERE e.workspace = :workspace "
_WORKERS = Statement(
    "SELECT w.id, w.home, w.lease_until, w.seen_at,"
    " (SELECT count(*) FROM executions AS e WHERE e.owner = w.id AND e.status = 'running')"
    " FROM workers AS w ORDER BY w.seen_at DESC, w.id",
    fetch=5,
    packed=True,
)
_BACKLOG = Statement(
    f"SELECT {COLUMNS}, NOT {FREE} FROM executions AS e WHERE e.workspace = :workspace"
    " AND e.status = 'queued' ORDER BY e.rank, e.accepted_at, e.id LIMIT :limit",
    fetch=WIDTH + 1,
    packed=True,
)
_IN_DOUBT = Statement(
    _ROWS + "AND e.status = :status AND e.reason LIKE '[\"wait.in_doubt\"%' ORDER BY e.id LIMIT :limit",
    fetch=WIDTH,
    packed=True,
)
# Only what failed has an error code, and has an index of its own: that most executions succeed costs nothing here.
_FAILURES = Statement(
    _ROWS + "AND e.error_code IS NOT NULL AND e.status IN ('failed', 'dead') AND e.depth = 0"
    " AND e.ended_at >= :after AND e.ended_at <= :until AND (e.ended_at > :after OR e.id > :id)"
    " ORDER BY e.ended_at, e.id LIMIT :limit",
    fetch=WIDTH,
    packed=True,
)  # fmt: skip


def workers() -> Plan[list[WorkerRow]]:
    """Every worker."""
    rows: list[Row] = yield _WORKERS()
    return [WorkerRow(*row) for row in rows]


def backlog(workspace: str, limit: int) -> Plan[list[Backlogged]]:
    """What is queued."""
    rows: list[Row] = yield _BACKLOG(workspace=workspace, limit=limit)
    return [Backlogged(execution(row[:WIDTH]), bool(row[WIDTH])) for row in rows]


def in_doubt(workspace: str, limit: int) -> Plan[list[ExecutionRow]]:
    """What waits for a decision. Each status is a question of its own, which its index answers."""
    rows: list[Row] = []
    for status in ("waiting", "paused"):
        rows += yield _IN_DOUBT(workspace=workspace, status=status, limit=limit)
    return [execution(row) for row in sorted(rows, key=lambda row: row[0])[:limit]]


def failures(workspace: str, after: tuple[int, str], until: int, limit: int) -> Plan[list[ExecutionRow]]:
    """What failed, by its end."""
    rows: list[Row] = yield _FAILURES(workspace=workspace, after=after[0], id=after[1], until=until, limit=limit)
    return [execution(row) for row in rows]


def running(workspaces: Sequence[str]) -> Plan[dict[str, int]]:
    """How many run in each."""
    if not workspaces:
        return {}
    rows: list[Row] = yield RUNNING([(workspace,) for workspace in sorted(set(workspaces))])
    return dict(rows)


_JOURNALS = Statement(
    "SELECT workspace, CAST(sum(journal_bytes) AS bigint) FROM executions GROUP BY workspace", fetch=2
)
_RECORDS = Statement("SELECT workspace, CAST(sum(length(value)) AS bigint) FROM records GROUP BY workspace", fetch=2)
_BLOBS = Statement(
    "SELECT workspace, CAST(sum(size) AS bigint) FROM blobs GROUP BY workspace",
    lite=("SELECT workspace, 0 FROM blob_refs WHERE FALSE",),
    fetch=2,
)
_FILES = Statement("SELECT '', '' WHERE FALSE", lite=("SELECT DISTINCT workspace, blob_id FROM blob_refs",), fetch=2)


def stored_bytes() -> Plan[dict[str, int]]:
    """Bytes in the database by workspace: journals, records, and blobs where they live in it."""
    found: dict[str, int] = {}
    for statement in (_JOURNALS, _RECORDS, _BLOBS):
        rows: list[Row] = yield statement()
        for workspace, size in rows:
            found[workspace] = found.get(workspace, 0) + int(size or 0)
    return found


def blob_owners() -> Plan[list[tuple[str, str]]]:
    """Workspace and id of each blob that is a file."""
    rows: list[Row] = yield _FILES()
    return [(row[0], row[1]) for row in rows]
