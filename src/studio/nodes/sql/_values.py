"""Values for databases: plain data as what a parameter takes. Texts are accepted in the forms in which values leave."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, cast

import orjson

from studio.sdk import UserError, describe


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
