"""Carrying out plans on one Postgres connection."""

from __future__ import annotations

from typing import Any, TypeVar

from studio.storage._statement import Plan, Request
from studio.storage.postgres._typed import Connection

_T = TypeVar("_T")


async def run(connection: Connection, plan: Plan[_T]) -> _T:
    """Carry out a plan."""
    try:
        request = next(plan)
        while True:
            request = plan.send(await _answer(connection, request))
    except StopIteration as stop:
        return stop.value
    finally:
        plan.close()


async def _answer(connection: Connection, request: Request) -> Any:
    statement = request.statement
    bound = statement.postgres
    values: list[Any] = []
    if statement.batch:
        values += [list(column) for column in zip(*request.rows, strict=True)]
    values += [request.params[name] for name in bound.names]
    if statement.fetch:
        return [tuple(row) for row in await connection.fetch(bound.text, *values)]
    tag = await connection.execute(bound.text, *values)
    return int(tag.rsplit(" ", 1)[-1])
