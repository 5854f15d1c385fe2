"""Workers and leases, holds, retention, keys, and what a doctor asks."""

# ruff: noqa: S608 - the texts are put together from constants; values are always bound

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from studio.crypto import WrappedKey
from studio.domain.errors import WrongKey
from studio.storage._driver import Kind
from studio.storage._plans.refs import drop_refs
from studio.storage._statement import Plan, Row, Statement

_DAY = 86_400_000_000


class Beat(NamedTuple):
    """A worker's sign of life, good for ``lease`` microseconds."""

    worker: str
    home: str
    lease: int


_NOW = Statement("SELECT {now}", fetch=1)
_BEAT = Statement(
    "INSERT INTO workers (id, home, lease_until, seen_at)"
    " SELECT u.id, u.home, {now} + u.lease, {now} FROM {rows} WHERE TRUE"
    " ON CONFLICT (id) DO UPDATE SET home = excluded.home, lease_until = excluded.lease_until,"
    " seen_at = excluded.seen_at",
    rows="id text, home text, lease bigint",
)
_ALIVE = Statement("SELECT id FROM workers WHERE id {in ids} AND lease_until > {now}", fetch=1, packed=True)
_QUEUED = Statement(
    "SELECT count(*) FROM (SELECT 1 FROM executions WHERE status = 'queued' AND wake_at IS NULL AND NOT held"
    " LIMIT :limit) AS q",
    fetch=1,
)
_WORKERS = Statement("SELECT id FROM workers WHERE home = :home AND id <> :but ORDER BY id", fetch=1, packed=True)
_RELEASE = Statement(
    "UPDATE executions SET owner = NULL, slot_held = CASE WHEN status = 'running' THEN FALSE ELSE slot_held END,"
    " status = CASE WHEN status = 'running' THEN 'queued' ELSE status END WHERE owner = :worker AND ended_at IS NULL"
)
_OWNED = Statement(
    "SELECT id, next_seq FROM executions WHERE owner = :worker AND status = 'running'", fetch=2, packed=True
)
_LET_GO = Statement(
    "UPDATE executions SET owner = NULL, slot_held = FALSE, status = 'queued'"
    " WHERE id {in ids} AND owner = :worker AND status = 'running'"
)
_GOT_ON = Statement(
    "UPDATE executions AS e SET recoveries = 0 FROM {rows} WHERE e.id = u.id AND e.epoch = u.epoch",
    rows="id text, epoch bigint",
)
_LEAVE = Statement("DELETE FROM workers WHERE id = :worker")
_RECOVER = Statement("UPDATE executions SET held = FALSE WHERE id {in ids} AND held")
# Only what could not run where it was last taken up is paused with a time.
_RETRY_PAUSED = Statement(
    "UPDATE executions SET wake_at = {now}"
    " WHERE wake_at IS NOT NULL AND owner IS NULL AND NOT held AND status = 'paused'"
)
_UNHOLD = Statement("UPDATE schedules SET held = FALSE WHERE workspace = :workspace AND key = :key AND held")
_CURSOR = Statement("SELECT cursor_at, held FROM schedules WHERE workspace = :workspace AND key = :key", fetch=2)
# The time to keep an execution counts from its end, however long it took; it is the distance from its acceptance.
# One whose caller goes on is kept: the caller may still want its result, and would call again where there is none.
_EXPIRED = Statement(
    "SELECT e.id, e.workspace FROM executions AS e WHERE e.retain_until IS NOT NULL AND e.ended_at IS NOT NULL"
    " AND e.retain_until <= {now} AND e.ended_at - e.accepted_at + e.retain_until <= {now}"
    " AND NOT EXISTS (SELECT 1 FROM executions AS p WHERE p.id = e.parent_id AND p.ended_at IS NULL)"
    " ORDER BY e.retain_until LIMIT :limit{pg: FOR UPDATE SKIP LOCKED}",
    fetch=2,
    packed=True,
)
# What is called has its root's fate. One whose caller goes on is kept: the caller would call again.
_ENDED = Statement(
    "SELECT e.id FROM executions AS e WHERE e.workspace = :workspace AND e.ended_at IS NOT NULL"
    " AND e.id IN (SELECT a.id FROM executions AS a WHERE a.id {in ids}"
    " UNION SELECT b.id FROM executions AS b WHERE b.root_id {in roots})"
    " AND NOT EXISTS (SELECT 1 FROM executions AS p WHERE p.id = e.parent_id AND p.ended_at IS NULL)"
    " ORDER BY e.id{pg: FOR UPDATE}",
    fetch=1,
    packed=True,
)
_DELETE = tuple(
    Statement(f"DELETE FROM {table} WHERE {column} {{in ids}}")
    for table, column in (
        ("journal", "execution_id"),
        ("inbox", "execution_id"),
        ("node_runs", "execution_id"),
        ("execution_tags", "execution_id"),
    )
)
_DELETE_ROWS = Statement("DELETE FROM executions WHERE id {in ids} AND ended_at IS NOT NULL")
_DELETE_REFS = Statement(
    "DELETE FROM blob_refs WHERE kind = 'execution' AND workspace {in workspaces} AND owner {in ids}"
)
_OLD_KEYS = Statement("DELETE FROM idempotency WHERE expires_at <= {now}")
_OLD_CACHE = Statement("SELECT workspace, key FROM cache WHERE expires_at <= {now} LIMIT :limit", fetch=2, packed=True)
_DROP_CACHE = Statement(
    "DELETE FROM cache WHERE workspace = :workspace AND key = :key AND expires_at <= {now}",
)
_OLD_LANES = Statement("DELETE FROM lanes WHERE served < {now} - :age")
_KEYS = Statement("SELECT id, workspace, wrapped, master, created_at FROM keys ORDER BY created_at, id", fetch=5)
_WORKSPACE = Statement("INSERT INTO workspaces (id, created_at) VALUES (:workspace, {now}) ON CONFLICT (id) DO NOTHING")
_KEY_ADD = Statement(
    "INSERT INTO keys (id, workspace, wrapped, master, created_at)"
    " SELECT u.id, u.workspace, u.wrapped, u.master, {now} FROM {rows}"
    " JOIN meta AS m ON m.name = 'master' AND m.value = u.master"
    " WHERE u.again OR NOT EXISTS (SELECT 1 FROM keys AS k WHERE k.workspace = u.workspace)",
    rows="id text, workspace text, wrapped bytea, master text, again boolean",
)
_HAS_KEY = Statement("SELECT count(*) FROM keys WHERE workspace = :workspace", fetch=1)
_MASTER = Statement("SELECT value FROM meta WHERE name = 'master'{pg: FOR UPDATE}", fetch=1)
_REWRAP = Statement("UPDATE keys SET wrapped = :wrapped, master = :master WHERE id = :id")
_META_SET = Statement("UPDATE meta SET value = :value WHERE name = :name")
_META = Statement("SELECT name, value FROM meta", fetch=2, packed=True)
_COUNTS = Statement("SELECT status, count(*) FROM executions GROUP BY status", fetch=2, packed=True)
_SUMS = Statement(
    "SELECT (SELECT count(*) FROM executions WHERE owner IS NULL AND projected_seq < next_seq - 1),"
    " (SELECT count(*) FROM executions WHERE held), (SELECT count(*) FROM inbox WHERE taken_seq IS NULL),"
    " (SELECT count(*) FROM workers), (SELECT count(*) FROM workspaces WHERE id <> '_instance'),"
    " (SELECT max(version_num) FROM alembic_version), {now}",
    fetch=7,
    packed=True,
)


