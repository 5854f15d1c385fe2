"""Sealed records with their unique keys and fields, and the audit log. Values arrive and leave sealed."""

# ruff: noqa: S608 - the texts are put together from constants; values are always bound

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from studio.contracts.records import Change, Find
from studio.domain.errors import StudioError
from studio.storage._driver import Isolate, Kind
from studio.storage._plans.sealing import LIVE, carry_out, drop_expired
from studio.storage._statement import Plan, Row, Statement

FIRST_CHAIN = bytes(32)
"""What the first entry of an audit log is chained to."""


class SealedEntry(NamedTuple):
    """An audit entry: its workspace, its id, the keyed digest of its value, the value sealed."""

    workspace: str
    id: str
    digest: bytes
    value: bytes


class Committing(NamedTuple):
    """Changes with their values sealed (b"" for others than Put), the entries, and who seals the head of a log."""

    changes: Sequence[tuple[Change, bytes]]
    audit: Sequence[SealedEntry]
    head_seal: Callable[[str, int, bytes], bytes]


_COLUMNS = "r.workspace, r.kind, r.id, r.parent, r.revision, r.created_at, r.updated_at, r.expires_at, {bytes r.value}"
_WIDTH = 9
_ONE = Statement(
    f"SELECT {_COLUMNS} FROM records AS r WHERE r.workspace = :workspace AND r.kind = :kind AND r.id = :id AND {LIVE}",
    fetch=_WIDTH,
)
_SEVERAL = Statement(
    f"SELECT {_COLUMNS} FROM records AS r WHERE r.workspace = :workspace AND r.kind = :kind AND r.id {{in ids}}"
    f" AND {LIVE}",
    fetch=_WIDTH,
)
_BY_KEY = Statement(
    f"SELECT {_COLUMNS} FROM record_keys AS k JOIN records AS r ON r.workspace = k.workspace AND r.kind = k.kind"
    f" AND r.id = k.id WHERE k.workspace = :workspace AND k.kind = :kind AND k.unique_key = :key AND {LIVE}",
    fetch=_WIDTH,
)
_KEYED = Statement(
    "SELECT k.unique_key, k.id FROM record_keys AS k WHERE k.workspace = :workspace AND k.kind = :kind"
    " AND k.unique_key {in keys}",
    fetch=2,
)
_COUNT = Statement(
    f"SELECT count(*) FROM records AS r WHERE r.workspace = :workspace AND r.kind = :kind AND {LIVE}", fetch=1
)
_COUNT_OF = Statement(
    "SELECT count(*) FROM records AS r WHERE r.workspace = :workspace AND r.kind = :kind AND r.parent = :parent"
    f" AND {LIVE}",
    fetch=1,
)
_EXPIRED = Statement(
    "SELECT r.workspace, r.kind, r.id FROM records AS r WHERE r.expires_at <= {now} ORDER BY r.expires_at LIMIT :limit",
    fetch=3,
)

_NOW = Statement("SELECT {now}", fetch=1)
_HEAD_NEW = Statement(
    "INSERT INTO audit_heads (workspace, seq, chain, seal) VALUES (:workspace, 0, :chain, :chain)"
    " ON CONFLICT (workspace) DO NOTHING"
)
_HEAD_LOCK = Statement(
    "SELECT seq, {bytes chain} FROM audit_heads WHERE workspace = :workspace {pg:FOR UPDATE}", fetch=2
)
_HEAD = Statement("SELECT seq, {bytes chain}, {bytes seal} FROM audit_heads WHERE workspace = :workspace", fetch=3)
_HEAD_SET = Statement("UPDATE audit_heads SET seq = :seq, chain = :chain, seal = :seal WHERE workspace = :workspace")
_ENTRY = Statement(
    "INSERT INTO audit (workspace, seq, id, at, digest, chain, value)"
    " VALUES (:workspace, :seq, :id, :at, :digest, :chain, :value)"
)
_ENTRY_COLUMNS = "seq, id, at, {bytes digest}, {bytes chain}, {bytes value}"
_ENTRIES_DOWN = Statement(
    f"SELECT {_ENTRY_COLUMNS} FROM audit WHERE workspace = :workspace AND seq < :before ORDER BY seq DESC LIMIT :limit",
    fetch=6,
)
_ENTRIES_UP = Statement(
    f"SELECT {_ENTRY_COLUMNS} FROM audit WHERE workspace = :workspace AND seq > :after ORDER BY seq LIMIT :limit",
    fetch=6,
)


def next_chain(chain: bytes, seq: int, at: int, digest: bytes) -> bytes:
    """The chain value of an entry: SHA-256 over the one before, its number, its time and its digest."""
    return hashlib.sha256(b"%b%d:%d:%b" % (chain, seq, at, digest)).digest()


def _commit(items: Sequence[Committing]) -> Plan[Sequence[list[int]]]:
    outcomes: list[list[int]] = []
    try:
        for item in items:
            revisions = yield from carry_out(item.changes)
            yield from _log(item)
            outcomes.append(revisions)
    except StudioError as error:
        if len(items) > 1:
            raise Isolate from error
        raise
    return outcomes


