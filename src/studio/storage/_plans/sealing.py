"""Changing sealed records: puts, drops and checks, those of one kind together in a handful of statements.

On Postgres each statement is a round trip, so a thousand rows must not be a thousand of them.
"""

# ruff: noqa: S608 - the texts are put together from constants; values are always bound

from __future__ import annotations

from collections.abc import Iterator, Sequence

from studio.contracts.records import ABSENT, Change, Check, Drop, Put
from studio.domain.errors import RecordChanged, RecordTaken
from studio.storage._statement import Plan, Row, Statement

LIVE = "(r.expires_at IS NULL OR r.expires_at > {now})"
"""Records that have not expired."""
_LARGEST_RUN = 8 * 1024 * 1024
"""Bytes of the values that one statement carries; a larger value goes alone."""
_OF = "workspace = :workspace AND kind = :kind"
_AT = f"{_OF} AND id = :id"
_VALUES = (
    "INSERT INTO records (workspace, kind, id, parent, revision, created_at, updated_at, expires_at, value)"
    " VALUES (:workspace, :kind, :id, :parent, 1, {now}, {now}, :expires_at, :value)"
    " ON CONFLICT (workspace, kind, id) DO UPDATE SET parent = excluded.parent, revision = records.revision + 1,"
    " updated_at = excluded.updated_at, expires_at = excluded.expires_at, value = excluded.value"
)
_UPSERT = Statement(f"{_VALUES} RETURNING revision", fetch=1)
_INSERT = Statement(f"{_VALUES} WHERE records.expires_at <= {{now}} RETURNING revision", fetch=1)
_UPDATE = Statement(
    "UPDATE records SET parent = :parent, revision = revision + 1, updated_at = {now}, expires_at = :expires_at,"
    f" value = :value WHERE {_AT} AND revision = :expected AND (expires_at IS NULL OR expires_at > {{now}})"
    " RETURNING revision",
    fetch=1,
)
# Several of one kind at once. What comes back has no order, so each row says whose it is.
_MANY = "id text, parent text, expires_at bigint, value bytea"
_VALUES_MANY = (
    "INSERT INTO records (workspace, kind, id, parent, revision, created_at, updated_at, expires_at, value)"
    " SELECT :workspace, :kind, u.id, u.parent, 1, {now}, {now}, u.expires_at, u.value FROM {rows} WHERE TRUE"
    " ON CONFLICT (workspace, kind, id) DO UPDATE SET parent = excluded.parent, revision = records.revision + 1,"
    " updated_at = excluded.updated_at, expires_at = excluded.expires_at, value = excluded.value"
)
_UPSERT_MANY = Statement(f"{_VALUES_MANY} RETURNING id, revision", rows=_MANY, fetch=2)
_INSERT_MANY = Statement(
    f"{_VALUES_MANY} WHERE records.expires_at <= {{now}} RETURNING id, revision", rows=_MANY, fetch=2
)
_DROP = Statement(f"DELETE FROM records WHERE {_AT}")
_DROP_AT = Statement(f"DELETE FROM records WHERE {_AT} AND revision = :expected")
_REVISION = Statement(f"SELECT r.revision FROM records AS r WHERE {_AT} AND {LIVE} {{pg:FOR SHARE}}", fetch=1)
_REVISIONS = Statement(
    f"SELECT r.id, r.revision FROM records AS r WHERE {_OF} AND r.id {{in ids}} {{pg:FOR UPDATE}}", fetch=2
)
_LIVE_REVISIONS = Statement(
    f"SELECT r.id, r.revision FROM records AS r WHERE {_OF} AND r.id {{in ids}} AND {LIVE} {{pg:FOR UPDATE}}", fetch=2
)
_DROP_MANY = Statement(f"DELETE FROM records WHERE {_OF} AND id {{in ids}}")
_DROP_EXPIRED = Statement(
    f"DELETE FROM records WHERE {_OF} AND id {{in ids}} AND expires_at <= {{now}} RETURNING id", fetch=1
)
_DROP_KEYS_MANY = Statement(f"DELETE FROM record_keys WHERE {_OF} AND id {{in ids}}")
_DROP_FIELDS_MANY = Statement(f"DELETE FROM record_fields WHERE {_OF} AND id {{in ids}}")
_DROP_KEYS = Statement(f"DELETE FROM record_keys WHERE {_AT}")
_DROP_FIELDS = Statement(f"DELETE FROM record_fields WHERE {_AT}")
_FREE_KEYS = Statement(
    "DELETE FROM record_keys WHERE workspace = :workspace AND kind = :kind AND unique_key {in keys} AND EXISTS ("
    "SELECT 1 FROM records AS r WHERE r.workspace = record_keys.workspace AND r.kind = record_keys.kind"
    " AND r.id = record_keys.id AND r.expires_at <= {now})"
)
_KEYS = Statement(
    "INSERT INTO record_keys (workspace, kind, unique_key, id) SELECT :workspace, :kind, u.key, u.id FROM {rows}"
    " WHERE TRUE ON CONFLICT DO NOTHING",
    rows="key text, id text",
)
_FIELDS = Statement(
    "INSERT INTO record_fields (workspace, kind, field, value, id)"
    " SELECT :workspace, :kind, u.field, u.value, u.id FROM {rows} WHERE TRUE ON CONFLICT DO NOTHING",
    rows="field text, value text, id text",
)