def queued(limit: int) -> Plan[int]:
    """How many executions could be taken up now, up to a limit."""
    rows: list[Row] = yield _QUEUED(limit=limit)
    return rows[0][0]


def clock() -> Plan[int]:
    """The database's clock."""
    rows: list[Row] = yield _NOW()
    return rows[0][0]


def _beat(items: Sequence[Beat]) -> Plan[Sequence[bool]]:
    latest = {item.worker: item for item in items}
    rows: list[Row] = yield _ALIVE(ids=list(latest))
    alive = {row[0] for row in rows}
    yield _BEAT(list(latest.values()))
    return [item.worker in alive for item in items]


def workers(home: str, but: str) -> Plan[list[str]]:
    """Other workers of a home."""
    rows: list[Row] = yield _WORKERS(home=home, but=but)
    return [row[0] for row in rows]


def _release(items: Sequence[str]) -> Plan[Sequence[int]]:
    counts: list[int] = []
    for worker in items:
        released: int = yield _RELEASE(worker=worker)
        yield _LEAVE(worker=worker)
        counts.append(released)
    return counts


def owned(worker: str) -> Plan[list[tuple[str, int]]]:
    """What a worker drives, each with its next sequence."""
    rows: list[Row] = yield _OWNED(worker=worker)
    return [(row[0], row[1]) for row in rows]