def _log(item: Committing) -> Plan[None]:
    for workspace in dict.fromkeys(entry.workspace for entry in item.audit):
        yield _HEAD_NEW(workspace=workspace, chain=FIRST_CHAIN)
        rows: list[Row] = yield _HEAD_LOCK(workspace=workspace)
        seq, chain = rows[0]
        clock: list[Row] = yield _NOW()
        at: int = clock[0][0]
        for entry in item.audit:
            if entry.workspace == workspace:
                seq += 1
                chain = next_chain(bytes(chain), seq, at, entry.digest)
                yield _ENTRY(
                    workspace=workspace, seq=seq, id=entry.id, at=at, digest=entry.digest, chain=chain,
                    value=entry.value,
                )  # fmt: skip
        yield _HEAD_SET(workspace=workspace, seq=seq, chain=chain, seal=item.head_seal(workspace, seq, bytes(chain)))


def get(workspace: str, kind: str, id: str) -> Plan[Row | None]:
    """One record's row."""
    rows: list[Row] = yield _ONE(workspace=workspace, kind=kind, id=id)
    return rows[0] if rows else None


def get_many(workspace: str, kind: str, ids: Sequence[str]) -> Plan[list[Row]]:
    """The rows of those that exist."""
    return (yield _SEVERAL(workspace=workspace, kind=kind, ids=list(ids)))


def by_key(workspace: str, kind: str, key: str) -> Plan[Row | None]:
    """The row of the record with a unique key."""
    rows: list[Row] = yield _BY_KEY(workspace=workspace, kind=kind, key=key)
    return rows[0] if rows else None


def by_keys(workspace: str, kind: str, keys: Sequence[str]) -> Plan[tuple[dict[str, str], list[Row]]]:
    """Ids by unique key, and the rows of the records; in two steps, since a join is planned by guess."""
    found: list[Row] = yield _KEYED(workspace=workspace, kind=kind, keys=list(keys))
    ids: dict[str, str] = dict(found)
    rows: list[Row] = yield _SEVERAL(workspace=workspace, kind=kind, ids=list(dict.fromkeys(ids.values())))
    return ids, rows


def count(workspace: str, kind: str, parent: str | None) -> Plan[int]:
    """How many there are."""
    at = {"workspace": workspace, "kind": kind}
    rows: list[Row] = yield _COUNT(**at) if parent is None else _COUNT_OF(**at, parent=parent)
    return rows[0][0]


@lru_cache(maxsize=128)
def _finding(by_field: bool, names: frozenset[str], descending: bool) -> Statement:
    sign, order = ("<", "DESC") if descending else (">", "ASC")
    conditions = [LIVE]
    if by_field:
        source = "record_fields AS f JOIN records AS r ON r.workspace = f.workspace AND r.kind = f.kind AND r.id = f.id"
        conditions += ["f.workspace = :workspace", "f.kind = :kind", "f.field = :field"]
        known = {
            "value": "f.value = :value",
            "prefix": "f.value >= :prefix AND f.value < :beyond",
            "after_id": f"(f.value, f.id) {sign} (:after_value, :after_id)",
        }
        shown, sorting = "f.value", f"f.value {order}, f.id {order}"
    else:
        source = "records AS r"
        conditions += ["r.workspace = :workspace", "r.kind = :kind"]
        known = {"after_id": f"r.id {sign} :after_id"}
        shown, sorting = "''", f"r.id {order}"
    known["parent"] = "r.parent = :parent"
    conditions += [known[name] for name in sorted(names) if name in known]
    return Statement(
        f"SELECT {_COLUMNS}, {shown} FROM {source} WHERE {' AND '.join(conditions)} ORDER BY {sorting} LIMIT :limit",
        fetch=_WIDTH + 1,
    )


def find(wanted: Find) -> Plan[list[Row]]:
    """Rows of a page, each with the value it is sorted by."""
    params: dict[str, object] = {}
    by_field = wanted.field is not None
    if wanted.parent is not None:
        params["parent"] = wanted.parent
    if by_field:
        params["field"] = wanted.field
        if wanted.value is not None:
            params["value"] = wanted.value
        if wanted.prefix:
            params.update(prefix=wanted.prefix, beyond=wanted.prefix + "\U0010ffff")
    if wanted.after is not None:
        params["after_id"] = wanted.after[1]
        if by_field:
            params["after_value"] = wanted.after[0]
    names = frozenset(params)
    statement = _finding(by_field, names, wanted.descending)
    return (yield statement(workspace=wanted.workspace, kind=wanted.kind, limit=wanted.limit, **params))


def _drop_expired(items: Sequence[int]) -> Plan[Sequence[int]]:
    counts: list[int] = []
    for limit in items:
        rows: list[Row] = yield _EXPIRED(limit=limit)
        found: dict[tuple[str, str], list[str]] = {}
        for workspace, kind, id in rows:
            found.setdefault((workspace, kind), []).append(id)
        dropped = 0
        for (workspace, kind), ids in found.items():
            dropped += yield from drop_expired(workspace, kind, ids)
        counts.append(dropped)
    return counts


def entries(workspace: str, before: int | None, after: int | None, limit: int) -> Plan[list[Row]]:
    """Rows of the audit log: seq, id, at, digest, chain, sealed value."""
    if after is not None:
        return (yield _ENTRIES_UP(workspace=workspace, after=after, limit=limit))
    top = before if before is not None else 2**62
    return (yield _ENTRIES_DOWN(workspace=workspace, before=top, limit=limit))


def head(workspace: str) -> Plan[Row | None]:
    """Sequence, chain and seal of the last entry."""
    rows: list[Row] = yield _HEAD(workspace=workspace)
    return rows[0] if rows else None


COMMIT: Kind[Committing, list[int]] = Kind("commit records", _commit, rank=4, alone=True, tells=True)
DROP_EXPIRED: Kind[int, int] = Kind("drop expired records", _drop_expired, rank=9, alone=True)