def carry_out(changes: Sequence[tuple[Change, bytes]]) -> Plan[list[int]]:
    """Carry out changes with their sealed values in order; the new revisions, 0 for a drop.

    Raises:
        RecordChanged: A record has another revision than expected.
        RecordTaken: A unique key belongs to another record.
    """
    revisions: list[int] = []
    for run in _runs(changes):
        revisions += yield from _run(run)
    return revisions


def drop_expired(workspace: str, kind: str, ids: Sequence[str]) -> Plan[int]:
    """Drop those of these records that have expired; how many."""
    of = {"workspace": workspace, "kind": kind}
    rows: list[Row] = yield _DROP_EXPIRED(**of, ids=list(ids))
    gone = [row[0] for row in rows]
    if gone:
        yield _DROP_KEYS_MANY(**of, ids=gone)
        yield _DROP_FIELDS_MANY(**of, ids=gone)
    return len(gone)


def _runs(changes: Sequence[tuple[Change, bytes]]) -> Iterator[list[tuple[Change, bytes]]]:
    """Changes in their order, cut where the next one cannot be carried out together with those before it."""
    run: list[tuple[Change, bytes]] = []
    ids: set[str] = set()
    size = 0
    for one in changes:
        change = one[0]
        size += len(one[1])
        if run and (_sort(change) != _sort(run[0][0]) or change.id in ids or size > _LARGEST_RUN):
            yield run
            run, ids, size = [], set[str](), len(one[1])
        run.append(one)
        ids.add(change.id)
    if run:
        yield run


def _sort(change: Change) -> tuple[object, ...]:
    """What is the same for changes that can be carried out together."""
    expected = change.expected
    return type(change), change.workspace, change.kind, None if expected is None else expected > ABSENT


def _run(run: Sequence[tuple[Change, bytes]]) -> Plan[list[int]]:
    first = run[0][0]
    if isinstance(first, Check):
        for change, _ in run:
            yield from _check(change)
        return [change.expected or ABSENT for change, _ in run]
    if isinstance(first, Drop):
        yield from _drop([change for change, _ in run if isinstance(change, Drop)])
        return [0] * len(run)
    return (yield from _put([(change, sealed) for change, sealed in run if isinstance(change, Put)]))


def _check(check: Change) -> Plan[None]:
    rows: list[Row] = yield _REVISION(workspace=check.workspace, kind=check.kind, id=check.id)
    if (rows[0][0] if rows else ABSENT) != check.expected:
        raise _changed(check)