def _let_go(items: Sequence[tuple[str, Sequence[str]]]) -> Plan[Sequence[int]]:
    counts: list[int] = []
    for worker, ids in items:
        counts.append((yield _LET_GO(worker=worker, ids=list(ids))))
    return counts


def _got_on(items: Sequence[tuple[str, int]]) -> Plan[Sequence[None]]:
    yield _GOT_ON(list(dict.fromkeys(items)))
    return [None] * len(items)


def _recover(items: Sequence[Sequence[str]]) -> Plan[Sequence[int]]:
    counts: list[int] = []
    for ids in items:
        counts.append((yield _RECOVER(ids=list(ids))))
    return counts


def _retry_paused(items: Sequence[None]) -> Plan[Sequence[int]]:
    found: int = yield _RETRY_PAUSED()
    return [found] * len(items)


def _resume_schedules(items: Sequence[tuple[str, str]]) -> Plan[Sequence[bool]]:
    outcomes: list[bool] = []
    for workspace, key in items:
        lifted: int = yield _UNHOLD(workspace=workspace, key=key)
        outcomes.append(lifted == 1)
    return outcomes


def cursor(workspace: str, key: str) -> Plan[tuple[int, bool] | None]:
    """Where a schedule stands, and whether it is held."""
    rows: list[Row] = yield _CURSOR(workspace=workspace, key=key)
    return (rows[0][0], bool(rows[0][1])) if rows else None


def _drop(ids: list[str], workspaces: list[str]) -> Plan[None]:
    for statement in _DELETE:
        yield statement(ids=ids)
    yield _DELETE_REFS(ids=ids, workspaces=workspaces)
    yield _DELETE_ROWS(ids=ids)


def _delete(items: Sequence[tuple[str, Sequence[str]]]) -> Plan[Sequence[list[str]]]:
    gone: list[list[str]] = []
    for workspace, wanted in items:
        rows: list[Row] = yield _ENDED(workspace=workspace, ids=list(wanted), roots=list(wanted))
        ids = [row[0] for row in rows]
        if ids:
            yield from _drop(ids, [workspace])
        gone.append(ids)
    return gone


def _delete_expired(items: Sequence[int]) -> Plan[Sequence[int]]:
    counts: list[int] = []
    for limit in items:
        rows: list[Row] = yield _EXPIRED(limit=limit)
        ids = [row[0] for row in rows]
        if ids:
            yield from _drop(ids, sorted({row[1] for row in rows}))
        counts.append(len(ids))
        yield _OLD_KEYS()
        old: list[Row] = yield _OLD_CACHE(limit=limit)
        for workspace, key in old:
            dropped: int = yield _DROP_CACHE(workspace=workspace, key=key)
            if dropped:
                yield from drop_refs("cache", workspace, key)
        yield _OLD_LANES(age=_DAY)
    return counts


