"""Objects as comma-separated values."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Iterable
from itertools import islice
from typing import Any

import orjson

from studio.sdk import NodeContext, UserError, describe

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
BATCH = 500


def columns_of(items: Iterable[Any], wanted: list[str]) -> list[str]:
    """The columns wanted, or all fields of all objects in the order of their first appearance.

    Raises:
        UserError: An item is not an object (``csv.not_an_object``).
    """
    names: dict[str, None] = {}
    for index, item in enumerate(items):
        if not isinstance(item, dict):
            raise UserError(
                "csv.not_an_object",
                "Item {index} must be an object; it is {found}.",
                index=index,
                found=describe(item),
            )
        if not wanted:
            names.update(dict.fromkeys(item))  # pyright: ignore[reportUnknownArgumentType] # any data
    return wanted or list(names)


async def written(
    items: Iterable[Any], columns: list[str], *, delimiter: str, header: bool, safe: bool, ctx: NodeContext
) -> AsyncIterator[str]:
    """The text piece by piece: RFC 4180, lines ending in CR LF.

    With ``safe``, a text that a spreadsheet would take for a formula gets an apostrophe in front (OWASP).
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter)
    if header:
        writer.writerow(columns)
    iterator = iter(items)
    while batch := list(islice(iterator, BATCH)):
        writer.writerows([_cell(item.get(name), safe) for name in columns] for item in batch)
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
        await ctx.check_cancelled()
    yield buffer.getvalue()


def _cell(value: Any, safe: bool) -> Any:
    if isinstance(value, str):
        return f"'{value}" if safe and value.startswith(_FORMULA) else value
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError as error:
        raise UserError(
            "csv.not_a_cell", "A value is {found}, which cannot be written into a cell.", found=describe(value)
        ) from error
