"""Carrying out plans on one SQLite connection."""

from __future__ import annotations

import time
from typing import Any, TypeVar

import orjson

from studio.storage._statement import Plan, Request, pack_rows
from studio.storage.sqlite._typed import Connection

_T = TypeVar("_T")


def run(connection: Connection, plan: Plan[_T]) -> _T:
    """Carry out a plan; the clock stands still meanwhile."""
    now = time.time_ns() // 1000
    try:
        request = next(plan)
        while True:
            request = plan.send(_answer(connection, request, now))
    except StopIteration as stop:
        return stop.value
    finally:
        plan.close()


def _answer(connection: Connection, request: Request, now: int) -> Any:
    statement = request.statement
    texts, head = statement.sqlite, list[Any]()
    if statement.batch and len(request.rows) == 1:
        texts, head = statement.sqlite_one, list(request.rows[0])
    elif statement.batch:
        head = [*pack_rows(statement, request.rows)]
    result: Any = None
    for place, bound in enumerate(texts):
        values = head + [_value(name, request.params, now) for name in bound.names]
        cursor = connection.execute(bound.text, values)
        if place:
            continue
        if not statement.fetch:
            result = connection.changes()
        elif statement.packed:
            result = [tuple(row) for row in orjson.loads(cursor.get)]
        else:
            result = cursor.fetchall()
    return result


def _value(name: str, params: dict[str, Any], now: int) -> Any:
    if name == "now":
        return now
    value = params[name]
    return orjson.dumps(value).decode() if isinstance(value, list) else value