def wrapped_keys() -> Plan[list[WrappedKey]]:
    """All data keys."""
    rows: list[Row] = yield _KEYS()
    return [WrappedKey(id, workspace, bytes(wrapped), master, at) for id, workspace, wrapped, master, at in rows]


def _add_keys(items: Sequence[tuple[WrappedKey, bool]]) -> Plan[Sequence[list[WrappedKey]]]:
    for key, again in items:
        yield _WORKSPACE(workspace=key.workspace)
        # The lock keeps two processes from making a first key each.
        yield _MASTER()
        added: int = yield _KEY_ADD([(key.id, key.workspace, key.wrapped, key.master, again)])
        if not added:
            present: list[Row] = yield _HAS_KEY(workspace=key.workspace)
            if again or not present[0][0]:
                raise WrongKey(
                    "storage.master_changed",
                    "The master key was changed by another process. Restart with the new one.",
                )
    keys = yield from wrapped_keys()
    return [keys] * len(items)


class Rewrap(NamedTuple):
    """All data keys under a new master: rows, the old master's id, the new one's, and its check value."""

    keys: Sequence[WrappedKey]
    old: str
    new: str
    check: str


def _rewrap(items: Sequence[Rewrap]) -> Plan[Sequence[None]]:
    for item in items:
        rows: list[Row] = yield _MASTER()
        present = yield from wrapped_keys()
        if rows[0][0] != item.old or {key.id for key in present} != {key.id for key in item.keys}:
            raise WrongKey("storage.keys_changed", "The keys were changed by another process meanwhile; try again.")
        for key in item.keys:
            yield _REWRAP(id=key.id, wrapped=key.wrapped, master=key.master)
        yield _META_SET(name="master", value=item.new)
        yield _META_SET(name="check", value=item.check)
    return [None] * len(items)


def meta() -> Plan[dict[str, str]]:
    """What the database knows of itself."""
    rows: list[Row] = yield _META()
    return dict(rows)


def summary() -> Plan[dict[str, Any]]:
    """Counts for a doctor."""
    by_status: list[Row] = yield _COUNTS()
    rows: list[Row] = yield _SUMS()
    behind, held, open_messages, worker_count, workspaces, revision, now = rows[0]
    about = yield from meta()
    return {
        "revision": revision,
        "instance": about.get("instance"),
        "generation": int(about.get("generation", "0")),
        "executions": {row[0]: row[1] for row in by_status},
        "projection_behind": behind,
        "held": held,
        "open_messages": open_messages,
        "workers": worker_count,
        "workspaces": workspaces,
        "now": now,
    }


HEARTBEAT: Kind[Beat, bool] = Kind("heartbeat", _beat)
RELEASE: Kind[str, int] = Kind("release", _release, rank=7, tells=True)
LET_GO: Kind[tuple[str, Sequence[str]], int] = Kind("let go", _let_go, rank=7, tells=True)
GOT_ON: Kind[tuple[str, int], None] = Kind("got on", _got_on)
RECOVER: Kind[Sequence[str], int] = Kind("recover", _recover, tells=True)
RETRY_PAUSED: Kind[None, int] = Kind("retry paused", _retry_paused, rank=7)
RESUME_SCHEDULE: Kind[tuple[str, str], bool] = Kind("resume schedule", _resume_schedules, tells=True)
DELETE_EXPIRED: Kind[int, int] = Kind("delete expired", _delete_expired, rank=9, alone=True)
DELETE: Kind[tuple[str, Sequence[str]], list[str]] = Kind("delete", _delete, rank=9, alone=True)
ADD_KEY: Kind[tuple[WrappedKey, bool], list[WrappedKey]] = Kind("add key", _add_keys, rank=0, alone=True)
REWRAP: Kind[Rewrap, None] = Kind("rewrap keys", _rewrap, rank=0, alone=True)
