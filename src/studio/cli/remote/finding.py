"""Which execution is meant: by its id, the beginning of its id, or ``last``, as on this machine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from studio.domain.errors import NotFound, UserError
from studio.domain.ids import ID_LENGTH, moments_of

if TYPE_CHECKING:
    from studio.client import Client

_FEWEST = 4
_LAST_MILLISECOND = 253_402_300_799_000
"""The end of the year 9999, after which no date can be written."""


async def execution_id(client: Client, name: str) -> str:
    """The id of the execution that is meant.

    Raises:
        NotFound: There is none.
        UserError: Several begin like that.
    """
    if name == "last":
        found = [one["id"] for one in (await client.list_executions(limit=1))["items"]]
    elif len(name) == ID_LENGTH:
        return name
    else:
        found = await _beginning(client, name)
    if not found:
        raise NotFound("execution.not_found", "There is no execution {id}.", id=name)
    if len(found) > 1:
        raise UserError("execution.ambiguous", "Several executions begin with {id}; give more of it.", id=name)
    return found[0]


async def _beginning(client: Client, prefix: str) -> list[str]:
    """Up to two ids that begin so. Ids begin with the moment they were made, which lists can be asked for."""
    moments = moments_of(prefix) if len(prefix) >= _FEWEST else None
    if moments is None or moments[0] > _LAST_MILLISECOND:
        return []
    found: list[str] = []
    since, until = written(moments[0]), written(min(moments[1] + 1, _LAST_MILLISECOND))
    async for one in client.iter_executions(since=since, until=until, limit=200):
        if one["id"].startswith(prefix):
            found.append(one["id"])
            if len(found) > 1:
                break
    return found


def written(milliseconds: int) -> str:
    """A moment as the API takes it."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)).isoformat()


def microseconds(moment: str | None) -> int | None:
    """A moment as the API gives it, in microseconds since 1970; None for None."""
    if moment is None:
        return None
    return (datetime.fromisoformat(moment) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
