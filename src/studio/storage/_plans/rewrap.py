"""Sealing again, under the present key, what is sealed under older ones."""

# ruff: noqa: S608 - the texts are put together from constants; values are always bound

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from studio.storage._codec import Codec, record_name
from studio.storage._driver import Driver, Kind
from studio.storage._plans.listing import RawSegment
from studio.storage._statement import Plan, Row, Statement


class _Exchange(NamedTuple):
    """Rows (first key column, second, old bytes, new bytes) of one table."""

    table: _Table
    rows: Sequence[Row]


class _Table(NamedTuple):
    """Where sealed bytes stand. ``find`` gives the two key columns, the bytes, and what opening them needs more."""

    find: Statement
    exchange: Statement
    again: Callable[[Codec, str, Row], bytes]


def _table(
    name: str, first: str, second: str, column: str, more: str, again: Callable[[Codec, str, Row], bytes]
) -> _Table:
    """Rows are exchanged only where they still hold what was read, so a write in between wins."""
    width = 3 + (more.count(",") + 1 if more else 0)
    kind = "bigint" if second == "seq" else "text"
    columns = f"{first}, {second}, {{bytes {column}}}" + (f", {more}" if more else "")
    return _Table(
        Statement(
            f"SELECT {columns} FROM {name} WHERE workspace = :workspace AND {column} IS NOT NULL"
            f" AND length({column}) > 9 AND substr({column}, 2, 8) <> :key LIMIT :limit",
            fetch=width,
        ),
        Statement(
            f"UPDATE {name} SET {column} = u.fresh FROM {{rows}} WHERE {name}.{first} = u.first"
            f" AND {name}.{second} = u.second AND {name}.{column} = u.old",
            rows=f"first text, second {kind}, old bytea, fresh bytea",
        ),
        again,
    )


def _segment(codec: Codec, workspace: str, row: Row) -> bytes:
    execution_id, seq, sealed, epoch, snapshot, written_at = row
    raw = RawSegment(workspace, seq, epoch, bool(snapshot), written_at, bytes(sealed))
    return codec.segment(workspace, execution_id, seq, epoch, bool(snapshot), codec.open_segment(execution_id, raw))


def _message(codec: Codec, workspace: str, row: Row) -> bytes:
    execution_id, id, sealed = row
    return codec.message(workspace, execution_id, id, codec.open_message(workspace, execution_id, id, bytes(sealed)))


def _record(table: str) -> Callable[[Codec, str, Row], bytes]:
    def again(codec: Codec, workspace: str, row: Row) -> bytes:
        _, name, sealed = row
        return codec.record(table, workspace, name, codec.open_record(table, workspace, name, bytes(sealed)))

    return again


def _sealed_record(codec: Codec, workspace: str, row: Row) -> bytes:
    kind, id, sealed = row
    name = record_name(kind, id)
    return codec.record("records", workspace, name, codec.open_record("records", workspace, name, bytes(sealed)))


_TABLES = (
    _table("credentials", "workspace", "name", "data", "", _record("credentials")),
    _table("variables", "workspace", "name", "value", "", _record("variables")),
    _table("node_state", "workspace", "key", "value", "", _record("node_state")),
    _table("workflow_versions", "workspace", "hash", "document", "", _record("workflow_versions")),
    _table("cache", "workspace", "key", "value", "", _record("cache")),
    _table("records", "kind", "id", "value", "", _sealed_record),
    _table("audit", "workspace", "id", "value", "", _record("audit")),
    _table("inbox", "execution_id", "id", "payload", "", _message),
    _table("journal", "execution_id", "seq", "payload", "epoch, snapshot, written_at", _segment),
)


def _plan(items: Sequence[_Exchange]) -> Plan[Sequence[int]]:
    counts: list[int] = []
    for item in items:
        counts.append((yield item.table.exchange(item.rows)))
    return counts


def _find(table: _Table, workspace: str, key: bytes, limit: int) -> Plan[list[Row]]:
    return (yield table.find(workspace=workspace, key=key, limit=limit))


_EXCHANGE: Kind[_Exchange, int] = Kind("rewrap rows", _plan, rank=8)


async def rewrap(driver: Driver, codec: Codec, workspace: str, key_id: str, limit: int) -> int:
    """Seal up to ``limit`` rows of the workspace again; returns how many. The ring must hold all keys."""
    done = 0
    for table in _TABLES:
        if done >= limit:
            break
        rows = await driver.read(_find(table, workspace, bytes.fromhex(key_id), limit - done))
        if rows:
            fresh = [(row[0], row[1], bytes(row[2]), table.again(codec, workspace, row)) for row in rows]
            done += await driver.write(_EXCHANGE, _Exchange(table, fresh), power=False)
    return done
