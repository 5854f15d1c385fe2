"""Carrying out plans on one Postgres connection."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

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


class Reading(Generic[_T]):
    """A plan that only reads, carried out in as many goes as it takes: each goes on with the request that failed."""

    def __init__(self, plan: Plan[_T]) -> None:
        self._plan = plan
        self._request: Request | None = None

    async def __call__(self, connection: Connection) -> _T:
        """Go on to the end."""
        try:
            request = self._request or next(self._plan)
            while True:
                self._request = request
                request = self._plan.send(await _answer(connection, request))
        except StopIteration as stop:
            return stop.value


async def _answer(connection: Connection, request: Request) -> Any:
    statement = request.statement
    bound = statement.postgres
    values: list[Any] = []
    if statement.batch and len(request.rows) == 1:
        bound = statement.postgres_one
        values += request.rows[0]
    elif statement.batch:
        values += [list(column) for column in zip(*request.rows, strict=True)]
    values += [request.params[name] for name in bound.names]
    if statement.fetch:
        return [tuple(row) for row in await connection.fetch(bound.text, *values)]
    tag = await connection.execute(bound.text, *values)
    return int(tag.rsplit(" ", 1)[-1])
