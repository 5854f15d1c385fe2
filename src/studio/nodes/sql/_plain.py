"""Values of databases as plain data.

Dates and times leave as ISO 8601 texts, decimals as texts (a number could not hold all their digits), intervals as
seconds, bytes as base64, NaN and infinities as null, UUIDs and network addresses as texts.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, cast

# Not by the SDK, which would double the time that a process of its own takes to start.
from studio.domain.errors import UserError


def plain(value: Any) -> Any:
    """A database value as plain data."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if type(value) in (list, tuple, set, frozenset):
        return [plain(inner) for inner in cast("list[Any]", value)]
    if hasattr(value, "keys") and hasattr(value, "values"):  # objects, and the driver's records for composite types
        return {str(key): plain(inner) for key, inner in zip(value.keys(), value.values(), strict=True)}
    return str(value)


def unique_names(names: Sequence[str]) -> list[str]:
    """Column names, those that repeat numbered: ``id``, ``id_2``."""
    found: dict[str, None] = {}
    for name in names:
        candidate, number = name, 2
        while candidate in found:
            candidate, number = f"{name}_{number}", number + 1
        found[candidate] = None
    return list(found)


MOST_RETURNED = 10_000
"""Rows that a changing statement may return: they become one value."""

MOST_RETURNED_BYTES = 64 * 1024 * 1024


class Returned:
    """Rows that a changing statement returns, as far as they fit one output."""

    def __init__(self) -> None:
        self.items: list[Any] = []
        self._bytes = 0

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Keep some more.

        Raises:
            UserError: They are too many, or too long.
        """
        for row in rows:
            self.items.append(row)
            self._bytes += size_of(row.values())
            if len(self.items) > MOST_RETURNED:
                raise UserError("sql.too_many_rows", "The result has more than {limit} rows.", limit=MOST_RETURNED)
            if self._bytes > MOST_RETURNED_BYTES:
                raise UserError(
                    "sql.result_too_large", "The rows returned are larger than {limit} bytes.",
                    limit=MOST_RETURNED_BYTES,
                )  # fmt: skip


def size_of(value: Any) -> int:
    """About how many bytes a row or a value takes."""
    if isinstance(value, str | bytes):
        return len(value) + 16
    if isinstance(value, Mapping):
        return sum(size_of(inner) for inner in cast("Mapping[Any, Any]", value).values()) + 16
    if isinstance(value, Iterable):
        return sum(size_of(inner) for inner in cast("Iterable[Any]", value)) + 16
    return 16