def _drop(drops: Sequence[Drop]) -> Plan[None]:
    """Drops of one kind, all with an expected revision or none."""
    first = drops[0]
    of = {"workspace": first.workspace, "kind": first.kind}
    if len(drops) == 1:
        at = {**of, "id": first.id}
        dropped: int = yield _DROP(**at) if first.expected is None else _DROP_AT(**at, expected=first.expected)
        if dropped:
            yield _DROP_KEYS(**at)
            yield _DROP_FIELDS(**at)
        elif first.expected is not None:
            raise _changed(first)
        return
    ids = [one.id for one in drops]
    if first.expected is not None:
        rows: list[Row] = yield _REVISIONS(**of, ids=ids)
        found = dict(rows)
        for one in drops:
            if found.get(one.id) != one.expected:
                raise _changed(one)
    yield _DROP_MANY(**of, ids=ids)
    yield _DROP_KEYS_MANY(**of, ids=ids)
    yield _DROP_FIELDS_MANY(**of, ids=ids)


def _put(puts: Sequence[tuple[Put, bytes]]) -> Plan[list[int]]:
    """Puts of one kind, all expecting a revision, none, or that the record is not there."""
    first = puts[0][0]
    of = {"workspace": first.workspace, "kind": first.kind}
    found: dict[str, int] = yield from _written(puts)
    for put, _ in puts:
        if put.id not in found:
            raise _changed(put)
    before = [id for id, revision in found.items() if revision > 1]
    if len(before) == 1:
        yield _DROP_KEYS(**of, id=before[0])
        yield _DROP_FIELDS(**of, id=before[0])
    elif before:
        yield _DROP_KEYS_MANY(**of, ids=before)
        yield _DROP_FIELDS_MANY(**of, ids=before)
    keys = [(key, put.id) for put, _ in puts for key in dict.fromkeys(put.unique)]
    if keys:
        yield _FREE_KEYS(**of, keys=[key for key, _ in keys])
        kept: int = yield _KEYS(keys, **of)
        if kept < len(keys):
            raise RecordTaken("record.taken", "There is another {kind} with this name.", kind=first.kind)
    fields = [(field, value, put.id) for put, _ in puts for field, value in put.fields.items()]
    if fields:
        yield _FIELDS(fields, **of)
    return [found[put.id] for put, _ in puts]


def _written(puts: Sequence[tuple[Put, bytes]]) -> Plan[dict[str, int]]:
    """Write values; the new revisions by id, without those that have another one than expected."""
    put, sealed = puts[0]
    of = {"workspace": put.workspace, "kind": put.kind}
    if len(puts) == 1:
        given = {**of, "id": put.id, "parent": put.parent, "expires_at": put.expires_at, "value": sealed}
        if put.expected is None:
            request = _UPSERT(**given)
        else:
            request = _UPDATE(**given, expected=put.expected) if put.expected else _INSERT(**given)
        rows: list[Row] = yield request
        return {put.id: rows[0][0]} if rows else {}
    if put.expected:
        # Looked at first: an UPDATE that joins the batch leaves the order of the join to the database's guess.
        rows = yield _LIVE_REVISIONS(**of, ids=[one.id for one, _ in puts])
        found = dict(rows)
        if any(found.get(one.id) != one.expected for one, _ in puts):
            return {one.id: 0 for one, _ in puts if found.get(one.id) == one.expected}
    values: list[Row] = [(one.id, one.parent, one.expires_at, value) for one, value in puts]
    rows = yield (_INSERT_MANY if put.expected == ABSENT else _UPSERT_MANY)(values, **of)
    return dict(rows)


def _changed(change: Change) -> RecordChanged:
    return RecordChanged(
        "record.changed",
        "The {kind} was changed meanwhile. Load it again and repeat the change.",
        kind=change.kind,
        id=change.id,
    )
