"""Values between databases and plain data.

Dates and times leave as ISO 8601 texts, decimals as texts (a number could not hold all their digits), intervals as
seconds, bytes as base64, NaN and infinities as null, UUIDs and network addresses as texts. In the other direction texts
of these forms are accepted where the database wants such a value.
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, cast

import orjson

from studio.sdk import UserError, describe


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


def parameter(value: Any, kind: str, *, place: str) -> Any:
    """Plain data as what a Postgres parameter of type ``kind`` takes; ``kind[]`` takes a list.

    Raises:
        UserError: It does not fit; names the parameter, its type and what came.
    """
    if value is None:
        return None
    if kind.endswith("[]"):
        if not isinstance(value, list):
            raise _misfit(value, kind, place)
        return [parameter(inner, kind[:-2], place=place) for inner in cast("list[Any]", value)]
    if kind in ("json", "jsonb"):
        return orjson.dumps(value).decode()
    convert = _CONVERSIONS.get(kind)
    if convert is None:
        return value
    try:
        return convert(value)
    except (ValueError, TypeError, InvalidOperation, OverflowError, binascii.Error) as error:
        raise _misfit(value, kind, place) from error


def _misfit(value: Any, kind: str, place: str) -> UserError:
    return UserError(
        "sql.parameter_type", "Parameter {place} is of type {type}; got {found}.",
        place=place, type=kind, found=describe(value),
    )  # fmt: skip


def _integer(value: Any) -> int:
    if isinstance(value, bool) or (isinstance(value, float) and not value.is_integer()):
        raise ValueError
    return int(value)


def _float(value: Any) -> float:
    if isinstance(value, bool):
        raise TypeError
    return float(value)


def _decimal(value: Any) -> Decimal:
    if isinstance(value, bool):
        raise TypeError
    return Decimal(str(value))


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _with_zone(value: Any) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError
    return moment


def _without_zone(value: Any) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is not None:
        raise ValueError
    return moment


def _interval(value: Any) -> timedelta:
    if isinstance(value, bool | str):
        raise TypeError
    return timedelta(seconds=value)


_CONVERSIONS: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("int2", "int4", "int8", "oid"), _integer),
    **dict.fromkeys(("float4", "float8"), _float),
    **dict.fromkeys(("text", "varchar", "bpchar", "name", "citext", "uuid"), _text),
    "numeric": _decimal,
    "bool": _boolean,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "timestamp": _without_zone,
    "timestamptz": _with_zone,
    "interval": _interval,
    "bytea": lambda value: base64.b64decode(value, validate=True),
}
