"""Concurrency slots: at most ``limit`` executions with one key hold one."""

from __future__ import annotations

from collections.abc import Iterable

from studio.storage._statement import Plan, Row, Statement

SlotKey = tuple[str, str]
"""Workspace and key."""

FREE = (
    "(e.slot_key IS NULL OR e.slot_held OR (SELECT count(*) FROM executions AS h"
    " WHERE h.workspace = e.workspace AND h.slot_key = e.slot_key AND h.slot_held) < e.slot_limit)"
)
"""Condition on ``executions AS e``: it needs no slot, has one, or there is one to be had."""

_LOCK = Statement(
    "SELECT count(pg_advisory_xact_lock(hashtextextended(k, 7))) FROM unnest(:keys::text[]) AS k",
    lite=("SELECT 0 WHERE :keys IS NULL",),
    fetch=1,
)
_HELD = Statement(
    "SELECT u.workspace, u.key, count(e.id) FROM {rows} JOIN executions AS e"
    " ON e.workspace = u.workspace AND e.slot_key = u.key AND e.slot_held GROUP BY u.workspace, u.key",
    rows="workspace text, key text",
    fetch=3,
    packed=True,
)
RUNNING = Statement(
    "SELECT u.workspace, count(e.id) FROM {rows} JOIN executions AS e"
    " ON e.workspace = u.workspace AND e.status = 'running' AND e.depth = 0 GROUP BY u.workspace",
    rows="workspace text",
    fetch=2,
    packed=True,
)


def running_in(workspaces: Iterable[str]) -> Plan[dict[str, int]]:
    """How many executions that nobody called run in each workspace, counted under a lock until the commit."""
    wanted = sorted(set(workspaces))
    if not wanted:
        return {}
    yield _LOCK(keys=[f"w{len(workspace)}:{workspace}" for workspace in wanted])
    rows: list[Row] = yield RUNNING([(workspace,) for workspace in wanted])
    return dict.fromkeys(wanted, 0) | dict(rows)


def held_slots(keys: Iterable[SlotKey]) -> Plan[dict[SlotKey, int]]:
    """How many slots of each key are held, counted under a lock that lasts until the commit."""
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    yield _LOCK(keys=[f"{len(workspace)}:{workspace}{key}" for workspace, key in wanted])
    rows: list[Row] = yield _HELD(wanted)
    counts = dict.fromkeys(wanted, 0)
    counts.update({(workspace, key): count for workspace, key, count in rows})
    return counts
