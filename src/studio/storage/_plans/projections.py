"""Node runs as they are shown.

They are kept as one packed row per execution and flush, not one row per node run: written twenty at a time that is
an order of magnitude less work and space, and they are read an execution at a time anyway. Nothing in them is secret
(paths, types, times and sizes), so they are not encrypted; what went in and out stays in the journal.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import zstandard

from studio.contracts.stored import NodeRunRow, Projection
from studio.domain.errors import RecordCorrupt
from studio.storage._driver import Kind
from studio.storage._statement import Plan, Row, Statement
from studio.storage._zstd import compress, decompress

_COMPRESS_FROM = 512
_MAX_PACK = 256 * 1024 * 1024
_PLAIN, _ZSTD = b"\x00", b"\x01"
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[NodeRunRow]).decode

_INSERT = Statement(
    "INSERT INTO node_runs (execution_id, seq, workspace, count, last_path, data)"
    " SELECT u.id, u.seq, u.workspace, u.total, u.last, u.data FROM {rows} JOIN executions AS e ON e.id = u.id"
    " WHERE e.workspace = u.workspace ON CONFLICT (execution_id, seq) DO UPDATE SET count = excluded.count,"
    " last_path = excluded.last_path, data = excluded.data",
    rows="id text, workspace text, seq bigint, total bigint, last text, data bytea",
)
_MOVE = Statement(
    "UPDATE executions AS e SET projected_seq = u.seq FROM {rows}"
    " WHERE e.id = u.id AND e.workspace = u.workspace AND e.projected_seq < u.seq",
    rows="id text, workspace text, seq bigint",
)
_READ = Statement(
    "SELECT {bytes data} FROM node_runs WHERE execution_id = :id AND last_path > :after ORDER BY seq", fetch=1
)


def pack_runs(batch: Projection) -> Row:
    """The row that keeps a projection."""
    data = _encode(batch.rows)
    if len(data) >= _COMPRESS_FROM:
        data = _ZSTD + compress(data)
    else:
        data = _PLAIN + data
    last = max((run.path for run in batch.rows), default="")
    return (batch.execution_id, batch.workspace, batch.seq, len(batch.rows), last, data)


def _unpack(execution_id: str, data: bytes) -> list[NodeRunRow]:
    try:
        plain = data[1:]
        if data[:1] == _ZSTD:
            plain = decompress(plain, _MAX_PACK)
        return _decode(plain)
    except (ValueError, zstandard.ZstdError) as error:
        raise RecordCorrupt(
            "storage.node_runs_corrupt", "The node runs of execution {id} are damaged.", id=execution_id
        ) from error


def _plan(items: Sequence[Row]) -> Plan[Sequence[None]]:
    # One statement changes one row once, so the last of several projections of the same flush wins here.
    packs = {(item[0], item[2]): item for item in items}
    filled = [item for item in packs.values() if item[3]]
    if filled:
        yield _INSERT(filled)
    moves: dict[tuple[str, str], int] = {}
    for item in items:
        at = (item[0], item[1])
        moves[at] = max(moves.get(at, 0), item[2])
    yield _MOVE([(id, workspace, seq) for (id, workspace), seq in sorted(moves.items())])
    return [None] * len(items)


def read_runs(execution_id: str, after: str | None, limit: int) -> Plan[list[NodeRunRow]]:
    """Node runs in path order; a later projection of a run replaces the earlier. A page ends between paths."""
    packs: list[Row] = yield _READ(id=execution_id, after=after or "")
    merged: dict[tuple[str, int], NodeRunRow] = {}
    for (data,) in packs:
        for run in _unpack(execution_id, bytes(data)):
            if after is None or run.path > after:
                merged[run.path, -1 if run.first is None else run.first] = run
    keys = sorted(merged)
    end = min(limit, len(keys))
    while 0 < end < len(keys) and keys[end][0] == keys[end - 1][0]:
        end += 1
    return [merged[key] for key in keys[:end]]


PROJECT: Kind[Row, None] = Kind("project", _plan, rank=8, alone=True)
