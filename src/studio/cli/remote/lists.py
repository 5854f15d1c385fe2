"""Lists of things on a server, as a table or as JSON."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from studio.cli._say import Voice
from studio.cli._terminal import shown_time, table, write, write_json
from studio.cli.remote.connection import on_server
from studio.cli.remote.finding import microseconds

if TYPE_CHECKING:
    from studio.client import Client

Items = Callable[["Client"], AsyncIterator[Any]]
Cell = Callable[[Mapping[str, Any]], object]


def show_list(
    server: str,
    voice: Voice,
    name: str,
    items: Items,
    columns: Sequence[tuple[str, Cell]],
    *,
    limit: int = 10_000,
    as_json: bool,
) -> int:
    """Print up to ``limit`` items.

    Args:
        server: Address of the server.
        voice: The language.
        name: The key that holds the list in JSON.
        items: Gives the items.
        columns: Key of each column's heading, and what stands in it.
        limit: How many.
        as_json: Print JSON.
    """

    async def work(client: Client) -> list[Any]:
        found: list[Any] = []
        async for one in items(client):
            found.append(one)
            if len(found) >= limit:
                break
        return found

    found = on_server(server, voice.lang, work)
    if as_json:
        write_json({name: found})
        return 0
    rows = [[_text(cell(one)) for _, cell in columns] for one in found]
    head = [voice.say(f"cli.column.{key}") for key, _ in columns]
    write(table(rows, head) if rows else voice.say("cli.none") + "\n")
    return 0


def of(name: str) -> Cell:
    """A cell with what stands in a field."""
    return lambda one: one.get(name)


def when(name: str) -> Cell:
    """A cell with a moment, in this machine's zone."""
    return lambda one: shown_time(microseconds(one.get(name)))


def _text(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in cast("Sequence[object]", value))
    return "" if value is None else str(value)
