"""Values of cells: what fits a column, what text stands for it, how values compare."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any, cast

import msgspec
import orjson

from studio.domain.errors import UserError
from studio.domain.lazy import LazyItems
from studio.domain.nouns import A_DATE, A_LIST, A_NUMBER, A_TEXT, A_TIME, AN_OBJECT, TRUE_OR_FALSE, WHOLE_NUMBER
from studio.domain.phrases import Phrase
from studio.services.tables.model import Column

_LEAST, _MOST = -(1 << 63), (1 << 63) - 1
_DEEPEST = 64
ORDERED = 256
"""Characters of a text by which rows are sorted."""
_NOTHING = Phrase("value.no_value", "nothing")
_OTHER = Phrase("value.something_else", "something else")
PLAIN = Phrase("value.plain_data", "plain data: texts, numbers, true, false, null, lists and objects of them")
_TRUE, _FALSE = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0"})

EXPECTED: Mapping[str, str] = {
    "text": A_TEXT, "integer": WHOLE_NUMBER, "number": A_NUMBER, "boolean": TRUE_OR_FALSE, "date": A_DATE,
    "datetime": A_TIME, "json": PLAIN,
}  # fmt: skip
"""What each type holds, as a part of sentences."""


class _UnfitError(Exception):
    """A value does not fit a type."""


def checked(column: Column, value: Any) -> Any:
    """A value as the column keeps it; None stays None.

    Raises:
        UserError: It is of another type; names the column.
    """
    if value is None:
        return None
    try:
        return _CHECKS[column.type](value)
    except (_UnfitError, ValueError, OverflowError) as error:
        raise UserError(
            "data_table.value", "{column} should be {expected}; it is {found}.",
            column=column.name, expected=EXPECTED[column.type], found=_kind(value),
        ).at(param=column.name) from error  # fmt: skip


def read(column: Column, text: str) -> Any:
    """The value that a text stands for, as in a CSV file; an empty one is null.

    Raises:
        UserError: It stands for none; names the column.
    """
    if column.type == "text":
        return checked(column, text) if text else None
    plain = text.strip()
    if not plain:
        return None
    try:
        value = _READERS[column.type](plain)
    except (_UnfitError, ValueError, OverflowError, RecursionError):
        value = text
        if column.type == "json":
            raise UserError("data_table.not_json", "{column} should be JSON.", column=column.name).at(
                param=column.name
            ) from None
    return checked(column, value)


def converted(value: Any, was: Column, column: Column) -> Any:
    """A value of one column as another one keeps it.

    Raises:
        UserError: It cannot be had without loss.
    """
    if value is None or was.type == column.type:
        return value
    if column.type in ("text", "json") or was.type == "json":
        return written(was.type, value) if column.type == "text" else checked(column, value)
    if was.type == "datetime" and column.type == "date":
        return checked(column, value.removesuffix("T00:00:00Z"))
    if was.type == "date" and column.type == "datetime":
        return checked(column, value)
    if was.type == "text":
        return read(column, value)
    return checked(column, value)


def written(type: str, value: Any) -> str:
    """A value as text; ``read`` gives it again."""
    if isinstance(value, str) and type != "json":
        return value
    return orjson.dumps(value).decode()


def same_text(type: str, value: Any) -> str:
    """A text that two values of a type share only where they are equal, to make digests of."""
    if type == "number" and float(value).is_integer():
        return str(int(value))
    if type == "json":
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    return str(value)


def order(type: str, value: Any) -> Any:
    """What a value sorts by among those of its type."""
    if type == "text":
        return value.casefold()[:ORDERED]
    # "…:00Z" and "…:00.5Z": what stands before the Z sorts by time.
    return value[:-1] if type == "datetime" else value


def moment(at: int) -> str:
    """Microseconds since 1970 as a date and time, in the form in which values of columns are kept."""
    return _moment(_when(at))


def stamp(at: int) -> str:
    """Microseconds since 1970 as a date and time, always of one width: compared as texts, they compare by time."""
    return f"{_when(at).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def size_of(cells: Mapping[str, Any]) -> int:
    """Bytes of a row's values."""
    return len(msgspec.msgpack.encode(cells))


def _when(at: int) -> datetime:
    return datetime.fromtimestamp(at // 1_000_000, UTC).replace(microsecond=at % 1_000_000)


def _moment(when: datetime) -> str:
    text = when.replace(tzinfo=None).isoformat(timespec="microseconds")
    return f"{text.rstrip('0').rstrip('.') if when.microsecond else text[:-7]}Z"


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _UnfitError
    return _sound(value)


def _sound(text: str) -> str:
    # Half of a surrogate pair is no text that could be stored.
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise _UnfitError from error
    return text


def _integer(value: Any) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not _LEAST <= value <= _MOST:
        raise _UnfitError
    return value


def _number(value: Any) -> int | float:
    if isinstance(value, float) and math.isfinite(value):
        return value
    return _integer(value)


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _UnfitError
    return value


def _date(value: Any) -> str:
    return date.fromisoformat(_text(value).strip()).isoformat()


def _datetime(value: Any) -> str:
    text = _text(value).strip()
    if len(text) <= 10:
        return f"{_date(text)}T00:00:00Z"
    when = datetime.fromisoformat(text)
    return _moment(when.astimezone(UTC) if when.tzinfo is not None else when)


def _json(value: Any, depth: int = 0) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _sound(value)
    if isinstance(value, int | float):
        return _number(value)
    if depth >= _DEEPEST:
        raise _UnfitError
    if isinstance(value, dict):
        fields = cast("dict[Any, Any]", value)
        return {_text(name): _json(one, depth + 1) for name, one in fields.items()}
    if isinstance(value, list | LazyItems):
        return [_json(one, depth + 1) for one in cast("list[Any]", value)]
    raise _UnfitError


_CHECKS: Mapping[str, Callable[[Any], Any]] = {
    "text": _text, "integer": _integer, "number": _number, "boolean": _boolean, "date": _date, "datetime": _datetime,
    "json": _json,
}  # fmt: skip


def _read_integer(text: str) -> int:
    if len(text) > 20 or "_" in text:
        raise _UnfitError
    return int(text)


def _read_number(text: str) -> int | float:
    if "_" in text or len(text) > 400:
        raise _UnfitError
    try:
        return _read_integer(text)
    except (_UnfitError, ValueError):
        return float(text)


def _read_boolean(text: str) -> bool:
    word = text.lower()
    if word not in _TRUE | _FALSE:
        raise _UnfitError
    return word in _TRUE


_READERS: Mapping[str, Callable[[str], Any]] = {
    "integer": _read_integer, "number": _read_number, "boolean": _read_boolean, "date": str, "datetime": str,
    "json": orjson.loads,
}  # fmt: skip


def _kind(value: Any) -> str:
    """What came, as a part of the sentence; never the value itself, which may be nobody else's business."""
    kinds: list[tuple[Any, str]] = [
        (bool, TRUE_OR_FALSE), (str, A_TEXT), (int, A_NUMBER), (float, A_NUMBER), (dict, AN_OBJECT), (list, A_LIST),
        (LazyItems, A_LIST),
    ]  # fmt: skip
    if value is None:
        return _NOTHING
    return next((said for kind, said in kinds if isinstance(value, kind)), _OTHER)
